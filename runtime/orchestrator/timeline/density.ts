import { ATTEMPT_STATUSES } from '../../wire/task.ts';
import type { TimelineDensity } from '../../wire/timeline.ts';
import { inTurns } from '../in-turns.ts';
import type { AttemptHistory } from './attempt-history.ts';

/** All workers together have at most so many pieces of time, so that the answer stays small. */
const MOST_PIECES = 65_536;

/** By number of the status. */
const IS_FAILURE = ATTEMPT_STATUSES.map((status) => status === 'failed' || status === 'timed_out' || status === 'lost');

interface DensitySpan {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Pieces that are asked for; with many workers they are fewer. */
  readonly buckets: number;
}

/** How busy each worker was in each piece of a span, from the attempts at these places, some of which are added up at a time. */
export async function densityOf(
  history: AttemptHistory,
  found: readonly (readonly number[])[],
  span: DensitySpan,
): Promise<TimelineDensity> {
  const { worker, mask } = history.columns;
  const isInvolved = new Uint8Array(history.workers.list.length);
  for await (const places of inTurns(found)) for (const place of places) isInvolved[worker[place & mask]!] = 1;
  const workers = [...isInvolved.keys()].filter((number) => isInvolved[number] === 1);
  const buckets = Math.max(1, Math.min(span.buckets, Math.floor(MOST_PIECES / Math.max(1, workers.length))));
  const bucketMs = Math.max(1, span.to - span.from) / buckets;
  const columns: Columns[] = [];
  for (const number of workers) columns[number] = emptyColumns(buckets);
  for await (const places of inTurns(found)) addUp(columns, history, places, bucketMs, span);
  const named = workers.map((number) => {
    const { busy, ended: ends, failed } = columns[number]!;
    const rounded = [...busy].map((ms) => Math.round(ms * 100) / 100);
    return { id: history.workers.list[number]!, busy: rounded, ended: [...ends], failed: [...failed] };
  });
  return { bucket_ms: bucketMs, workers: named };
}

function addUp(
  columns: readonly Columns[],
  history: AttemptHistory,
  places: readonly number[],
  bucketMs: number,
  span: DensitySpan,
): void {
  const { begun, ended, worker, status, mask } = history.columns;
  for (const place of places) {
    // It was dropped meanwhile, and another one may have its row.
    if (place < history.first) continue;
    const row = place & mask;
    const column = columns[worker[row]!]!;
    const [begin, end] = [begun[row]!, ended[row]!];
    // One that still waits at its worker keeps no slot busy.
    if (!Number.isNaN(begin)) spread(column.busy, bucketMs, begin - span.from, Math.min(end, span.now) - span.from);
    if (end < span.from || end > span.to) continue;
    const bucket = Math.min(column.busy.length - 1, Math.floor((end - span.from) / bucketMs));
    column.ended[bucket]! += 1;
    if (IS_FAILURE[status[row]!]) column.failed[bucket]! += 1;
  }
}

type Columns = ReturnType<typeof emptyColumns>;

function emptyColumns(buckets: number) {
  return {
    busy: new Float64Array(buckets),
    ended: new Uint32Array(buckets),
    failed: new Uint32Array(buckets),
  };
}

/** Adds the part of an interval that lies in each bucket. */
function spread(busy: Float64Array, bucketMs: number, begin: number, end: number): void {
  const from = Math.max(0, begin);
  const to = Math.min(busy.length * bucketMs, end);
  if (to <= from) return;
  const first = Math.floor(from / bucketMs);
  // Nearly always it lies in one.
  if (to <= (first + 1) * bucketMs) {
    busy[first]! += to - from;
    return;
  }
  for (let bucket = first; bucket < busy.length && bucket * bucketMs < to; bucket += 1)
    busy[bucket]! += Math.min(to, (bucket + 1) * bucketMs) - Math.max(from, bucket * bucketMs);
}
