/** Comes. */
export function TaskView() {
  return <p class="empty">…</p>;
}
