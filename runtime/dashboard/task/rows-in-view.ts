/** Rows of equal height that are in view, and some beyond them. */
export function rowsInView(view: {
  readonly scrollTop: number;
  readonly viewPx: number;
  readonly rowPx: number;
  readonly rows: number;
}): { from: number; to: number } {
  const { scrollTop, viewPx, rowPx, rows } = view;
  const shown = Math.ceil(viewPx / rowPx) + 1;
  const first = Math.max(0, Math.min(Math.floor(scrollTop / rowPx), rows - shown));
  return { from: Math.max(0, first - SPARE), to: Math.min(rows, first + shown + SPARE) };
}

const SPARE = 10;
