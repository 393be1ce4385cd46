/** What a running attempt said of itself since somebody looks. */
import type { Progress } from '../../wire/events.ts';
import { type Series, toSeries } from './series.ts';

/** One report, and when it came. */
export interface Report {
  readonly at: number;
  readonly done: number;
  readonly total: number;
  readonly observables: Readonly<Record<string, number>>;
}

/** So many are kept: when they are more, every second one goes. */
const MOST_REPORTS = 800;
/** A rate from less than this is chance. */
const SHORTEST_SPAN_MS = 1_000;

/** The reports with one more. One that is no further than the last is passed over; a step back is another attempt. */
export function withReport(
  reports: readonly Report[],
  progress: Pick<Progress, 'done' | 'total' | 'observables'>,
  at: number,
): readonly Report[] {
  const { done, total, observables = {} } = progress;
  const last = reports.at(-1);
  if (last && done === last.done) return reports;
  const kept = last && done < last.done ? [] : reports;
  const thinned = kept.length < MOST_REPORTS ? kept : kept.filter((_, index) => index % 2 === 0);
  return [...thinned, { at, done, total, observables }];
}

/** Seconds until the end, at the rate since the first report; null where that says nothing yet. */
export function secondsLeft(reports: readonly Report[]): number | null {
  const [first, last] = [reports[0], reports.at(-1)];
  if (!first || !last || last.at - first.at < SHORTEST_SPAN_MS || last.done <= first.done) return null;
  return ((last.total - last.done) * (last.at - first.at)) / (last.done - first.done) / 1000;
}

/** The observables over what is done; null while there is nothing to draw. */
export function seriesOf(reports: readonly Report[]): Series | null {
  const names = [...new Set(reports.flatMap(({ observables }) => Object.keys(observables)))];
  if (reports.length < 2 || names.length === 0) return null;
  const columns = names.map((name) => ({ name, values: reports.map(({ observables }) => observables[name] ?? null) }));
  return toSeries('observables', [{ name: 'done', values: reports.map(({ done }) => done) }, ...columns]);
}
