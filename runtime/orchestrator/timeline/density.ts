import type { TimelineDensity } from '../../wire/timeline.ts';
import type { AttemptHistory } from './attempt-history.ts';

/** All workers together have at most so many pieces of time, so that the answer stays small. */
const MOST_PIECES = 65_536;

interface DensitySpan {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Pieces that are asked for; with many workers they are fewer. */
  readonly buckets: number;
}

/** How busy each worker was in each piece of a span, from the attempts at these places. */
export function densityOf(history: AttemptHistory, places: readonly number[], span: DensitySpan): TimelineDensity {
  const workers = new Set(places.map((place) => history.workerAt(place)));
  const buckets = Math.max(1, Math.min(span.buckets, Math.floor(MOST_PIECES / Math.max(1, workers.size))));
  const bucketMs = Math.max(1, span.to - span.from) / buckets;
  const columns = new Map([...workers].map((worker) => [worker, emptyColumns(buckets)]));
  for (const place of places) {
    const column = columns.get(history.workerAt(place))!;
    const [begun, ended] = [history.begunAt(place), history.endedAt(place)];
    // One that still waits at its worker keeps no slot busy.
    if (!Number.isNaN(begun)) spread(column.busy, bucketMs, begun - span.from, Math.min(ended, span.now) - span.from);
    if (ended < span.from || ended > span.to) continue;
    const bucket = Math.min(buckets - 1, Math.floor((ended - span.from) / bucketMs));
    column.ended[bucket]! += 1;
    if (isFailure(history.statusAt(place))) column.failed[bucket]! += 1;
  }
  const named = [...columns].map(([worker, { busy, ended, failed }]) => ({
    id: history.workers.list[worker]!,
    busy: [...busy].map((ms) => Math.round(ms * 100) / 100),
    ...{ ended: [...ended], failed: [...failed] },
  }));
  return { bucket_ms: bucketMs, workers: named };
}

function emptyColumns(buckets: number) {
  return {
    busy: new Float64Array(buckets),
    ended: new Uint32Array(buckets),
    failed: new Uint32Array(buckets),
  };
}

/** Adds the part of an interval that lies in each bucket. */
function spread(busy: Float64Array, bucketMs: number, begin: number, end: number): void {
  const [least, most] = [Math.max(0, begin), Math.min(busy.length * bucketMs, end)];
  for (let bucket = Math.floor(least / bucketMs); bucket < busy.length && bucket * bucketMs < most; bucket += 1)
    busy[bucket]! += Math.min(most, (bucket + 1) * bucketMs) - Math.max(least, bucket * bucketMs);
}

function isFailure(status: string): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'lost';
}
