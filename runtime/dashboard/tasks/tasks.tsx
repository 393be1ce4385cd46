/** Comes. */
export function Tasks() {
  return <p class="empty">…</p>;
}
