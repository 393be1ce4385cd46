/** Comes. */
export function RunView() {
  return <p class="empty">…</p>;
}
