/** Which columns of a series share a plot. */
import type { Column, Series } from './series.ts';

export interface Plot {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A column that is the same in every row: it is told rather than drawn. */
export interface Constant {
  readonly name: string;
  readonly value: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** So much of their ranges together two columns must have in common to share a plot. */
const COMMON_PART = 0.5;

/** What is to be drawn of a series, and what is only told of it. */
export interface Plots {
  readonly plots: readonly Plot[];
  readonly constants: readonly Constant[];
  /** Columns that are x by another measure, as the time of a step. */
  readonly scales: readonly string[];
}

/** Parts of a vector share a plot, and so does what has about the same range (a theory and its measurement). */
export function plotsOf({ x, columns }: Series): Plots {
  const constants: Constant[] = [];
  const scales: string[] = [];
  const groups: { columns: Column[]; range: Range; vector: string | null }[] = [];
  for (const column of columns) {
    const range = rangeOf(column);
    const vector = vectorOf(column);
    const group = groups.find((one) =>
      vector === null ? one.vector === null && isLike(one.range, range) : one.vector === vector,
    );
    if (vector === null && isScale(column, x)) scales.push(column.name);
    else if (range.least === range.most && vector === null) constants.push({ name: column.name, value: range.least });
    else if (group) {
      group.columns.push(column);
      group.range = { least: Math.min(group.range.least, range.least), most: Math.max(group.range.most, range.most) };
    } else groups.push({ columns: [column], range, vector });
  }
  const plots = groups.map(({ columns: together, vector }) => ({
    name: vector ?? together.map(({ name }) => name).join(', '),
    columns: together,
  }));
  return { plots, constants, scales };
}

/** From the least to the most of its numbers. */
export function rangeOf({ values }: Column): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

function vectorOf({ name }: Column): string | null {
  return /^(.+)\.\d+$/.exec(name)?.[1] ?? null;
}

/** Whether a column is a straight line over x. */
function isScale({ values }: Column, x: Column): boolean {
  const [first, last] = [values[0], values.at(-1)];
  const [from, to] = [x.values[0], x.values.at(-1)];
  if (values.length < 3 || first == null || last == null || from == null || to == null || first === last) return false;
  const slope = (last - first) / (to - from);
  const slack = 1e-9 * Math.abs(last - first);
  return values.every(
    (value, row) => value !== null && Math.abs(value - first - slope * (x.values[row]! - from)) <= slack,
  );
}

function isLike(a: Range, b: Range): boolean {
  const common = Math.min(a.most, b.most) - Math.max(a.least, b.least);
  const all = Math.max(a.most, b.most) - Math.min(a.least, b.least);
  return all > 0 && common / all >= COMMON_PART;
}
