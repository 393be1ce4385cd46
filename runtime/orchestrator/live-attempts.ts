/** The attempts in flight, as the orchestrator's memory holds them. */
import { type AttemptKey, attemptKeyString } from '../wire/invocation.ts';
import type { LiveAttempt } from './ledger-types.ts';

/** An attempt in flight. */
export interface Live extends LiveAttempt {
  readonly key: AttemptKey;
  readonly isCopy: boolean;
  /** What its estimate said when it started. */
  readonly expectedMs: number;
  /** When its worker began with it; null while it waits there. */
  begunAt: number | null;
  heardAt: number;
  progress: { done: number; total: number } | null;
  /** The ledger takes no copy of it: its retries are used up. */
  isCopyRefused: boolean;
  /** Some stream will tell how it ends. */
  isFollowed: boolean;
}

/** Attempts by key, with the views that the dispatcher asks for all the time. */
export class LiveAttempts {
  readonly #byKey = new Map<string, Live>();
  readonly #byWorker = new Map<string, Set<Live>>();
  readonly #byTask = new Map<number, Set<Live>>();

  get size(): number {
    return this.#byKey.size;
  }

  add(live: Live): Live {
    this.#byKey.set(attemptKeyString(live.key), live);
    addTo(this.#byWorker, live.workerId, live);
    addTo(this.#byTask, live.task.key, live);
    return live;
  }

  get(key: AttemptKey): Live | undefined {
    return this.#byKey.get(attemptKeyString(key));
  }

  has(live: Live): boolean {
    return this.#byKey.get(attemptKeyString(live.key)) === live;
  }

  /** False when it is not there any more: somebody else ended it. */
  delete(live: Live): boolean {
    if (!this.#byKey.delete(attemptKeyString(live.key))) return false;
    deleteFrom(this.#byWorker, live.workerId, live);
    deleteFrom(this.#byTask, live.task.key, live);
    return true;
  }

  all(): IterableIterator<Live> {
    return this.#byKey.values();
  }

  at(workerId: string): Live[] {
    return [...(this.#byWorker.get(workerId) ?? [])];
  }

  ofTask(task: number): Live[] {
    return [...(this.#byTask.get(task) ?? [])];
  }
}

function addTo<K>(index: Map<K, Set<Live>>, key: K, live: Live): void {
  const known = index.get(key);
  if (known) known.add(live);
  else index.set(key, new Set([live]));
}

function deleteFrom<K>(index: Map<K, Set<Live>>, key: K, live: Live): void {
  const known = index.get(key);
  known?.delete(live);
  if (known?.size === 0) index.delete(key);
}

/** Before this a task's own progress says little: its first slices may all arrive in one packet. */
const TRUST_PROGRESS_AFTER_MS = 1_000;

/** Expected milliseconds until it ends; one that is overdue is expected to take as long again as it is late. */
export function remainingMs(live: Live, now: number): number {
  const elapsedMs = live.begunAt === null ? 0 : now - live.begunAt;
  // What it says of its own progress is better than what was expected of it.
  if (live.progress && live.progress.done > 0 && elapsedMs > TRUST_PROGRESS_AFTER_MS) {
    return Math.max(0, (elapsedMs * (live.progress.total - live.progress.done)) / live.progress.done);
  }
  return Math.abs(live.expectedMs - elapsedMs);
}
