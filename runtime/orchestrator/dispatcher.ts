/** Takes queued tasks from the ledger, lets the policy choose, hands attempts to the transport, records what happens. */

import type { Transport } from '../transport/transport.ts';
import {
  type AttemptKey,
  type AttemptRequest,
  attemptKeyString,
  type InvocationEvent,
  isTerminal,
  type TerminalEvent,
} from '../wire/invocation.ts';
import { asProblem, Problem } from '../wire/problem.ts';
import type { Run } from '../wire/task.ts';
import type { Estimates } from './estimates.ts';
import type { Fleet, FleetWorker } from './fleet.ts';
import type { AttemptOutcome, FinishEffect, FinishRequest, LiveAttempt, QueuedTask } from './ledger.ts';
import type { RemoteLedger } from './ledger-host.ts';
import { type Assignment, schedule, type WorkerView } from './scheduler.ts';

export interface DispatcherOptions {
  readonly ledgerId: string;
  readonly ledger: RemoteLedger;
  readonly transport: Transport;
  readonly fleet: Fleet;
  readonly estimates: Estimates;
  readonly now: () => number;
  /** An attempt that nobody hears of for so long is lost. */
  readonly leaseMs: number;
  readonly log: DispatcherLog;
  /** Outcomes were recorded: there may be result files to write and clients to wake. */
  readonly onRecorded: (effects: readonly FinishEffect[]) => void;
}

/** What the dispatcher tells its log; `about` names run, task, attempt and worker. */
export interface DispatcherLog {
  info(message: string, about: Record<string, unknown>): void;
  warn(message: string, about: Record<string, unknown>): void;
  error(message: string, about: Record<string, unknown>): void;
}

/** An attempt in flight. */
interface Live extends LiveAttempt {
  readonly expectedMs: number;
  /** When its worker began with it; null while it waits there. */
  begunAt: number | null;
  heardAt: number;
  progress: { done: number; total: number } | null;
  /** Some stream will tell how it ends. */
  isFollowed: boolean;
}

/** An outcome on its way to the ledger. */
interface Outcome {
  readonly request: FinishRequest;
  readonly key: AttemptKey;
  readonly workerId: string;
}

/** Queued tasks held in memory; the rest stay in the ledger. */
const WINDOW_TASKS = 1024;
/** How often leases are looked at. */
const LEASE_CHECK_MS = 1_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #live = new Map<string, Live>();
  /** Assigned, while the ledger records the start. */
  readonly #starting = new Map<number, Assignment>();
  readonly #chunks = new Map<string, number>();
  readonly #reconciling = new Set<string>();
  #window: QueuedTask[] = [];
  #isWindowStale = true;
  #hasMoreQueued = false;
  #isPumping = false;
  #isWoken = false;
  #isStopped = false;
  #outcomes: Outcome[] = [];
  #backoffTimer: NodeJS.Timeout | undefined;
  #leaseTimer: NodeJS.Timeout | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Takes up the attempts that were running when the ledger was last written, and begins to dispatch. */
  async start(): Promise<void> {
    for (const attempt of await this.#options.ledger.live()) this.#track(attempt, false);
    this.#leaseTimer = setInterval(() => this.#checkLeases(), LEASE_CHECK_MS);
    this.tasksQueued();
  }

  /** Stops dispatching. Attempts go on at their workers; the next orchestrator finds them there. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#backoffTimer);
    clearInterval(this.#leaseTimer);
  }

  /** New tasks are in the ledger. */
  tasksQueued(): void {
    this.#isWindowStale = true;
    this.#wake();
  }

  /** A worker came, went, or was replaced by another instance. */
  workerChanged(worker: FleetWorker): void {
    if (this.#liveAt(worker.id).some((live) => !live.isFollowed)) void this.#reconcile(worker.id);
    this.#wake();
  }

  /** What a worker computes now, as `RUN/ID`, longest first. */
  currentTasks(workerId: string): string[] {
    const begun = this.#liveAt(workerId).filter((live) => live.begunAt !== null);
    return begun.sort((a, b) => a.begunAt! - b.begunAt!).map(({ task }) => `${task.runId}/${task.id}`);
  }

  /** How far a running task is; undefined where nothing was heard. */
  progressOf(runId: string, taskId: string, attempt: number): { done: number; total: number } | undefined {
    const key = { ledger_id: this.#options.ledgerId, run_id: runId, task_id: taskId, attempt };
    return this.#live.get(attemptKeyString(key))?.progress ?? undefined;
  }

  // ---- from the queue to the workers ----

  #wake(): void {
    this.#isWoken = true;
    if (this.#isPumping || this.#isStopped) return;
    this.#isPumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    try {
      while (this.#isWoken && !this.#isStopped) {
        this.#isWoken = false;
        if (this.#isWindowStale || (this.#hasMoreQueued && this.#window.length < WINDOW_TASKS / 2))
          await this.#refill();
        const assignments = schedule(this.#view());
        if (assignments.length > 0) void this.#launch(assignments);
      }
    } catch (error) {
      this.#options.log.error(`dispatching failed: ${(error as Error).message}`, {});
    } finally {
      this.#isPumping = false;
    }
  }

  async #refill(): Promise<void> {
    this.#isWindowStale = false;
    const { tasks, nextWaiting } = await this.#options.ledger.queued(WINDOW_TASKS);
    // The ledger answers in order: a task whose start it has not yet recorded is still among the starting ones.
    this.#window = tasks.filter((task) => !this.#starting.has(task.key));
    this.#hasMoreQueued = tasks.length >= WINDOW_TASKS;
    clearTimeout(this.#backoffTimer);
    if (nextWaiting !== null)
      this.#backoffTimer = setTimeout(() => this.tasksQueued(), Math.max(1, nextWaiting - this.#options.now()));
  }

  #view(): { queued: QueuedTask[]; workers: WorkerView[]; estimateMs: (task: QueuedTask, workerId: string) => number } {
    const remaining = new Map<string, number[]>();
    const hold = (workerId: string, ms: number): void => {
      const held = remaining.get(workerId);
      if (held) held.push(ms);
      else remaining.set(workerId, [ms]);
    };
    const now = this.#options.now();
    for (const live of this.#live.values())
      hold(live.workerId, Math.max(0, live.expectedMs - (live.begunAt === null ? 0 : now - live.begunAt)));
    const estimateMs = (task: QueuedTask, workerId: string): number => this.#options.estimates.ms(task, workerId);
    for (const { task, workerId } of this.#starting.values()) hold(workerId, estimateMs(task, workerId));
    const ready = this.#options.fleet.list().filter((worker) => worker.online && !worker.draining);
    const workers = ready.map((worker) => ({
      id: worker.id,
      slots: worker.slots,
      slotMemoryBytes: worker.slotMemoryBytes,
      functions: new Set(Object.keys(worker.functions)),
      remainingMs: remaining.get(worker.id) ?? [],
      chunks: this.#chunks.get(worker.id) ?? 0,
    }));
    return { queued: this.#window, workers, estimateMs };
  }

  /** Records the starts, then delivers: an attempt is on disk before a worker hears of it. */
  async #launch(assignments: readonly Assignment[]): Promise<void> {
    for (const assignment of assignments) this.#starting.set(assignment.task.key, assignment);
    const taken = new Set(assignments.map(({ task }) => task.key));
    this.#window = this.#window.filter((task) => !taken.has(task.key));
    const targets = new Map<string, FleetWorker>();
    for (const { workerId } of assignments) targets.set(workerId, this.#options.fleet.get(workerId)!);
    for (const workerId of targets.keys()) this.#countChunk(workerId, 1);
    const requests = assignments.map(({ task, workerId }) => ({
      task: task.key,
      workerId,
      instance: targets.get(workerId)!.instance ?? '',
    }));
    try {
      const numbers = await this.#options.ledger.start(requests);
      const perWorker = new Map<string, Live[]>();
      for (const [index, { task, workerId }] of assignments.entries()) {
        this.#starting.delete(task.key);
        const attempt = numbers[index];
        if (typeof attempt !== 'number') continue;
        const live = this.#track(
          { task, attempt, workerId, instance: requests[index]!.instance, startedAt: this.#options.now() },
          true,
        );
        perWorker.set(workerId, [...(perWorker.get(workerId) ?? []), live]);
      }
      for (const [workerId, lives] of perWorker) void this.#deliver(targets.get(workerId)!, lives);
      for (const workerId of targets.keys()) if (!perWorker.has(workerId)) this.#countChunk(workerId, -1);
    } catch (error) {
      this.#options.log.error(`attempts could not be recorded: ${(error as Error).message}`, {});
    }
    this.#wake();
  }

  #countChunk(workerId: string, change: 1 | -1): void {
    this.#chunks.set(workerId, (this.#chunks.get(workerId) ?? 0) + change);
  }

  async #deliver(worker: FleetWorker, lives: readonly Live[]): Promise<void> {
    let trouble = new Problem('worker_lost', `${worker.id} ended the stream without an outcome`);
    try {
      await this.#options.transport.deliver(
        worker,
        lives.map((live) => this.#request(live)),
        (events) => this.#hear(worker.id, events),
      );
    } catch (error) {
      trouble = asProblem(error, 'unavailable');
    }
    this.#countChunk(worker.id, -1);
    const open = lives.filter((live) => this.#live.has(this.#keyString(live)));
    if (open.length > 0) await this.#recover(worker, open, trouble);
    this.#wake();
  }

  #request({ task, attempt }: Live): AttemptRequest {
    return {
      ...this.#key(task, attempt),
      type: task.type,
      parameters: JSON.parse(task.parameters),
      ...(task.timeoutMs !== null && { timeout_ms: task.timeoutMs }),
    };
  }

  // ---- from the workers to the ledger ----

  #hear(workerId: string, events: readonly InvocationEvent[]): void {
    const now = this.#options.now();
    for (const event of events) {
      if (!isKeyed(event)) continue;
      const live = this.#live.get(attemptKeyString(event));
      if (live) {
        live.heardAt = now;
        if (event.event === 'started') live.begunAt = now;
        if (event.event === 'progress') live.progress = { done: event.done, total: event.total };
      }
      if (!isTerminal(event)) continue;
      if (live) this.#end(live, outcomeOf(event));
      else void this.#recordLate(workerId, event, event);
    }
    this.#wake();
  }

  /** Ends an attempt: its slot is free at once, its outcome goes to the ledger with those that come beside it. */
  #end(live: Live, outcome: AttemptOutcome): void {
    const key = this.#key(live.task, live.attempt);
    if (!this.#live.delete(attemptKeyString(key))) return;
    if (outcome.status === 'succeeded') this.#learn(live, outcome.measured);
    else this.#logFailure(live, outcome);
    this.#record({ request: { task: live.task.key, attempt: live.attempt, outcome }, key, workerId: live.workerId });
  }

  /** An outcome of an attempt that the ledger has ended already. */
  async #recordLate(workerId: string, key: AttemptKey, event: TerminalEvent): Promise<void> {
    const task = await this.#options.ledger.keyOf(key.run_id, key.task_id);
    if (task === null) void this.#acknowledge(workerId, [key]);
    else this.#record({ request: { task, attempt: key.attempt, outcome: outcomeOf(event) }, key, workerId });
  }

  #record(outcome: Outcome): void {
    if (this.#outcomes.length === 0) queueMicrotask(() => void this.#flushOutcomes());
    this.#outcomes.push(outcome);
  }

  async #flushOutcomes(): Promise<void> {
    const batch = this.#outcomes;
    this.#outcomes = [];
    try {
      const effects = await this.#options.ledger.finish(batch.map(({ request }) => request));
      this.#recorded(effects.filter((effect) => effect !== null));
      const byWorker = Map.groupBy(batch, ({ workerId }) => workerId);
      for (const [workerId, outcomes] of byWorker)
        void this.#acknowledge(
          workerId,
          outcomes.map(({ key }) => key),
        );
    } catch (error) {
      this.#options.log.error(`outcomes could not be recorded: ${(error as Error).message}`, {});
    }
  }

  #recorded(effects: readonly FinishEffect[]): void {
    for (const effect of effects) {
      if (effect.divergent)
        this.#options.log.error('divergence: a second result differs from the recorded one', { ...effect });
    }
    if (effects.some((effect) => effect.taskStatus === 'queued')) this.tasksQueued();
    this.#options.onRecorded(effects);
  }

  async #acknowledge(workerId: string, keys: readonly AttemptKey[]): Promise<void> {
    const worker = this.#options.fleet.get(workerId);
    if (!worker) return;
    // An acknowledgement that is lost is made good when the worker's outbox is read again.
    await this.#options.transport.acknowledge(worker, keys).catch((error) => {
      this.#options.log.warn(`${workerId} did not take an acknowledgement: ${asProblem(error).message}`, {
        worker: workerId,
      });
    });
  }

  #learn(live: Live, measured: string): void {
    const { elapsed_ms: elapsedMs } = JSON.parse(measured) as { elapsed_ms?: unknown };
    if (typeof elapsedMs === 'number' && elapsedMs >= 0)
      this.#options.estimates.learn(live.task, live.workerId, elapsedMs);
  }

  // ---- when things go wrong ----

  /** A delivery that broke: what was declined is retried elsewhere; what may still run is looked for at the worker. */
  async #recover(worker: FleetWorker, open: readonly Live[], trouble: Problem): Promise<void> {
    for (const live of open) live.isFollowed = false;
    if (trouble.code === 'draining') {
      this.#options.fleet.ping(worker.id);
      for (const live of open) this.#end(live, { status: 'released', error: trouble.toJSON() });
    } else if (trouble.code === 'worker_lost' || trouble.code === 'unavailable') {
      await this.#reconcile(worker.id);
    } else {
      for (const live of open) this.#end(live, { status: 'failed', error: trouble.toJSON() });
    }
  }

  /** Asks a worker what it holds, follows what runs there and takes what is finished; the rest is lost. */
  async #reconcile(workerId: string): Promise<void> {
    if (this.#reconciling.has(workerId)) return;
    this.#reconciling.add(workerId);
    try {
      await this.#reconcileOnce(workerId);
    } finally {
      this.#reconciling.delete(workerId);
      this.#wake();
    }
  }

  async #reconcileOnce(workerId: string): Promise<void> {
    const worker = this.#options.fleet.get(workerId);
    const orphans = this.#liveAt(workerId).filter((live) => !live.isFollowed);
    if (!worker) return;
    try {
      const outbox = await this.#options.transport.outbox(worker, this.#options.ledgerId);
      this.#hear(workerId, outbox.finished);
      const running = new Set(outbox.running.map(attemptKeyString));
      const here = orphans.filter((live) => live.instance === outbox.instance && running.has(this.#keyString(live)));
      for (const live of orphans) {
        if (here.includes(live)) live.isFollowed = true;
        else this.#lose(live, `${workerId} no longer has it`);
      }
      if (here.length > 0) void this.#follow(worker, here);
    } catch (error) {
      const why = asProblem(error).message;
      this.#options.fleet.markOffline(workerId, why);
      for (const live of orphans) this.#lose(live, why);
    }
  }

  async #follow(worker: FleetWorker, lives: readonly Live[]): Promise<void> {
    for (const { task, attempt } of lives)
      this.#options.log.info('re-attached', { run: task.runId, task: task.id, attempt, worker: worker.id });
    const broke = await this.#options.transport
      .follow(worker, this.#options.ledgerId, (events) => this.#hear(worker.id, events))
      .catch(asProblem);
    const open = lives.filter((live) => this.#live.has(this.#keyString(live)));
    if (open.length > 0)
      await this.#recover(
        worker,
        open,
        broke ?? new Problem('worker_lost', `${worker.id} ended the stream without an outcome`),
      );
  }

  #lose(live: Live, why: string): void {
    const error = new Problem('worker_lost', `the worker ${live.workerId} was lost: ${why}`).toJSON();
    this.#end(live, { status: 'lost', error });
  }

  /** Attempts that no stream reports and no worker has claimed within the lease. */
  #checkLeases(): void {
    const overdue = this.#options.now() - this.#options.leaseMs;
    for (const live of this.#live.values()) {
      if (!live.isFollowed && live.heardAt < overdue)
        this.#lose(live, 'it has not been heard of since the orchestrator started');
    }
    const changed = this.#options.estimates.takeChanged();
    if (changed.length > 0)
      this.#options.ledger
        .saveEstimates(changed)
        .catch((error) => this.#options.log.warn(`estimates were not kept: ${error.message}`, {}));
  }

  #logFailure({ task, attempt, workerId }: Live, outcome: Exclude<AttemptOutcome, { status: 'succeeded' }>): void {
    this.#options.log.warn(`attempt ${outcome.status}: ${outcome.error.detail}`, {
      run: task.runId,
      task: task.id,
      attempt,
      worker: workerId,
    });
  }

  // ---- names ----

  #track(attempt: LiveAttempt, isFollowed: boolean): Live {
    const expectedMs = this.#options.estimates.ms(attempt.task, attempt.workerId);
    const live = { ...attempt, expectedMs, begunAt: null, heardAt: this.#options.now(), progress: null, isFollowed };
    this.#live.set(this.#keyString(live), live);
    return live;
  }

  #liveAt(workerId: string): Live[] {
    return [...this.#live.values()].filter((live) => live.workerId === workerId);
  }

  #key(task: QueuedTask, attempt: number): AttemptKey {
    return { ledger_id: this.#options.ledgerId, run_id: task.runId, task_id: task.id, attempt };
  }

  #keyString(live: Live): string {
    return attemptKeyString(this.#key(live.task, live.attempt));
  }
}

function isKeyed<E extends InvocationEvent>(event: E): event is E & AttemptKey {
  return (
    event.ledger_id !== undefined &&
    event.run_id !== undefined &&
    event.task_id !== undefined &&
    event.attempt !== undefined
  );
}

function outcomeOf(event: TerminalEvent): AttemptOutcome {
  return event.event === 'succeeded'
    ? { status: 'succeeded', result: JSON.stringify(event.result), measured: JSON.stringify(event.measured) }
    : { status: event.status, error: event.error };
}

/** Runs among the effects that have ended. */
export function endedRuns(effects: readonly FinishEffect[]): Run[] {
  const runs = effects.flatMap(({ endedRun }) => (endedRun ? [endedRun] : []));
  return [...new Map(runs.map((run) => [run.run_id, run])).values()];
}
