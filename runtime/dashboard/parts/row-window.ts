/** Which rows of a long list are in view, and where they stand. */

/** Of the list of tasks. */
export const ROW_PX = 34;
/** Browsers lay nothing out beyond some 17 million pixels: a longer list is scrolled through faster. */
const MOST_PX = 8_000_000;
/** Rows kept beyond those in view. */
const SPARE = 12;

export interface RowWindow {
  /** From this row up to before that one. */
  readonly from: number;
  readonly to: number;
  /** Empty space above the first and below the last. */
  readonly abovePx: number;
  readonly belowPx: number;
}

/** @param rowPx the height of each row */
export function rowWindow(scrollTop: number, viewPx: number, rows: number, rowPx = ROW_PX): RowWindow {
  const listPx = Math.min(rows * rowPx, MOST_PX);
  const inView = Math.ceil(viewPx / rowPx) + 1;
  // When rows went, one may have scrolled beyond the end.
  const exact = Math.max(0, Math.min(firstRow(scrollTop, viewPx, rows, rowPx), rows - viewPx / rowPx));
  const from = Math.max(0, Math.floor(exact) - SPARE);
  const to = Math.min(rows, Math.floor(exact) + inView + SPARE);
  const wantedPx = scrollTop - (exact - from) * rowPx;
  const abovePx = Math.max(0, Math.min(wantedPx, listPx - (to - from) * rowPx));
  return { from, to, abovePx, belowPx: Math.max(0, listPx - abovePx - (to - from) * rowPx) };
}

/** The row at the upper edge of the view, with the part of it that is above. */
function firstRow(scrollTop: number, viewPx: number, rows: number, rowPx: number): number {
  if (rows * rowPx <= MOST_PX) return scrollTop / rowPx;
  return (scrollTop / Math.max(1, MOST_PX - viewPx)) * Math.max(0, rows - viewPx / rowPx);
}

/** How far to scroll so that a row is in view; as it is where that is so already. */
export function scrollTo(row: number, scrollTop: number, viewPx: number, rows: number): number {
  const first = firstRow(scrollTop, viewPx, rows, ROW_PX);
  const inView = Math.floor(viewPx / ROW_PX);
  if (row >= Math.ceil(first) && row < first + inView) return scrollTop;
  const wanted = row < first ? row : row - inView + 1;
  if (rows * ROW_PX <= MOST_PX) return wanted * ROW_PX;
  return (wanted / Math.max(1, rows - viewPx / ROW_PX)) * (MOST_PX - viewPx);
}
