/** The policy: which queued task goes to which worker now. Pure, so that it can be run against a simulated fleet. */
import type { QueuedTask } from './ledger.ts';

/** A worker as the policy sees it. */
export interface WorkerView {
  readonly id: string;
  readonly slots: number;
  readonly slotMemoryBytes: number;
  /** Names of the functions that it serves. */
  readonly functions: ReadonlySet<string>;
  /** Expected milliseconds until each invocation that it holds has ended; 0 for one that is overdue. */
  readonly remainingMs: readonly number[];
  /** Requests in flight to it. */
  readonly chunks: number;
}

export interface SchedulingView {
  readonly queued: readonly QueuedTask[];
  readonly workers: readonly WorkerView[];
  /** Expected milliseconds of a task on a worker. */
  estimateMs(task: QueuedTask, workerId: string): number;
}

export interface Assignment {
  readonly task: QueuedTask;
  readonly workerId: string;
}

/** Short tasks travel together until a request holds about so much work… */
const CHUNK_WORK_MS = 50;
/** …or so many tasks… */
const CHUNK_TASKS = 256;
/** …and this many requests are in flight to a worker, so that its slots find the next one waiting. */
const CHUNKS_IN_FLIGHT = 2;

/**
 * List scheduling by earliest expected finish: tasks by priority, then long ones first (LPT); each goes to the worker
 * that would finish it first. Where that worker is busy, the task waits for it and its place there is taken into
 * account, so that a slow idle worker is not given what a fast one would finish sooner.
 */
export function schedule(view: SchedulingView): Assignment[] {
  const lanes = view.workers.map((worker) => new Lane(worker));
  const assignments: Assignment[] = [];
  const backlog = view.queued.length;
  const chunkTasks = Math.min(CHUNK_TASKS, Math.max(1, Math.ceil(backlog / (2 * Math.max(1, lanes.length)))));
  let openLanes = lanes.filter((lane) => lane.canTake(chunkTasks)).length;
  for (const task of inOrder(view)) {
    if (openLanes === 0) break;
    const lane = earliestFinish(task, lanes, view);
    if (!lane) continue;
    const wasOpen = lane.canTake(chunkTasks);
    if (wasOpen) assignments.push({ task, workerId: lane.worker.id });
    lane.add(view.estimateMs(task, lane.worker.id), wasOpen);
    if (wasOpen && !lane.canTake(chunkTasks)) openLanes -= 1;
  }
  return assignments;
}

/** Priority first; within it the longest expected tasks, whatever their function's unit of cost. */
function inOrder(view: SchedulingView): QueuedTask[] {
  const reference = view.workers[0]?.id ?? '';
  const keyed = view.queued.map((task) => ({ task, ms: view.estimateMs(task, reference) }));
  keyed.sort((a, b) => a.task.priority - b.task.priority || b.ms - a.ms || a.task.key - b.task.key);
  return keyed.map(({ task }) => task);
}

function earliestFinish(task: QueuedTask, lanes: readonly Lane[], view: SchedulingView): Lane | undefined {
  const able = lanes.filter(
    ({ worker }) => worker.functions.has(task.function) && worker.slotMemoryBytes >= task.memoryBytes,
  );
  // A retry prefers another worker, where there is one.
  const others = able.filter(({ worker }) => worker.id !== task.lastWorkerId);
  let best: Lane | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const lane of others.length > 0 ? others : able) {
    const finishMs = lane.freeAtMs() + view.estimateMs(task, lane.worker.id);
    if (finishMs < bestMs) [best, bestMs] = [lane, finishMs];
  }
  return best;
}

/** A worker while a schedule is made: when each of its slots would be free. */
class Lane {
  readonly worker: WorkerView;
  /** Milliseconds from now, one a slot, unordered. */
  readonly #freeAtMs: number[];
  #held: number;
  #heldMs: number;
  #added = 0;
  #addedMs = 0;

  constructor(worker: WorkerView) {
    this.worker = worker;
    this.#freeAtMs = new Array(Math.max(1, worker.slots)).fill(0);
    for (const ms of worker.remainingMs) this.#occupy(ms);
    this.#held = worker.remainingMs.length;
    this.#heldMs = worker.remainingMs.reduce((sum, ms) => sum + ms, 0);
  }

  #occupy(ms: number): void {
    const slot = this.#freeAtMs.indexOf(this.freeAtMs());
    this.#freeAtMs[slot]! += ms;
  }

  freeAtMs(): number {
    return Math.min(...this.#freeAtMs);
  }

  /** A free slot takes any task; beyond that only short work is sent ahead, a bounded amount of it. */
  canTake(chunkTasks: number): boolean {
    if (this.#held + this.#added < this.worker.slots) return true;
    const isShort = (this.#heldMs + this.#addedMs) / this.worker.slots < CHUNK_WORK_MS;
    return isShort && this.worker.chunks < CHUNKS_IN_FLIGHT && this.#added < chunkTasks;
  }

  /** Counts a task in: as sent now, or as waiting for this worker. */
  add(ms: number, isSent: boolean): void {
    this.#occupy(ms);
    if (!isSent) return;
    this.#added += 1;
    this.#addedMs += ms;
  }
}
