import { arch, cpus, platform, totalmem } from 'node:os';

/** One number that a bench found. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the value has to keep; absent where there is no budget. */
  readonly bound?: { readonly atLeast?: number; readonly atMost?: number };
  /** Distance of the quartiles of its rounds, as a part of the median; absent for a single value. */
  readonly spread?: number;
  /** How it was measured. */
  readonly note: string;
}

/** The middle value, which a disturbed round does not move. @throws Error when there is none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of no values');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How far the values lie apart: the distance of the quartiles, as a part of the median. */
export function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const quartile = (part: number) => sorted[Math.round(part * (sorted.length - 1))]!;
  const middle = median(values);
  return middle === 0 ? 0 : (quartile(0.75) - quartile(0.25)) / middle;
}

/** The smallest value that so many per cent do not exceed. @throws Error when there is none. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new Error('there is no percentile of no values');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

/** A row of the median of some rounds, with their spread. */
export function medianRow(
  what: string,
  values: readonly number[],
  unit: string,
  more: Pick<BenchRow, 'note' | 'bound'>,
): BenchRow {
  return { what, value: median(values), unit, spread: spread(values), ...more };
}

/**
 * Measures several candidates in turn, round after round, so that whatever disturbs the machine disturbs all of them.
 * A round is one call of each, which answers what it measured; the first round warms up and is dropped.
 * @returns for each candidate its values, one a round, in the order of the rounds.
 */
export async function interleave<Name extends string>(
  rounds: number,
  candidates: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(candidates) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const value = await candidates[name]();
      if (round >= 0) values[name].push(value);
    }
  }
  return values;
}

/** The median of the rounds' own ratios: what slowed a whole round down cancels out. */
export function medianRatio(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, round) => value / below[round]!));
}

/** Milliseconds that a call takes. */
export function elapsedMs(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds of processor that a call takes on this thread: what else runs on the machine does not count. */
export function processorMs(work: () => void): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

/** The machine that the numbers are of, in a line. */
export function describeMachine(): string {
  const processors = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, ${platform()} ${arch()}, Node ${process.version}`;
}

/** True when the value keeps its bound, or has none. */
export function keepsBound({ value, bound }: BenchRow): boolean {
  return value >= (bound?.atLeast ?? -Infinity) && value <= (bound?.atMost ?? Infinity);
}

/** A row as a line of text. */
export function formatRow(row: BenchRow): string {
  const { atLeast, atMost } = row.bound ?? {};
  const bound =
    atLeast !== undefined ? ` (at least ${round(atLeast)})` : atMost !== undefined ? ` (at most ${round(atMost)})` : '';
  const mark = keepsBound(row) ? ' ' : '!';
  return `${mark} ${row.what}: ${round(row.value)} ${row.unit}${bound} - ${row.note}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Prints the machine, then the rows; false when one breaks its bound. */
export function printRows(rows: readonly BenchRow[]): boolean {
  console.log(describeMachine());
  for (const row of rows) console.log(formatRow(row));
  return rows.every(keepsBound);
}
