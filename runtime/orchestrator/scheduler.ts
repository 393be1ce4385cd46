/**
 * The policy: which queued task goes to which worker now. Pure functions of a view, so that the same code runs
 * against a simulated fleet of thousands.
 */
import type { QueuedTask } from './ledger-types.ts';

/** A worker as the policy sees it. */
export interface WorkerView {
  readonly id: string;
  readonly slots: number;
  readonly slotMemoryBytes: number;
  /** Names of the functions that it serves, with their versions. */
  readonly functions: Readonly<Record<string, string>>;
  /** Expected milliseconds until each invocation that it holds has ended. */
  readonly remainingMs: readonly number[];
  /** Requests in flight to it. */
  readonly chunks: number;
  /** It has failed several tasks: one more is tried before it gets others. */
  readonly isOnProbation: boolean;
}

/** All that a decision is made from. */
export interface SchedulingView {
  readonly queued: readonly QueuedTask[];
  readonly workers: readonly WorkerView[];
  /** Expected milliseconds of work in flight, by the key of its run. */
  readonly heldByRun: ReadonlyMap<number, number>;
  /** Expected milliseconds of a task on a worker. */
  estimateMs(task: QueuedTask, workerId: string): number;
}

export interface Assignment {
  readonly task: QueuedTask;
  readonly workerId: string;
  /** A further attempt of a task that runs already. */
  readonly isCopy: boolean;
}

/** A running attempt as the search for stragglers sees it. */
export interface RunningView {
  readonly task: QueuedTask;
  readonly workerId: string;
  readonly elapsedMs: number;
  readonly remainingMs: number;
  readonly expectedMs: number;
  /** Attempts of its task that run now, itself included. */
  readonly copies: number;
}

/** Short tasks travel together until a request holds about so much work for each slot… */
const CHUNK_WORK_MS = 50;
/** …or so many tasks… */
const CHUNK_TASKS = 256;
/** …and this many requests are in flight to a worker, so that its slots find the next one waiting. */
const CHUNKS_IN_FLIGHT = 2;

/** A copy must promise to end in this fraction of what the straggler still needs… */
const COPY_GAIN = 0.5;
/** …and is not worth its while for less. */
const COPY_AT_LEAST_MS = 1_000;

/**
 * List scheduling by earliest expected finish: tasks by priority, runs in turn, then long ones first (LPT); each goes
 * to the worker that would finish it first. Where that worker is busy the task waits for it and its place there is
 * taken into account, so that a slow idle worker is not given what a fast one would finish sooner.
 */
export function schedule(view: SchedulingView): Assignment[] {
  const lanes = view.workers.map((worker) => new Lane(worker));
  const chunkTasks = Math.min(
    CHUNK_TASKS,
    Math.max(1, Math.ceil(view.queued.length / (2 * Math.max(1, lanes.length)))),
  );
  let openLanes = lanes.filter((lane) => lane.canTake(chunkTasks)).length;
  if (openLanes === 0) return [];
  const assignments: Assignment[] = [];
  for (const task of inOrder(view)) {
    if (openLanes === 0) break;
    const lane = earliestFinish(task, lanes, view);
    if (!lane) continue;
    const isSent = lane.canTake(chunkTasks);
    if (isSent) assignments.push({ task, workerId: lane.worker.id, isCopy: false });
    lane.add(view.estimateMs(task, lane.worker.id), isSent);
    if (isSent && !lane.canTake(chunkTasks)) openLanes -= 1;
  }
  return assignments;
}

/** The order of the queue: by priority; within one, runs by the work they hold already; within a run, long tasks first. */
export function* inOrder(view: SchedulingView): Generator<QueuedTask> {
  const reference = view.workers[0]?.id ?? '';
  const held = new Map(view.heldByRun);
  const byPriority = Map.groupBy(view.queued, ({ priority }) => priority);
  for (const priority of [...byPriority.keys()].sort((a, b) => a - b)) {
    const runs = [...Map.groupBy(byPriority.get(priority)!, ({ run }) => run)];
    const queues = runs.map(([run, tasks]) => new RunQueue(run, tasks, (task) => view.estimateMs(task, reference)));
    for (let next = neediest(queues, held); next; next = neediest(queues, held)) {
      const { task, ms } = next.take();
      yield task;
      held.set(next.run, (held.get(next.run) ?? 0) + ms);
    }
  }
}

/** The tasks of one run and priority, the longest first. */
class RunQueue {
  readonly run: number;
  readonly #tasks: { task: QueuedTask; ms: number }[];
  #next = 0;

  constructor(run: number, tasks: readonly QueuedTask[], estimateMs: (task: QueuedTask) => number) {
    this.run = run;
    this.#tasks = tasks
      .map((task) => ({ task, ms: estimateMs(task) }))
      .sort((a, b) => b.ms - a.ms || a.task.key - b.task.key);
  }
  get isEmpty(): boolean {
    return this.#next === this.#tasks.length;
  }
  take(): { task: QueuedTask; ms: number } {
    this.#next += 1;
    return this.#tasks[this.#next - 1]!;
  }
}

/** The run with the least work in flight, the older one among equals; undefined when all queues are empty. */
function neediest(queues: readonly RunQueue[], held: ReadonlyMap<number, number>): RunQueue | undefined {
  let best: RunQueue | undefined;
  for (const queue of queues) {
    if (!queue.isEmpty && (!best || (held.get(queue.run) ?? 0) < (held.get(best.run) ?? 0))) best = queue;
  }
  return best;
}

function earliestFinish(task: QueuedTask, lanes: readonly Lane[], view: SchedulingView): Lane | undefined {
  let best: Lane | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  let lastResort: Lane | undefined;
  for (const lane of lanes) {
    if (!canRun(lane.worker, task)) continue;
    // A retry prefers another worker, where there is one.
    if (lane.worker.id === task.lastWorkerId) {
      lastResort = lane;
      continue;
    }
    const finishMs = lane.freeAtMs + view.estimateMs(task, lane.worker.id);
    if (finishMs < bestMs) [best, bestMs] = [lane, finishMs];
  }
  return best ?? lastResort;
}

/** Whether a worker that holds so many invocations in so many requests might be sent more: cheaper than to look closely. */
export function mayTake(slots: number, held: number, chunks: number): boolean {
  return held < slots || chunks < CHUNKS_IN_FLIGHT;
}

/** Whether a worker serves the task's function and has the memory for it. */
export function canRun(worker: WorkerView, task: QueuedTask): boolean {
  return task.function in worker.functions && worker.slotMemoryBytes >= task.memoryBytes;
}

/** A worker while a schedule is made: when each of its slots would be free. */
class Lane {
  readonly worker: WorkerView;
  /** Milliseconds from now until its next slot is free. */
  freeAtMs = 0;
  /** The same for every slot, unordered. */
  readonly #slotsFreeAtMs: number[];
  #held: number;
  #heldMs = 0;
  #added = 0;

  constructor(worker: WorkerView) {
    this.worker = worker;
    // One on probation gets one task at a time, whatever its slots: nobody is to wait for the others.
    this.#slotsFreeAtMs = new Array(worker.isOnProbation ? 1 : Math.max(1, worker.slots)).fill(0);
    this.#held = worker.remainingMs.length;
    for (const ms of worker.remainingMs) {
      this.#occupy(ms);
      this.#heldMs += ms;
    }
  }

  #occupy(ms: number): void {
    const slots = this.#slotsFreeAtMs;
    slots[slots.indexOf(this.freeAtMs)]! += ms;
    this.freeAtMs = Math.min(...slots);
  }

  /** A free slot takes any task; beyond that only short work is sent ahead, a bounded amount of it. */
  canTake(chunkTasks: number): boolean {
    if (this.worker.isOnProbation) return this.#held === 0;
    if (this.#held < this.worker.slots) return true;
    return (
      this.#heldMs / this.worker.slots < CHUNK_WORK_MS &&
      this.worker.chunks < CHUNKS_IN_FLIGHT &&
      this.#added < chunkTasks
    );
  }

  /** Counts a task in: as sent now, or as waiting for this worker. */
  add(ms: number, isSent: boolean): void {
    this.#occupy(ms);
    if (!isSent) return;
    this.#held += 1;
    this.#added += 1;
    this.#heldMs += ms;
  }
}

/**
 * Second copies of stragglers for slots that idle while nothing is queued: an attempt is copied when another worker is
 * expected to finish it, from its start, in half of what it still needs where it is. An overdue attempt is expected to
 * need as long again as it has taken.
 */
export function speculate(running: readonly RunningView[], view: SchedulingView): Assignment[] {
  const idle = view.workers.filter((worker) => worker.remainingMs.length < worker.slots && !worker.isOnProbation);
  const used = new Map<string, number>();
  const needMs = (one: RunningView): number =>
    one.elapsedMs > one.expectedMs ? Math.max(one.remainingMs, one.elapsedMs) : one.remainingMs;
  const copies: Assignment[] = [];
  for (const straggler of [...running].sort((a, b) => needMs(b) - needMs(a))) {
    if (straggler.copies > 1 || needMs(straggler) < COPY_AT_LEAST_MS) continue;
    const { task } = straggler;
    const able = idle.filter((worker) => {
      const free = worker.slots - worker.remainingMs.length - (used.get(worker.id) ?? 0);
      return free > 0 && worker.id !== straggler.workerId && canRun(worker, task);
    });
    const [best] = able.sort((a, b) => view.estimateMs(task, a.id) - view.estimateMs(task, b.id));
    if (!best || view.estimateMs(task, best.id) > COPY_GAIN * needMs(straggler)) continue;
    used.set(best.id, (used.get(best.id) ?? 0) + 1);
    copies.push({ task, workerId: best.id, isCopy: true });
  }
  return copies;
}
