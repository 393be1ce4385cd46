/** Many schedules, one after the other, on every processor. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
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

/** Runs the schedules of the seeds from `first` on, here. */
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
  return { failures, markers, missing: missingFrom(markers) };
}

/** The schedules that one thread runs. */
export interface CampaignPart {
  readonly first: number;
  readonly schedules: number;
}

/** Runs the schedules of the seeds from `first` on, a part of them on each processor. */
export async function runCampaignInThreads(first: number, schedules: number): Promise<Campaign> {
  const share = Math.ceil(schedules / availableParallelism());
  const parts: CampaignPart[] = [];
  for (let done = 0; done < schedules; done += share) {
    parts.push({ first: first + done, schedules: Math.min(share, schedules - done) });
  }
  const campaigns = await Promise.all(parts.map(runInThread));
  const markers = new Map(
    MARKERS.map((marker) => [marker, campaigns.reduce((sum, campaign) => sum + campaign.markers.get(marker)!, 0)]),
  );
  return { failures: campaigns.flatMap(({ failures }) => failures), markers, missing: missingFrom(markers) };
}

async function runInThread(part: CampaignPart): Promise<Campaign> {
  const thread = new Worker(new URL('./campaign-thread.ts', import.meta.url), { workerData: part });
  const [campaign] = await once(thread, 'message');
  return campaign as Campaign;
}

function missingFrom(markers: ReadonlyMap<Marker, number>): Marker[] {
  return MARKERS.filter((marker) => markers.get(marker) === 0);
}
