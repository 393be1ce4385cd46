/**
 * The policy: which queued task goes to which worker now. Pure functions of a view, so that the same code runs
 * against a simulated fleet of thousands.
 */

import type { QueuedTask } from '../ledger/ledger-types.ts';
import { expectedMs, type Speed } from './estimates.ts';

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
  /** How fast a worker is at a function, as far as it is known. */
  speedOf(functionName: string, workerId: string): Speed;
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
  const workers = view.workers.length;
  const chunkTasks = Math.min(CHUNK_TASKS, Math.max(1, Math.ceil(view.queued.length / (2 * Math.max(1, workers)))));
  const lanes = new Lanes(view);
  let openLanes = lanes.count((lane) => lane.canTake(chunkTasks));
  if (openLanes === 0) return [];
  const assignments: Assignment[] = [];
  for (const task of inOrder(view)) {
    if (openLanes === 0) break;
    const best = lanes.earliestFinish(task);
    if (!best) continue;
    const { lane, ms } = best;
    const isSent = lane.canTake(chunkTasks);
    if (isSent) assignments.push({ task, workerId: lane.worker.id, isCopy: false });
    lanes.add(lane, ms, isSent);
    if (isSent && !lane.canTake(chunkTasks)) openLanes -= 1;
  }
  return assignments;
}

/** The order of the queue: by priority; within one, runs by the work they hold already; within a run, long tasks first. */
export function* inOrder(view: SchedulingView): Generator<QueuedTask> {
  const reference = view.workers[0]?.id ?? '';
  const estimateMs = (task: QueuedTask): number => expectedMs(view.speedOf(task.function, reference), task.cost);
  const held = new Map(view.heldByRun);
  const byPriority = Map.groupBy(view.queued, ({ priority }) => priority);
  for (const priority of [...byPriority.keys()].sort((a, b) => a - b)) {
    const runs = [...Map.groupBy(byPriority.get(priority)!, ({ run }) => run)];
    const queues = runs.map(([run, tasks]) => new RunQueue(run, tasks, estimateMs));
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
  readonly #tasks: readonly QueuedTask[];
  readonly #estimateMs: (task: QueuedTask) => number;
  #next = 0;

  constructor(run: number, tasks: readonly QueuedTask[], estimateMs: (task: QueuedTask) => number) {
    this.run = run;
    this.#estimateMs = estimateMs;
    // Within a function the cost says it all: there are thousands of estimates to save.
    const longer = (a: QueuedTask, b: QueuedTask): number =>
      a.function === b.function ? b.cost - a.cost : estimateMs(b) - estimateMs(a);
    this.#tasks = tasks.toSorted((a, b) => longer(a, b) || a.key - b.key);
  }
  get isEmpty(): boolean {
    return this.#next === this.#tasks.length;
  }
  take(): { task: QueuedTask; ms: number } {
    this.#next += 1;
    const task = this.#tasks[this.#next - 1]!;
    return { task, ms: this.#estimateMs(task) };
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

/** Whether a worker that holds so many invocations in so many requests might be sent more: cheaper than to look closely. */
export function mayTake(slots: number, held: number, chunks: number): boolean {
  return held < slots || chunks < CHUNKS_IN_FLIGHT;
}

/** Whether a worker serves the task's function and has the memory for it. */
export function canRun(worker: WorkerView, task: Pick<QueuedTask, 'function' | 'memoryBytes'>): boolean {
  return task.function in worker.functions && worker.slotMemoryBytes >= task.memoryBytes;
}

/**
 * All workers while a schedule is made, as columns: every task is held against every worker, a million times a
 * schedule where there are a thousand.
 */
class Lanes {
  readonly #view: SchedulingView;
  readonly #lanes: readonly Lane[];
  /** Milliseconds from now until each worker's next slot is free. */
  readonly #freeAtMs: Float64Array;
  readonly #slotMemoryBytes: Float64Array;
  readonly #index: ReadonlyMap<string, number>;
  readonly #speeds = new Map<string, SpeedColumns>();

  constructor(view: SchedulingView) {
    this.#view = view;
    this.#lanes = view.workers.map((worker, index) => new Lane(worker, index));
    this.#freeAtMs = Float64Array.from(this.#lanes, ({ freeAtMs }) => freeAtMs);
    this.#slotMemoryBytes = Float64Array.from(view.workers, ({ slotMemoryBytes }) => slotMemoryBytes);
    this.#index = new Map(view.workers.map(({ id }, index) => [id, index]));
  }

  count(is: (lane: Lane) => boolean): number {
    return this.#lanes.filter(is).length;
  }

  /** Who would finish a task first, and how long that takes from its beginning; undefined when nobody can run it. */
  earliestFinish(task: QueuedTask): { lane: Lane; ms: number } | undefined {
    const speeds = this.#speedsAt(task.function);
    // A retry prefers another worker, where there is one.
    const last = task.lastWorkerId === null ? -1 : (this.#index.get(task.lastWorkerId) ?? -1);
    let best = -1;
    let bestMs = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#lanes.length; index += 1) {
      const finishMs = this.#freeAtMs[index]! + expectedAt(speeds, index, task.cost);
      if (finishMs >= bestMs || index === last || this.#slotMemoryBytes[index]! < task.memoryBytes) continue;
      best = index;
      bestMs = finishMs;
    }
    const chosen = this.#lanes[best] ?? this.#lanes[last];
    return chosen && canRun(chosen.worker, task)
      ? { lane: chosen, ms: expectedAt(speeds, chosen.index, task.cost) }
      : undefined;
  }

  #speedsAt(functionName: string): SpeedColumns {
    let columns = this.#speeds.get(functionName);
    if (!columns) {
      const speeds = this.#view.workers.map((worker) =>
        functionName in worker.functions ? this.#view.speedOf(functionName, worker.id) : NEVER,
      );
      columns = {
        fixedMs: Float64Array.from(speeds, ({ fixedMs }) => fixedMs),
        msPerUnit: Float64Array.from(speeds, ({ msPerUnit }) => msPerUnit),
        atLeastMs: Float64Array.from(speeds, ({ atLeastMs }) => atLeastMs),
      };
      this.#speeds.set(functionName, columns);
    }
    return columns;
  }

  /** Counts a task in: as sent now, or as waiting for this worker. */
  add(lane: Lane, ms: number, isSent: boolean): void {
    lane.add(ms, isSent);
    this.#freeAtMs[lane.index] = lane.freeAtMs;
  }
}

/** The speeds of all workers at one function. */
type SpeedColumns = Readonly<Record<keyof Speed, Float64Array>>;

/** Of a worker that does not serve the function. */
const NEVER: Speed = { fixedMs: Number.POSITIVE_INFINITY, msPerUnit: 0, atLeastMs: 0 };

/** `expectedMs` of one worker of the columns. */
function expectedAt(speeds: SpeedColumns, index: number, cost: number): number {
  const ms = speeds.fixedMs[index]! + speeds.msPerUnit[index]! * Math.max(1, cost);
  return Math.max(ms, speeds.atLeastMs[index]!);
}

/** A worker while a schedule is made: when each of its slots would be free. */
class Lane {
  readonly worker: WorkerView;
  /** Its place among the workers of the view. */
  readonly index: number;
  /** Milliseconds from now until its next slot is free. */
  freeAtMs = 0;
  /** The same for every slot, unordered. */
  readonly #slotsFreeAtMs: number[];
  #held: number;
  #heldMs = 0;
  #added = 0;

  constructor(worker: WorkerView, index: number) {
    this.worker = worker;
    this.index = index;
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
    const timesMs = able.map((worker) => expectedMs(view.speedOf(task.function, worker.id), task.cost));
    const leastMs = Math.min(...timesMs);
    const best = able[timesMs.indexOf(leastMs)];
    if (!best || leastMs > COPY_GAIN * needMs(straggler)) continue;
    used.set(best.id, (used.get(best.id) ?? 0) + 1);
    copies.push({ task, workerId: best.id, isCopy: true });
  }
  return copies;
}
