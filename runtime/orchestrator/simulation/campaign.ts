/** Many schedules, one after the other. */
import { runSchedule } from './schedule.ts';
import { MARKERS, type Marker } from './trace.ts';

export interface Campaign {
  readonly failures: readonly { readonly seed: number; readonly failure: string; readonly trace: readonly string[] }[];
  /** In how many schedules each rare state was reached. */
  readonly markers: ReadonlyMap<Marker, number>;
  /** Rare states that none of them reached. */
  readonly missing: readonly Marker[];
}

/** Failing schedules after which a campaign is given up: more of them say nothing new. */
const MAX_FAILURES = 20;

/** Runs the schedules of the seeds from `first` on. */
export async function runCampaign(first: number, schedules: number): Promise<Campaign> {
  const failures: Campaign['failures'][number][] = [];
  const markers = new Map<Marker, number>(MARKERS.map((marker) => [marker, 0]));
  const { stackTraceLimit } = Error;
  // Refusals are everyday life here, and half the price of an error is its stack: a replay has it.
  Error.stackTraceLimit = 0;
  for (let seed = first; seed < first + schedules && failures.length < MAX_FAILURES; seed += 1) {
    const report = await runSchedule(seed);
    for (const marker of report.markers.keys()) markers.set(marker, markers.get(marker)! + 1);
    if (report.failure !== null) failures.push({ seed, failure: report.failure, trace: report.trace });
  }
  Error.stackTraceLimit = stackTraceLimit;
  return { failures, markers, missing: MARKERS.filter((marker) => markers.get(marker) === 0) };
}
