/** The attempts in flight, as the orchestrator's memory holds them. */
import type { AttemptKey } from '../../wire/invocation.ts';
import type { LiveAttempt } from '../ledger/ledger-types.ts';

/** An attempt in flight. */
export interface Live extends LiveAttempt {
  readonly key: AttemptKey;
  readonly isCopy: boolean;
  /** What its estimate said when it started. */
  readonly expectedMs: number;
  /** However long it has run, so much is still expected of it: not 0 where no task of its function has ever ended. */
  readonly atLeastMs: number;
  /** When its worker began with it; null while it waits there. */
  begunAt: number | null;
  heardAt: number;
  progress: LiveProgress | null;
  /** The ledger takes no copy of it: its retries are used up. */
  isCopyRefused: boolean;
  /** Its end is heard; what it wrote is still being fetched. */
  isEnding: boolean;
  /** Some stream will tell how it ends. */
  isFollowed: boolean;
}

/** What an attempt said last of how far it is. */
export interface LiveProgress {
  readonly done: number;
  readonly total: number;
  readonly observables?: Readonly<Record<string, number>>;
}

/** Attempts by key, with the views that the dispatcher asks for all the time. */
export class LiveAttempts {
  readonly #byName = new Map<string, Live>();
  /** A name is put together and hashed once: there is one of these for every task. */
  readonly #names = new Map<Live, string>();
  readonly #byWorker = new Map<string, Set<Live>>();
  /** Nearly always one: a copy makes two. */
  readonly #byTask = new Map<number, Live[]>();

  get size(): number {
    return this.#names.size;
  }

  add(live: Live): Live {
    const name = nameOf(live.key);
    this.#byName.set(name, live);
    this.#names.set(live, name);
    const there = this.#byWorker.get(live.workerId);
    if (there) there.add(live);
    else this.#byWorker.set(live.workerId, new Set([live]));
    const others = this.#byTask.get(live.task.key);
    if (others) others.push(live);
    else this.#byTask.set(live.task.key, [live]);
    return live;
  }

  get(key: AttemptKey): Live | undefined {
    const live = this.#byName.get(nameOf(key));
    return live?.key.ledger_id === key.ledger_id ? live : undefined;
  }

  has(live: Live): boolean {
    return this.#names.has(live);
  }

  /** False when it is not there any more: somebody else ended it. */
  delete(live: Live): boolean {
    const name = this.#names.get(live);
    if (name === undefined) return false;
    this.#names.delete(live);
    this.#byName.delete(name);
    const there = this.#byWorker.get(live.workerId);
    there?.delete(live);
    if (there?.size === 0) this.#byWorker.delete(live.workerId);
    const others = this.#byTask.get(live.task.key)?.filter((other) => other !== live) ?? [];
    if (others.length > 0) this.#byTask.set(live.task.key, others);
    else this.#byTask.delete(live.task.key);
    return true;
  }

  all(): IterableIterator<Live> {
    return this.#names.keys();
  }

  at(workerId: string): Live[] {
    return [...(this.#byWorker.get(workerId) ?? [])];
  }

  countAt(workerId: string): number {
    return this.#byWorker.get(workerId)?.size ?? 0;
  }

  ofTask(task: number): readonly Live[] {
    return this.#byTask.get(task) ?? [];
  }
}

/** Different keys of one ledger have different names, as only the task id may hold a newline. */
function nameOf({ run_id, task_id, attempt }: AttemptKey): string {
  return `${run_id}\n${attempt}\n${task_id}`;
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
  return Math.max(live.atLeastMs, Math.abs(live.expectedMs - elapsedMs));
}
