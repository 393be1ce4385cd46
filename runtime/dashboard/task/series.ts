/** What of a result can be plotted: lists of rows with numbers, whatever function they come from. */

/** Numbers by row; null where a row has none. */
export interface Column {
  /** A part of a vector is `name.0`. */
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** A list of rows of a result, as columns over the first one that only grows or only falls. */
export interface Series {
  /** Its place in the result: `thermo`. */
  readonly name: string;
  /** `x` rises; where no column does, it counts the rows. */
  readonly x: Column;
  readonly columns: readonly Column[];
}

/** Verdicts are a list of rows with numbers, too, and have a table of their own. */
const NO_SERIES = ['checks'];
/** The name of the column that counts rows where none is monotone. */
export const ROW = 'row';
const DEEPEST = 3;
/** A longer list of numbers in a row is no vector. */
const LONGEST_VECTOR = 8;

/** All lists of rows, in the order of the result. */
export function findSeries(result: Readonly<Record<string, unknown>> | null): Series[] {
  return result ? seriesIn(result, '', 0) : [];
}

function seriesIn(fields: Readonly<Record<string, unknown>>, path: string, depth: number): Series[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const name = path + key;
    if (NO_SERIES.includes(name)) return [];
    if (Array.isArray(value)) return seriesOf(name, value) ?? [];
    return isFields(value) && depth < DEEPEST ? seriesIn(value, `${name}.`, depth + 1) : [];
  });
}

function seriesOf(name: string, list: readonly unknown[]): Series | null {
  if (list.length < 2) return null;
  if (list.length > LONGEST_VECTOR && list.every(isNumber)) return overRows(name, [{ name, values: list }]);
  if (!list.every(isFields)) return null;
  return toSeries(name, columnsOf(list));
}

/** Columns as a series; null where none of them varies over another. */
export function toSeries(name: string, columns: readonly Column[]): Series | null {
  const x = columns.find(({ values }) => directionOf(values) !== 0);
  const others = columns.filter((column) => column !== x);
  if (others.length === 0) return null;
  if (!x) return overRows(name, others);
  if (directionOf(x.values) > 0) return { name, x, columns: others };
  const turned = (column: Column): Column => ({ ...column, values: column.values.toReversed() });
  return { name, x: turned(x), columns: others.map(turned) };
}

function overRows(name: string, columns: readonly Column[]): Series {
  const values = columns[0]!.values.map((_, index) => index + 1);
  return { name, x: { name: ROW, values }, columns };
}

/** Those fields of rows that are numbers, or null, in every row. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): Column[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names.flatMap((name) => {
    const cells = rows.map((row) => row[name] ?? null);
    const length = vectorLength(cells);
    if (length === null) return isColumn(cells) ? [{ name, values: cells }] : [];
    return Array.from({ length }, (_, part) => ({
      name: `${name}.${part}`,
      values: (cells as unknown as readonly (readonly number[])[]).map((cell) => cell[part]!),
    }));
  });
}

function vectorLength(cells: readonly unknown[]): number | null {
  const [first] = cells;
  if (!Array.isArray(first) || first.length === 0 || first.length > LONGEST_VECTOR) return null;
  const { length } = first;
  const isVector = (cell: unknown): boolean => Array.isArray(cell) && cell.length === length && cell.every(isNumber);
  return cells.every(isVector) ? length : null;
}

function isColumn(cells: readonly unknown[]): cells is readonly (number | null)[] {
  return cells.some(isNumber) && cells.every((cell) => cell === null || isNumber(cell));
}

/** 1 for values that never fall and do rise, −1 for the reverse, 0 for others. */
function directionOf(values: readonly (number | null)[]): -1 | 0 | 1 {
  let [rises, falls] = [false, false];
  for (let index = 0; index < values.length; index += 1) {
    const [before, value] = [values[index - 1], values[index]];
    if (value === null || value === undefined) return 0;
    if (index === 0) continue;
    if (value > before!) rises = true;
    if (value < before!) falls = true;
  }
  return rises === falls ? 0 : rises ? 1 : -1;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
