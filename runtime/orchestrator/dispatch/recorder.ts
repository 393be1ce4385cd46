/** From the workers' events to the ledger: outcomes and checkpoints, recorded in groups and then acknowledged. */

import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { CheckpointState } from '../../wire/blob.ts';
import {
  type ArtifactLengths,
  type AttemptKey,
  type InvocationEvent,
  isTerminal,
  type TerminalEvent,
} from '../../wire/invocation.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import type { ArtifactCollector } from '../artifacts/artifact-collector.ts';
import type { CheckpointFiles } from '../blobs/checkpoint-files.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { LogLineRow } from '../ledger/ledger-rows.ts';
import type { AttemptOutcome, Failure, FinishEffect, FinishRequest, StopRequest } from '../ledger/ledger-types.ts';
import type { DispatcherLog, DispatcherMeter, LossCause, Timers } from '../ports.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { Live, LiveAttempts, LiveProgress } from './live-attempts.ts';
import { LogKeeper } from './log-keeper.ts';

export interface RecorderOptions {
  readonly ledgerId: string;
  readonly ledger: Pick<RemoteLedger, 'finish' | 'keyOf' | 'saveCheckpoint' | 'saveLog'>;
  readonly transport: Pick<Transport, 'acknowledge' | 'cancel'>;
  readonly fleet: Fleet;
  readonly artifacts: Pick<ArtifactCollector, 'collect'>;
  readonly checkpoints: Pick<CheckpointFiles, 'keep' | 'sweep'>;
  readonly live: LiveAttempts;
  readonly watcher: AttemptWatcher;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: DispatcherLog;
  readonly meter: DispatcherMeter;
  /** An attempt ended; what it taught may be used at once. */
  readonly onEnded: (live: Live, outcome: AttemptOutcome) => void;
  /** Outcomes are on disk. */
  readonly onRecorded: (effects: readonly FinishEffect[]) => void;
}

/** An outcome on its way to the ledger. */
interface Outcome {
  readonly request: FinishRequest;
  readonly key: AttemptKey;
  readonly workerId: string;
  /** The worker said so, and keeps it until it is acknowledged; else it was concluded here. */
  readonly isHeard: boolean;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #outcomes: Outcome[] = [];
  #isFlushing = false;
  /** Attempts whose artifacts or states are being fetched: what they say of states and ends is taken after that, in order. */
  readonly #fetching = new Map<Live, Promise<void>>();
  readonly #acknowledgements: Acknowledgements;
  readonly #logs: LogKeeper;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#acknowledgements = new Acknowledgements(options);
    this.#logs = new LogKeeper(options);
  }

  /** Takes what a worker said. An event without a ledger's key, or of another ledger, is nobody's. */
  hear(workerId: string, events: readonly InvocationEvent[]): void {
    for (const event of events) {
      if (!isKeyed(event) || event.ledger_id !== this.#options.ledgerId) continue;
      const live = this.#options.live.get(event);
      if (live) this.#hearLive(live, event);
      else if (isTerminal(event)) void this.#recordLate(workerId, keyOf(event), event);
      else if (event.event === 'heartbeat') this.#stopStray(workerId, event);
    }
  }

  /** It computes for nobody: the cancel was lost, or overtook the request that it was to cancel. */
  #stopStray(workerId: string, { run_id, task_id, attempt }: AttemptKey): void {
    this.stop([{ runId: run_id, taskId: task_id, attempt, workerId }]);
  }

  #hearLive(live: Live, event: InvocationEvent): void {
    const now = this.#options.now();
    live.heardAt = now;
    if (event.event === 'succeeded') live.begunAt = begunBefore(now, live, event.measured.elapsed_ms);
    if (event.event === 'started') live.begunAt ??= now;
    else if (event.event === 'progress') live.progress = progressOf(event);
    else if (event.event === 'artifact') this.#fetch(live, { [event.name]: event.bytes }).catch(() => {});
    else if (event.event === 'checkpoint') this.#hearCheckpoint(live, event);
    else if (event.event === 'log') this.#logs.add(lineOf(live, event));
    else if (isTerminal(event)) this.#hearTerminal(live, event);
  }

  /** A checkpoint may be resumed from only if what was written before it is here. */
  #hearCheckpoint(live: Live, { state, artifacts }: InvocationEvent & { event: 'checkpoint' }): void {
    const notKept = (why: string): void => this.#options.log.warn(`a checkpoint was not kept: ${why}`, about(live));
    if (!artifacts && typeof state === 'string')
      this.#saveCheckpoint(live, state).catch((error) => notKept(asProblem(error).message));
    else
      this.#inOrder(live, async () => {
        await this.#fetch(live, artifacts ?? {});
        await this.#keepCheckpoint(live, state);
      }).catch((error) => notKept(asProblem(error).message));
  }

  #keepCheckpoint(live: Live, state: CheckpointState): Promise<void> {
    const save = (): Promise<void> => this.#saveCheckpoint(live, state);
    return typeof state === 'string' ? save() : this.#options.checkpoints.keep(this.#workerOf(live), state, save);
  }

  async #saveCheckpoint(live: Live, state: CheckpointState): Promise<void> {
    await this.#options.ledger.saveCheckpoint(live.task.key, live.attempt, state);
    this.#options.watcher.checkpointed(live);
  }

  /** A task has succeeded when all that it wrote is here as well. */
  #hearTerminal(live: Live, event: TerminalEvent): void {
    if (live.isEnding) return;
    const artifacts = event.event === 'succeeded' ? event.artifacts : undefined;
    if (artifacts || this.#fetching.has(live)) this.#endAfterFetching(live, event, artifacts ?? {});
    else this.#hearEnd(live, outcomeOf(event));
  }

  #endAfterFetching(live: Live, event: TerminalEvent, artifacts: ArtifactLengths): void {
    live.isEnding = true;
    this.#inOrder(live, () => this.#fetch(live, artifacts)).then(
      () => this.#hearEnd(live, outcomeOf(event)),
      (error) => this.lose(live, 'artifacts', `its artifacts could not be fetched (${asProblem(error).message})`),
    );
  }

  /** Does what has to be fetched for an attempt when all before is done, well or not. */
  #inOrder(live: Live, work: () => Promise<void>): Promise<void> {
    const before = this.#fetching.get(live) ?? Promise.resolve();
    const done = before.catch(() => {}).then(work);
    this.#fetching.set(live, done);
    const forget = (): void => {
      if (this.#fetching.get(live) === done) this.#fetching.delete(live);
    };
    done.then(forget, forget);
    return done;
  }

  #workerOf(live: Live): WorkerAddress {
    const worker = this.#options.fleet.get(live.workerId);
    if (!worker) throw new Problem('worker_lost', `${live.workerId} has left the fleet`);
    return worker;
  }

  async #fetch(live: Live, artifacts: ArtifactLengths): Promise<void> {
    const worker = this.#workerOf(live);
    const { artifacts: collector } = this.#options;
    await Promise.all(
      Object.entries(artifacts).map(([name, bytes]) => collector.collect(worker, live.key, name, bytes)),
    );
  }

  /** What a worker declined it does not keep: an acknowledgement could only meet what a repeated delivery left there. */
  #hearEnd(live: Live, outcome: AttemptOutcome): void {
    if (outcome.status === 'released' && !outcome.hadBegun) this.#options.fleet.noteDraining(live.workerId);
    this.end(live, outcome, outcome.status === 'succeeded' || outcome.hadBegun);
  }

  /**
   * Ends an attempt: its slot is free at once, its outcome goes to the ledger with those that come beside it.
   * @param isHeard whether its worker said so
   */
  end(live: Live, outcome: AttemptOutcome, isHeard = false): void {
    if (!this.#forget(live, outcome.status, outcome.status === 'succeeded' ? null : outcome.error.code)) return;
    if (outcome.status !== 'succeeded')
      this.#options.log.warn(`attempt ${outcome.status}: ${outcome.error.detail}`, about(live));
    this.#options.onEnded(live, outcome);
    const { attempt, begunAt } = live;
    this.#record({
      request: {
        task: live.task.key,
        of: { run: live.task.run, function: live.task.function },
        attempt,
        begunAt: begunAt && Math.floor(begunAt),
        outcome,
      },
      key: live.key,
      workerId: live.workerId,
      isHeard,
    });
  }

  /** False when it was ended before. */
  #forget(live: Live, outcome: AttemptOutcome['status'], error: string | null): boolean {
    if (!this.#options.live.delete(live)) return false;
    this.#options.watcher.ended(live, outcome, error);
    this.#options.meter.ended(live.task.function, outcome, Math.max(0, this.#options.now() - live.startedAt) / 1000);
    return true;
  }

  /** Ends an attempt whose worker is gone. */
  lose(live: Live, cause: LossCause, why: string): void {
    if (!this.#options.live.has(live)) return;
    this.#options.meter.lost(cause);
    const error = new Problem('worker_lost', `the worker ${live.workerId} was lost: ${why}`);
    this.end(live, failure('lost', error, live));
  }

  /** An outcome of an attempt that the ledger has ended already, or whose start it never recorded. */
  async #recordLate(workerId: string, key: AttemptKey, event: TerminalEvent): Promise<void> {
    try {
      const task = await this.#options.ledger.keyOf(key.run_id, key.task_id);
      if (task === null) this.#acknowledgements.add(workerId, [key]);
      else
        this.#record({
          request: { task, attempt: key.attempt, outcome: outcomeOf(event) },
          key,
          workerId,
          isHeard: true,
        });
    } catch (error) {
      const why = asProblem(error).message;
      this.#options.log.error(`a late outcome could not be recorded: ${why}`, aboutKey(key, workerId));
    }
  }

  #record(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => void this.#flushAll());
  }

  /** One group at a time: what comes while the ledger records one goes together with the next. */
  async #flushAll(): Promise<void> {
    while (this.#outcomes.length > 0) {
      const batch = this.#outcomes;
      this.#outcomes = [];
      await this.#flush(batch);
    }
    this.#isFlushing = false;
  }

  /**
   * An outcome is acknowledged only after the commit: until then the worker's outbox is the one that has it. What was
   * concluded here is not acknowledged: the worker may hold a result that has not arrived yet.
   */
  async #flush(batch: readonly Outcome[]): Promise<void> {
    try {
      const answers = await this.#options.ledger.finish(batch.map(({ request }) => request));
      for (const [index, effect] of answers.entries()) this.#tell(batch[index]!, effect);
      const effects = answers.filter((effect) => effect !== null);
      this.stop(effects.flatMap((effect) => effect.stop));
      this.#options.onRecorded(effects);
      const heard = batch.filter(({ isHeard }) => isHeard);
      const byWorker = Map.groupBy(heard, ({ workerId }) => workerId);
      for (const [workerId, outcomes] of byWorker)
        this.#acknowledgements.add(
          workerId,
          outcomes.map(({ key }) => key),
        );
    } catch (error) {
      this.#options.log.error(`outcomes could not be recorded: ${asProblem(error).message}`, {});
    }
  }

  #tell({ key, workerId }: Outcome, effect: FinishEffect | null): void {
    if (effect?.superseded) this.#options.watcher.superseded(effect.task, effect.attempt);
    if (!effect?.divergent) return;
    const what = 'divergence: a second result differs from the recorded one';
    this.#options.log.error(what, aboutKey(key, workerId));
  }

  /** Sends again what workers did not take. */
  acknowledgeAgain(): void {
    this.#acknowledgements.retry();
  }

  /** Stops attempts that the ledger has ended; one that cannot be reached only computes for nothing. */
  stop(requests: readonly StopRequest[]): void {
    for (const { runId, taskId, attempt, workerId } of requests) {
      const key = { ledger_id: this.#options.ledgerId, run_id: runId, task_id: taskId, attempt };
      const live = this.#options.live.get(key);
      if (live) this.#forget(live, 'cancelled', 'cancelled');
      const worker = this.#options.fleet.get(workerId);
      if (!worker) continue;
      this.#options.transport.cancel(worker, key).catch((error) => {
        const why = asProblem(error).message;
        this.#options.log.warn(`${workerId} did not take a cancellation: ${why}`, aboutKey(key, workerId));
      });
    }
  }
}

/** A failure as an outcome; an attempt of which nothing was heard had not begun. */
export function failure(status: Failure['status'], error: Problem, live: Live): Failure {
  return { status, error: error.toJSON(), hadBegun: live.begunAt !== null };
}

/** When a worker began, by what it measured: short tasks are heard of only when they have ended. */
function begunBefore(now: number, { begunAt, startedAt }: Live, elapsedMs: unknown): number {
  return typeof elapsedMs === 'number' && elapsedMs >= 0 ? Math.max(startedAt, now - elapsedMs) : (begunAt ?? now);
}

/** How the log names an attempt. */
export function about({ key, workerId }: Live): Record<string, unknown> {
  return aboutKey(key, workerId);
}

function aboutKey({ run_id, task_id, attempt }: AttemptKey, worker: string): Record<string, unknown> {
  return { run: run_id, task: task_id, attempt, worker };
}

function isKeyed<E extends InvocationEvent>(event: E): event is E & AttemptKey {
  return (
    event.ledger_id !== undefined &&
    event.run_id !== undefined &&
    event.task_id !== undefined &&
    event.attempt !== undefined
  );
}

function progressOf({ done, total, observables }: InvocationEvent & { event: 'progress' }): LiveProgress {
  return observables ? { done, total, observables } : { done, total };
}

function lineOf(live: Live, { line, at, level, message }: InvocationEvent & { event: 'log' }): LogLineRow {
  return { task: live.task.key, attempt: live.attempt, line, at, level, message };
}

function keyOf({ ledger_id, run_id, task_id, attempt }: AttemptKey): AttemptKey {
  return { ledger_id, run_id, task_id, attempt };
}

function outcomeOf(event: TerminalEvent): AttemptOutcome {
  if (event.event === 'succeeded')
    return { status: 'succeeded', result: JSON.stringify(event.result), measured: JSON.stringify(event.measured) };
  // A task's user cancels in the ledger, which ends the attempt. A live one that was stopped all the same was given up by
  // an orchestrator that died before it had recorded that: the task is to be run again.
  if (event.status === 'cancelled') {
    const error = new Problem('worker_lost', 'its worker stopped it, though it was not cancelled').toJSON();
    return { status: 'lost', error, hadBegun: true };
  }
  // A worker that declines one attempt of many says so in the stream: then it has not begun with it.
  if (event.error.code === 'draining') return { status: 'released', error: event.error, hadBegun: false };
  return { status: event.status, error: event.error, hadBegun: event.error.code !== 'overload' };
}
