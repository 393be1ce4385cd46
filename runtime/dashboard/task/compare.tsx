/** Comes. */
export function Compare() {
  return <p class="empty">…</p>;
}
