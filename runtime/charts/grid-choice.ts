/** What of a run is shown over what, when nobody has chosen: the page and the report begin alike. */
import type { Axis, Grid, NumericField, RunSummary, Scalar, VaryingParameter } from '../wire/run-summary.ts';

export interface GridChoice {
  readonly x: string;
  /** Null for one axis only. */
  readonly y: string | null;
  readonly field: string;
}

/** In the address: no second axis, though there could be one. */
export const NO_AXIS = 'none';

/** The choice that fits the run best, as near to what is wanted as it has it; null where nothing varies or nothing was measured. */
export function chooseGrid(
  { parameters, fields }: Pick<RunSummary, 'parameters' | 'fields'>,
  wanted: { readonly x: string; readonly y: string; readonly field: string },
): GridChoice | null {
  const usable = parameters.filter(isUsable).sort(byInterest);
  const [first] = usable;
  const field = fields.find(({ name }) => name === wanted.field) ?? likeliestField(fields);
  if (!first || !field) return null;
  const x = usable.find(({ name }) => name === wanted.x) ?? first;
  const others = usable.filter(({ name }) => name !== x.name);
  const likeliest = others.find((one) => !isSeed(one));
  const y = wanted.y === NO_AXIS ? undefined : (others.find(({ name }) => name === wanted.y) ?? likeliest);
  return { x: x.name, y: y?.name ?? null, field: field.name };
}

/** Too many values that are no numbers have no place on an axis. */
export function isUsable({ is_numeric, values }: VaryingParameter): boolean {
  return is_numeric || values !== null;
}

/** The most values first; a seed last. */
function byInterest(a: VaryingParameter, b: VaryingParameter): number {
  return Number(isSeed(a)) - Number(isSeed(b)) || sizeOf(b) - sizeOf(a);
}

/** It says nothing by itself: tasks that differ in it are the same measured again. */
function isSeed({ name }: VaryingParameter): boolean {
  return name === 'seed';
}

function sizeOf({ values }: VaryingParameter): number {
  return values?.length ?? Number.POSITIVE_INFINITY;
}

/** The first number of the results that differs from task to task. */
function likeliestField(fields: readonly NumericField[]): NumericField | undefined {
  const differing = fields.filter(({ least, most }) => most > least);
  return differing.find(({ name }) => name.startsWith('result.')) ?? differing[0] ?? fields[0];
}

/** The places of an axis in words. */
export function labelsOf({ values, ranges }: Axis, show: (value: number) => string): string[] {
  if (ranges) return ranges.map(({ from, to }) => `${show(from)} – ${show(to)}`);
  return (values ?? []).map((value) => (typeof value === 'number' ? show(value) : String(value)));
}

/** The places of an axis as numbers, the middles of ranges; null where some are none. */
export function positionsOf({ values, ranges }: Axis): number[] | null {
  if (ranges) return ranges.map(({ from, to }) => (from + to) / 2);
  return values?.every((value): value is number => typeof value === 'number') ? [...values] : null;
}

/** The search for the tasks at a place of an axis. */
export function termOf({ name, values, ranges }: Axis, place: number, quoted: (text: string) => string): string {
  const range = ranges?.[place];
  if (!range) return `${name}:${quoted(String(values?.[place] satisfies Scalar | undefined))}`;
  const isLast = place === (ranges?.length ?? 0) - 1;
  return `${name}>=${range.from} ${name}${isLast ? '<=' : '<'}${range.to}`;
}

/** The least and the most of the means of a grid. */
export function spreadOf({ cells }: Pick<Grid, 'cells'>): { least: number; most: number } {
  const [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return cells.reduce((found, { mean }) => ({ least: Math.min(found.least, mean), most: Math.max(found.most, mean) }), {
    least,
    most,
  });
}
