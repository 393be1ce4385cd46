/** Comes. */
export function Submit() {
  return <p class="empty">…</p>;
}
