/** Takes queued tasks from the ledger, lets the policy choose, and hands attempts to the transport. */

import type { Transport } from '../../transport/transport.ts';
import type { Progress } from '../../wire/events.ts';
import type { AttemptRequest } from '../../wire/invocation.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import type { ArtifactCollector } from '../artifacts/artifact-collector.ts';
import type { CheckpointFiles } from '../blobs/checkpoint-files.ts';
import type { InputSender } from '../blobs/input-sender.ts';
import type { Fleet, FleetWorker } from '../fleet/fleet.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type {
  AttemptOutcome,
  FinishEffect,
  LiveAttempt,
  QueuedTask,
  Started,
  StopRequest,
} from '../ledger/ledger-types.ts';
import type { DispatcherLog, DispatcherMeter, Timers } from '../ports.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import { type Estimates, expectedMs } from './estimates.ts';
import { type Live, LiveAttempts, type LiveProgress, remainingMs } from './live-attempts.ts';
import { Reattachment } from './reattachment.ts';
import { about, failure, Recorder } from './recorder.ts';
import { type Assignment, mayTake, type RunningView, type SchedulingView, schedule, speculate } from './scheduler.ts';

export interface DispatcherOptions {
  readonly ledgerId: string;
  readonly ledger: RemoteLedger;
  readonly transport: Transport;
  readonly fleet: Fleet;
  readonly estimates: Estimates;
  readonly artifacts: Pick<ArtifactCollector, 'collect'>;
  readonly inputs: Pick<InputSender, 'send'>;
  readonly checkpoints: Pick<CheckpointFiles, 'keep' | 'sweep'>;
  readonly watcher: AttemptWatcher;
  readonly now: () => number;
  readonly timers: Timers;
  /** An attempt that nobody hears of for so long is lost. */
  readonly leaseMs: number;
  /** Whether stragglers are run a second time elsewhere when slots idle. */
  readonly speculation: boolean;
  readonly log: DispatcherLog;
  readonly meter: DispatcherMeter;
  /** Outcomes were recorded: there may be result files to write and clients to wake. */
  readonly onRecorded: (effects: readonly FinishEffect[]) => void;
}

/** Queued tasks held in memory; the rest stay in the ledger. */
const WINDOW_TASKS = 2048;
/** How often leases, deadlines and stragglers are looked at. */
const TICK_MS = 500;
/** A worker enforces deadlines itself; one that has not done so for this long after one is not trusted to. */
const DEADLINE_GRACE_MS = 5_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #live = new LiveAttempts();
  readonly #recorder: Recorder;
  readonly #reattachment: Reattachment;
  /** Assigned, while the ledger records the start. */
  readonly #starting = new Set<Assignment>();
  /** Requests in flight, by worker. */
  readonly #chunks = new Map<string, number>();
  #window: QueuedTask[] = [];
  #isWindowStale = true;
  #hasMoreQueued = false;
  /** With so few left in the window more are fetched, if there are more. */
  #fewTasks = 0;
  #isPumping = false;
  #isWoken = false;
  #isStarted = false;
  #isStopped = false;
  #backoffTimer: unknown;
  #tickTimer: unknown;

  constructor(options: DispatcherOptions) {
    const { ledgerId, ledger, transport, fleet, now, log, meter } = options;
    this.#options = options;
    const shared = { ledgerId, transport, fleet, live: this.#live, log };
    this.#recorder = new Recorder({
      ...{
        ...shared,
        ledger,
        now,
        meter,
        timers: options.timers,
        artifacts: options.artifacts,
        checkpoints: options.checkpoints,
        watcher: options.watcher,
      },
      onEnded: (live, outcome) => this.#ended(live, outcome),
      onRecorded: (effects) => this.#recorded(effects),
    });
    this.#reattachment = new Reattachment({ ...shared, recorder: this.#recorder, onChange: () => this.#wake() });
  }

  /** Takes up the attempts that were running when the ledger was last written, and begins to dispatch. */
  async start(): Promise<void> {
    for (const attempt of await this.#options.ledger.live())
      this.#track(attempt, { isFollowed: false, isCopy: false }, false);
    this.#isStarted = true;
    this.#options.checkpoints.sweep();
    // Those that came before the ledger was read: what they run could not be told from strays.
    for (const worker of this.#options.fleet.list()) if (worker.online) this.workerChanged(worker);
    this.#tick();
    this.tasksQueued();
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Stops dispatching. Attempts go on at their workers; the next orchestrator finds them there. */
  stop(): void {
    this.#isStopped = true;
    this.#reattachment.stop();
    this.#options.timers.clear(this.#backoffTimer);
    this.#options.timers.clear(this.#tickTimer);
  }

  /** New tasks are in the ledger. */
  tasksQueued(): void {
    this.#isWindowStale = true;
    this.#wake();
  }

  /** Attempts were cancelled in the ledger. */
  attemptsCancelled(stop: readonly StopRequest[]): void {
    this.#recorder.stop(stop);
    this.tasksQueued();
  }

  /** A worker came, went, or was replaced by another instance: what it holds may have changed. */
  workerChanged(worker: FleetWorker): void {
    if (!this.#isStarted || this.#isStopped) return;
    const hasOrphans = this.#live.at(worker.id).some((live) => !live.isFollowed);
    if (worker.online || hasOrphans) void this.#reattachment.ask(worker.id);
    this.#wake();
  }

  /**
   * A worker answered a ping. It is asked what it holds even if all seems well: a request that was given up here may
   * reach it later, and what then runs, or waits in its outbox, is nobody's.
   */
  workerAnswered(worker: FleetWorker): void {
    if (!this.#isStarted || this.#isStopped || this.#reattachment.isAsking(worker.id)) return;
    void this.#reattachment.ask(worker.id);
  }

  /** What a worker computes now, as `RUN/ID`, the longest running first. */
  currentTasks(workerId: string): string[] {
    const begun = this.#live.at(workerId).filter((live) => live.begunAt !== null);
    return begun.sort((a, b) => a.begunAt! - b.begunAt!).map(({ task }) => `${task.runId}/${task.id}`);
  }

  /** How far a task is: of the attempts that were started, a copy maybe beside the first, the one that is furthest. */
  progressOf(runId: string, taskId: string, attempts: number): LiveProgress | undefined {
    const key = { ledger_id: this.#options.ledgerId, run_id: runId, task_id: taskId };
    let furthest: LiveProgress | undefined;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { progress } = this.#live.get({ ...key, attempt }) ?? {};
      if (progress && progress.done > (furthest?.done ?? -1)) furthest = progress;
    }
    return furthest;
  }

  /** How many attempts a worker has. */
  countAt(workerId: string): number {
    return this.#live.countAt(workerId);
  }

  /** Every attempt in flight: read it, do not keep it. */
  live(): IterableIterator<Live> {
    return this.#live.all();
  }

  /** How far every attempt is that said so. */
  progress(): Progress[] {
    return [...this.#live.all()].flatMap(({ task, attempt, progress }) =>
      progress ? [{ run_id: task.runId, id: task.id, attempt, ...progress }] : [],
    );
  }

  /** What the policy sees now. */
  view(): SchedulingView {
    const { fleet, estimates, now } = this.#options;
    const remaining = new Map<string, number[]>();
    const heldByRun = new Map<number, number>();
    const hold = (task: QueuedTask, workerId: string, ms: number): void => {
      const held = remaining.get(workerId);
      if (held) held.push(ms);
      else remaining.set(workerId, [ms]);
      heldByRun.set(task.run, (heldByRun.get(task.run) ?? 0) + ms);
    };
    const time = now();
    for (const live of this.#live.all()) hold(live.task, live.workerId, remainingMs(live, time));
    for (const { task, workerId } of this.#starting) hold(task, workerId, estimates.ms(task, workerId));
    const workers = fleet.ready(time).map((worker) => ({
      id: worker.id,
      slots: worker.slots,
      slotMemoryBytes: worker.slotMemoryBytes,
      functions: worker.functions,
      remainingMs: remaining.get(worker.id) ?? [],
      chunks: this.#chunks.get(worker.id) ?? 0,
      isOnProbation: worker.isOnProbation,
    }));
    return { queued: this.#window, workers, heldByRun, speedOf: (name, workerId) => estimates.speed(name, workerId) };
  }

  // ---- from the queue to the workers ----

  #wake(): void {
    this.#isWoken = true;
    if (this.#isPumping || !this.#isStarted || this.#isStopped) return;
    this.#isPumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    try {
      while (this.#isWoken && !this.#isStopped) {
        this.#isWoken = false;
        if (!this.#hasRoom()) continue;
        if (this.#isWindowStale || (this.#hasMoreQueued && this.#window.length <= this.#fewTasks)) await this.#refill();
        const assignments = schedule(this.view());
        if (assignments.length > 0) void this.#launch(assignments);
      }
    } catch (error) {
      if (!this.#isStopped) this.#options.log.error(`dispatching failed: ${asProblem(error).message}`, {});
    } finally {
      this.#isPumping = false;
    }
  }

  /** False while no worker could take anything, however short: events come far more often than that changes. */
  #hasRoom(): boolean {
    return this.#options.fleet
      .ready(this.#options.now())
      .some(({ id, slots }) => mayTake(slots, this.#live.countAt(id), this.#chunks.get(id) ?? 0));
  }

  async #refill(): Promise<void> {
    this.#isWindowStale = false;
    const { tasks, hasMore, nextWaiting } = await this.#options.ledger.queued(WINDOW_TASKS);
    // The ledger answers in order: a task whose start it has not yet recorded is still among the starting ones.
    const starting = new Set([...this.#starting].map(({ task }) => task.key));
    this.#window = tasks.filter((task) => !starting.has(task.key));
    this.#hasMoreQueued = hasMore;
    // A quarter of what there was, not of the window: many runs of one task each never fill it.
    this.#fewTasks = tasks.length / 4;
    this.#options.timers.clear(this.#backoffTimer);
    this.#backoffTimer = undefined;
    if (nextWaiting !== null && !this.#isStopped) {
      this.#backoffTimer = this.#options.timers.set(
        () => this.tasksQueued(),
        Math.max(1, nextWaiting - this.#options.now()),
      );
    }
  }

  /** Records the starts, then delivers: an attempt is on disk before a worker hears of it. */
  async #launch(assignments: readonly Assignment[]): Promise<void> {
    const taken = new Set<number>();
    for (const assignment of assignments) {
      this.#starting.add(assignment);
      taken.add(assignment.task.key);
    }
    this.#window = this.#window.filter((task) => !taken.has(task.key));
    const byWorker = Map.groupBy(assignments, ({ workerId }) => workerId);
    for (const workerId of byWorker.keys()) this.#countChunk(workerId, 1);
    await Promise.all([...byWorker].map(([workerId, chunk]) => this.#launchAt(workerId, chunk)));
    this.#wake();
  }

  #countChunk(workerId: string, change: 1 | -1): void {
    this.#chunks.set(workerId, (this.#chunks.get(workerId) ?? 0) + change);
  }

  async #launchAt(workerId: string, chunk: readonly Assignment[]): Promise<void> {
    try {
      const worker = this.#options.fleet.get(workerId);
      const instance = worker?.instance ?? '';
      const requests = chunk.map(({ task, isCopy }) => ({
        task: task.key,
        run: task.run,
        function: task.function,
        attempt: task.attempts + 1,
        workerId,
        instance,
        isCopy,
      }));
      const started = await this.#options.ledger.start(requests);
      const lives = chunk.flatMap(({ task, isCopy }, index) => {
        const start = started[index];
        if (!start) {
          if (isCopy) for (const live of this.#live.ofTask(task.key)) live.isCopyRefused = true;
          return [];
        }
        const attempt = { task, attempt: start.attempt, workerId, instance, startedAt: this.#options.now() };
        const live = this.#track(attempt, { isFollowed: true, isCopy }, start.resumeFrom !== null);
        if (isCopy) this.#options.log.info('a copy starts here', about(live));
        return [{ live, start }];
      });
      for (const assignment of chunk) this.#starting.delete(assignment);
      // One that could not be started as it was known here may be queued as something else: a copy's task, say.
      if (lives.length < chunk.length) this.tasksQueued();
      if (worker) await this.#deliver(worker, lives);
      else for (const { live } of lives) this.#recorder.lose(live, 'unreachable', 'it has left the fleet');
    } catch (error) {
      // The tasks are queued still, or their attempts are found by the next orchestrator.
      for (const assignment of chunk) this.#starting.delete(assignment);
      this.#options.log.error(`attempts could not be recorded: ${asProblem(error).message}`, { worker: workerId });
    } finally {
      this.#countChunk(workerId, -1);
    }
  }

  async #deliver(worker: FleetWorker, lives: readonly { live: Live; start: Started }[]): Promise<void> {
    if (lives.length === 0) return;
    let trouble: Problem | null = null;
    try {
      const wanted = lives.map(({ live, start }) => toRequest(live, start));
      const requests = await this.#options.inputs.send(worker, wanted);
      await this.#options.transport.deliver(worker, requests, (events) => {
        this.#recorder.hear(worker.id, events);
        this.#wake();
      });
    } catch (error) {
      trouble = asProblem(error, 'unavailable');
    }
    const open = lives.map(({ live }) => live).filter((live) => this.#live.has(live) && !live.isEnding);
    // Also when none is open: what was ended here meanwhile may have left an outcome there.
    if (open.length > 0 || trouble)
      await this.#reattachment.recover(
        worker,
        open,
        trouble ?? new Problem('worker_lost', `${worker.id} ended the stream without an outcome`),
      );
    this.#wake();
  }

  #track(attempt: LiveAttempt, more: { isFollowed: boolean; isCopy: boolean }, isResumed: boolean): Live {
    const { task, workerId } = attempt;
    const speed = this.#options.estimates.speed(task.function, workerId);
    const live = this.#live.add({
      ...attempt,
      ...more,
      key: { ledger_id: this.#options.ledgerId, run_id: task.runId, task_id: task.id, attempt: attempt.attempt },
      expectedMs: expectedMs(speed, task.cost),
      atLeastMs: speed.atLeastMs,
      begunAt: null,
      heardAt: this.#options.now(),
      progress: null,
      isCopyRefused: false,
      isEnding: false,
    });
    this.#options.watcher.started(live, isResumed);
    return live;
  }

  // ---- what ends ----

  #ended(live: Live, outcome: AttemptOutcome): void {
    if (outcome.status === 'succeeded') {
      const { elapsed_ms: elapsedMs } = JSON.parse(outcome.measured) as { elapsed_ms?: unknown };
      if (typeof elapsedMs === 'number' && elapsedMs >= 0)
        this.#options.estimates.learn(live.task, live.workerId, elapsedMs);
      this.#options.fleet.noteSuccess(live.workerId);
    } else {
      this.#options.fleet.noteFailure(live.workerId, live.task.key, outcome);
    }
  }

  #recorded(effects: readonly FinishEffect[]): void {
    if (effects.some((effect) => effect.taskStatus === 'queued')) this.tasksQueued();
    this.#options.checkpoints.sweep();
    this.#options.onRecorded(effects);
    this.#wake();
  }

  // ---- what time brings ----

  #tick(): void {
    if (this.#isStopped) return;
    this.#tickTimer = this.#options.timers.set(() => this.#tick(), TICK_MS);
    const now = this.#options.now();
    for (const live of this.#live.all()) this.#checkTime(live, now);
    this.#recorder.acknowledgeAgain();
    this.#copyStragglers();
    // A quarantine may have ended, or a busy worker be overdue.
    if (this.#window.length > 0 || this.#isWindowStale) this.#wake();
    const learned = this.#options.estimates.takeChanged();
    if (learned.length === 0) return;
    this.#options.ledger
      .saveEstimates(learned)
      .catch((error) => this.#options.log.warn(`estimates were not kept: ${asProblem(error).message}`, {}));
  }

  #checkTime(live: Live, now: number): void {
    if (!live.isFollowed && now - live.heardAt > this.#options.leaseMs) {
      this.#recorder.lose(live, 'silent', 'it has not been heard of within the lease');
    } else if (
      live.begunAt !== null &&
      live.task.timeoutMs !== null &&
      now - live.begunAt > live.task.timeoutMs + DEADLINE_GRACE_MS
    ) {
      this.#options.log.warn('the worker did not enforce the deadline', about(live));
      this.#recorder.end(
        live,
        failure('timed_out', new Problem('timeout', `it did not end within ${live.task.timeoutMs} ms`), live),
      );
      this.#recorder.stop([
        { runId: live.task.runId, taskId: live.task.id, attempt: live.attempt, workerId: live.workerId },
      ]);
    }
  }

  /** When nothing waits and slots idle, a second copy of what takes too long starts elsewhere. */
  #copyStragglers(): void {
    if (!this.#options.speculation || this.#window.length > 0 || this.#hasMoreQueued || this.#isWindowStale) return;
    const now = this.#options.now();
    const copyable = [...this.#live.all()].filter((live) => !live.isCopyRefused);
    const running: RunningView[] = copyable.map((live) => ({
      task: live.task,
      workerId: live.workerId,
      // Waiting at a worker that does not begin with it counts too: it may never.
      elapsedMs: now - (live.begunAt ?? live.startedAt),
      remainingMs: remainingMs(live, now),
      expectedMs: live.expectedMs,
      copies: this.#live.ofTask(live.task.key).length,
    }));
    const copies = speculate(running, this.view());
    if (copies.length > 0) void this.#launch(copies);
  }
}

function toRequest({ key, task }: Live, { resumeFrom }: Started): AttemptRequest {
  return {
    ...key,
    type: task.type,
    parameters: JSON.parse(task.parameters),
    ...(task.timeoutMs !== null && { timeout_ms: task.timeoutMs }),
    ...(resumeFrom !== null && { resume_from: resumeFrom }),
  };
}
