/**
 * The state machine of runs, tasks and attempts. Every change of a state happens in this file, inside a
 * transaction that the caller opens and commits (`ledger-thread.ts` commits many calls at once).
 *
 * ```
 *   task     queued ──start──▶ running ──┬──▶ succeeded
 *               ▲                 │      ├──▶ failed       (the dead letter, with its attempts)
 *               │                 │      └──▶ cancelled    (also from queued)
 *               └─ retry, release ┘
 *   attempt  running ──▶ succeeded | failed | timed_out | cancelled | lost | released
 *            and a result that comes after the end of its attempt: superseded
 *   run      receiving ──▶ active ──▶ succeeded | failed | cancelled;  an ended run is active again when retried
 * ```
 */
import type { CheckpointState } from '../../wire/blob.ts';
import { Problem } from '../../wire/problem.ts';
import type { Run, TaskStatus } from '../../wire/task.ts';
import { CountChanges } from './count-changes.ts';
import { type Change, Journal, type JournalPage } from './journal.ts';
import { LedgerRecords } from './ledger-records.ts';
import { type AttemptRow, type AttemptTimes, FAILED_CHECK, type NewTaskRow, type TaskRow } from './ledger-rows.ts';
import type {
  CancelEffect,
  Failure,
  FinishEffect,
  FinishRequest,
  Idempotency,
  LiveAttempt,
  ManyEffect,
  PruneEffect,
  QueuedTask,
  QueuedWindow,
  Started,
  StartRequest,
  StopRequest,
  Success,
} from './ledger-types.ts';
import { toQueuedTask, toRun } from './ledger-views.ts';
import { isOfFunction, judgeFailure } from './retry-policy.ts';
import type { Store } from './store.ts';

/** What the ledger asks of the world. */
export interface LedgerDependencies {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Whether results are to be written to files as well. */
  readonly exportsResults: boolean;
}

/** The window of queued tasks is shared among at most this many runs at once. */
const RUNS_IN_WINDOW = 64;
const NO_CHANGE = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
/** What changes many tasks gives way to others after so long. */
const CHANGE_MS = 5;
/** Tasks deleted in one call, so that pruning a large run holds nobody up. */
const TASKS_PRUNED_A_CALL = 2_000;

export class Ledger extends LedgerRecords {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #exportsResults: boolean;
  readonly #journal: Journal;

  constructor(store: Store, dependencies: LedgerDependencies) {
    super(store, dependencies.now);
    this.#now = dependencies.now;
    this.#random = dependencies.random;
    this.#exportsResults = dependencies.exportsResults;
    this.#journal = new Journal(store, dependencies.now);
  }

  // ---- submissions ----

  /**
   * Records a run with its tasks, all queued. With a key that was used before for the same submission it gives that
   * run again and records nothing.
   * @throws Problem `idempotency_mismatch` when the key came with another submission, `invalid_query` when the id is taken
   */
  submit(
    runId: string,
    tasks: readonly NewTaskRow[],
    idempotency: Idempotency | null = null,
  ): { run: Run; isReplay: boolean } {
    const earlier = idempotency && this.store.idempotency(idempotency.key);
    if (earlier && earlier.digest !== idempotency.digest) {
      throw new Problem(
        'idempotency_mismatch',
        `the Idempotency-Key "${idempotency.key}" belongs to another submission, run ${earlier.run_id} - use a new key`,
      );
    }
    if (earlier) return { run: this.run(earlier.run_id), isReplay: true };
    const run = this.#insertRun(runId, 'active');
    this.#insertTasks(run, tasks);
    if (idempotency) this.store.saveIdempotency({ ...idempotency, run_id: runId, created_at: this.#now() });
    return { run: this.#tellRun('submitted', run), isReplay: false };
  }

  /** Opens a run that gets its tasks piece by piece; nothing of it runs before `activate`. */
  receive(runId: string): number {
    return this.#insertRun(runId, 'receiving');
  }

  /**
   * Adds tasks to a run that is being received.
   * @throws Problem `duplicate_task_id` for an id that the run has already
   */
  receiveTasks(run: number, tasks: readonly NewTaskRow[]): void {
    this.#insertTasks(run, tasks);
  }

  /** Lets a received run begin. */
  activate(run: number): Run {
    this.store.setRunStatus(run, 'active', null);
    return this.#tellRun('submitted', run);
  }

  /** Removes some tasks of a run that was not received whole; true while there are more: call again. */
  discard(run: number): boolean {
    return this.#deleteSome(run);
  }

  /** False once nothing of the run is left. */
  #deleteSome(run: number): boolean {
    for (const { function: name, status, count } of this.store.countOfRun(run, TASKS_PRUNED_A_CALL))
      this.store.addToFunction(name, { ...NO_CHANGE, [status]: -count });
    return this.store.deleteSomeOfRun(run, TASKS_PRUNED_A_CALL);
  }

  /** Keys of runs that were being received: after a restart nobody goes on with them. */
  unreceived(): number[] {
    return this.store.runsOfStatus('receiving').map(({ key }) => key);
  }

  #insertRun(id: string, status: 'active' | 'receiving'): number {
    if (this.store.runById(id))
      throw new Problem('invalid_query', `there is a run ${id} already - choose another run_id`, {
        pointer: '/run_id',
      });
    return this.store.insertRun(id, status, this.#now());
  }

  #insertTasks(run: number, tasks: readonly NewTaskRow[]): void {
    for (const task of tasks) {
      if (!this.store.insertTask(run, task)) {
        throw new Problem(
          'duplicate_task_id',
          `the run has a task "${task.id}" already - ids must be unique within a run`,
          { taskId: task.id },
        );
      }
    }
    const changes = new CountChanges();
    for (const task of tasks) changes.add({ run, function: task.function }, 'queued', 1);
    changes.apply(this.store);
  }

  // ---- attempts ----

  /** About `limit` queued tasks that may run now, the same share of each active run. */
  queued(limit: number): QueuedWindow {
    const now = this.#now();
    const runs = this.store.runsWithQueued(RUNS_IN_WINDOW);
    const share = Math.ceil(limit / Math.max(1, runs.length));
    const perRun = runs.map(({ key, id }) =>
      this.store.queuedOfRun(key, now, share).map((row) => toQueuedTask(row, id)),
    );
    return {
      tasks: perRun.flat(),
      hasMore: runs.length === RUNS_IN_WINDOW || perRun.some((tasks) => tasks.length === share),
      nextWaiting: this.store.nextWaiting(now),
    };
  }

  /** Starts attempts: null for a task that is no longer queued (or, for a copy, no longer runs). */
  start(requests: readonly StartRequest[]): (Started | null)[] {
    const now = this.#now();
    const changes = new CountChanges();
    const started = this.#startTogether(requests, now) ?? requests.map((request) => this.#startOne(request, now));
    for (const [index, request] of requests.entries())
      if (started[index] && !request.isCopy) changes.move(request, 'queued', 'running');
    changes.apply(this.store);
    this.#journal.started(requests, started);
    return started;
  }

  #startOne(request: StartRequest, now: number): Started | null {
    const { task, workerId, instance, isCopy } = request;
    const attempt = isCopy ? this.store.copyTask(task) : request.attempt;
    if (attempt === undefined || (!isCopy && !this.store.startTask(task, attempt, workerId, now))) return null;
    const resumeFrom = attempt > 1 ? (this.store.checkpoint(task) ?? null) : null;
    const how = { is_copy: isCopy ? 1 : 0, is_resumed: resumeFrom === null ? 0 : 1 } as const;
    this.store.insertAttempt({ task, attempt, worker_id: workerId, instance, started_at: now, ...how });
    return { attempt, resumeFrom };
  }

  /** The usual case, in two statements for all: a chunk of first attempts. Null when it is not that. */
  #startTogether(requests: readonly StartRequest[], now: number): Started[] | null {
    const [{ workerId, instance } = { workerId: '', instance: '' }] = requests;
    const isUsual = requests.every(
      (one) => one.attempt === 1 && !one.isCopy && one.workerId === workerId && one.instance === instance,
    );
    if (requests.length < 2 || !isUsual) return null;
    const keys = requests.map(({ task }) => task);
    this.store.savepoint();
    if (this.store.startFirsts(keys, workerId, now) !== keys.length) {
      // Some were cancelled meanwhile: each is asked for by itself.
      this.store.undo();
      return null;
    }
    this.store.insertFirstAttempts(keys, { worker_id: workerId, instance, started_at: now });
    this.store.release();
    return keys.map(() => ({ attempt: 1, resumeFrom: null }));
  }

  /** Records what attempts came to. An unknown attempt is refused by itself: its effect is null. */
  finish(requests: readonly FinishRequest[]): (FinishEffect | null)[] {
    const changes = new CountChanges();
    const effects = requests.map((request) => this.#finishOne(request, changes));
    this.#journal.finished(
      requests,
      effects.map((effect) => effect?.effect ?? null),
    );
    const ended = new Map(changes.apply(this.store).map((run) => [run, this.#endRunIfDone(run)]));
    return effects.map((effect) => effect && { ...effect.effect, endedRun: ended.get(effect.run) ?? null });
  }

  #finishOne(request: FinishRequest, changes: CountChanges): { run: number; effect: FinishEffect } | null {
    const { task: key, attempt: number, outcome } = request;
    const nothing = {
      task: key,
      attempt: number,
      endedRun: null,
      superseded: false,
      divergent: false,
      suspect: false,
      stop: [],
    };
    if (outcome.status === 'succeeded') {
      const success = this.#succeed(request, outcome);
      if (success) {
        changes.move(success.task, 'running', 'succeeded');
        const suspect = outcome.result.includes(FAILED_CHECK);
        return { run: success.task.run, effect: { ...nothing, taskStatus: 'succeeded', suspect, stop: success.stop } };
      }
    }
    const attempt = this.store.attempt(key, number);
    const task = attempt && this.store.task(key);
    if (!attempt || !task) return null;
    const effect = { ...nothing, taskStatus: task.status };
    if (outcome.status === 'succeeded')
      return { run: task.run, effect: { ...effect, ...this.#supersede(task, attempt, outcome) } };
    if (attempt.status !== 'running') return { run: task.run, effect };
    const failed = this.#fail(task, attempt, outcome, request.begunAt);
    if (failed.taskStatus !== task.status) changes.move(task, task.status, failed.taskStatus);
    return { run: task.run, effect: { ...effect, ...failed } };
  }

  /** A live attempt's result; null when the attempt was ended before. The usual case takes two short statements. */
  #succeed(
    { task: key, attempt: number, of, begunAt }: FinishRequest,
    outcome: Success,
  ): { task: Pick<TaskRow, 'run' | 'function'>; stop: StopRequest[] } | null {
    const recorded = { ...outcome, endedAt: this.#now(), isExportDue: this.#exportsResults };
    if (!this.store.succeedAttempt(key, number, timesOf(recorded.endedAt, begunAt))) return null;
    if (of && this.store.succeedFirst(key, recorded)) return { task: of, stop: [] };
    const task = this.store.succeedTask(key, this.store.attempt(key, number)!, recorded);
    if (!task) return null;
    if (task.has_checkpoint) this.store.deleteCheckpoint(key);
    if (task.attempts === 1) return { task, stop: [] };
    const stop = this.#endLiveAttempts(this.store.task(key)!, new Problem('cancelled', `attempt ${number} was faster`));
    return { task, stop };
  }

  /** A result of an attempt that was ended before: kept in the history, compared with the recorded one. */
  #supersede(task: TaskRow, attempt: AttemptRow, outcome: Success): Partial<FinishEffect> {
    if (attempt.status === 'succeeded' || attempt.status === 'superseded') return {};
    this.store.endAttempt(
      task.key,
      attempt.attempt,
      'superseded',
      { endedAt: this.#now(), begunAt: null },
      attempt.error,
    );
    const divergent = task.result !== null && task.result !== outcome.result;
    if (divergent) this.store.setDivergence(task.key, attempt.attempt, outcome.result);
    return { superseded: true, divergent };
  }

  #fail(
    task: TaskRow,
    attempt: AttemptRow,
    failure: Failure,
    begunAt: FinishRequest['begunAt'],
  ): Pick<FinishEffect, 'taskStatus' | 'retried'> & { stop: StopRequest[] } {
    const now = this.#now();
    const error = JSON.stringify(failure.error);
    this.store.endAttempt(task.key, attempt.attempt, failure.status, timesOf(now, begunAt), error);
    const verdict = judgeFailure(task, failure, this.#random);
    // While a copy runs, a lost worker does not lose the task. What the function itself does, the copy would do too:
    // if that ended nothing, stragglers that pass their deadline one after the other were copied for ever.
    const isFinal = verdict.kind === 'give_up' && isOfFunction(failure);
    if (!isFinal && this.store.liveAttemptsOfTask(task.key).length > 0) {
      if (verdict.kind === 'give_up' || verdict.costsRetry) this.store.countFailure(task.key);
      return { taskStatus: 'running', stop: [] };
    }
    if (verdict.kind === 'give_up') {
      const stop = this.#endLiveAttempts(task, new Problem('cancelled', `attempt ${attempt.attempt} failed for good`));
      this.store.failTask(task.key, now, error);
      this.store.deleteCheckpoint(task.key);
      return { taskStatus: 'failed', stop };
    }
    const notBefore = verdict.delayMs === 0 ? 0 : now + verdict.delayMs;
    this.store.requeueTask(task.key, verdict.costsRetry ? 1 : 0, notBefore, error);
    return { taskStatus: 'queued', retried: verdict.cause, stop: [] };
  }

  #endLiveAttempts(task: TaskRow, why: Problem): StopRequest[] {
    const error = JSON.stringify(why);
    return this.store.liveAttemptsOfTask(task.key).map((live) => {
      const times = { endedAt: this.#now(), begunAt: null };
      this.store.endAttempt(task.key, live.attempt, 'cancelled', times, error);
      return { runId: task.run_id, taskId: task.id, attempt: live.attempt, workerId: live.worker_id };
    });
  }

  #endRunIfDone(key: number): Run | null {
    const run = this.store.runByKey(key)!;
    if (run.status !== 'active' || run.queued + run.running > 0) return null;
    const status = run.failed > 0 ? 'failed' : run.cancelled > 0 ? 'cancelled' : 'succeeded';
    this.store.setRunStatus(key, status, this.#now());
    return this.#tellRun('ended', key);
  }

  #tellRun(change: Parameters<Journal['run']>[0], key: number): Run {
    const run = toRun(this.store.runByKey(key)!);
    this.#journal.run(change, run);
    return run;
  }

  /** Keeps the newest state of a running task; one of an attempt that was ended is passed over. */
  saveCheckpoint(task: number, attempt: number, state: CheckpointState): void {
    if (this.store.attempt(task, attempt)?.status !== 'running') return;
    this.store.saveCheckpoint(task, attempt, this.#now(), state);
    this.#journal.changed(task, attempt, 'checkpoint', 'running');
  }

  /** Notes what became of a worker, for those who watch. */
  noteWorker(body: Parameters<Journal['worker']>[0]): void {
    this.#journal.worker(body);
  }

  /** The seq of the newest event; 0 before the first. */
  newestEvent(): number {
    return this.#journal.newest();
  }

  /** What happened after an event, at most `limit` rows of it. */
  eventsAfter(seq: number, limit: number): JournalPage {
    return this.#journal.after(seq, limit);
  }

  /** Every attempt that was running when the ledger was last written. */
  live(): LiveAttempt[] {
    return this.store.liveAttempts().map((row) => ({
      task: this.#queuedTask(row.task),
      attempt: row.attempt,
      workerId: row.worker_id,
      instance: row.instance,
      startedAt: row.started_at,
    }));
  }

  #queuedTask(key: number): QueuedTask {
    const row = this.store.task(key)!;
    return toQueuedTask(row, row.run_id);
  }

  // ---- what users change ----

  /**
   * Cancels a task, or with null every task of a run that has not ended.
   * @throws Problem `already_ended`, `unknown_run` or `unknown_task`
   */
  cancel(runId: string, id: string | null): CancelEffect {
    const run = this.begunRun(runId);
    const why = new Problem('cancelled', 'cancelled by its user');
    const one = id === null ? null : this.taskRow(run, id);
    const some = one ? [one].filter(hasNotEnded) : this.store.runningOfRun(run.key);
    const [changes, told]: [CountChanges, Change[]] = [new CountChanges(), []];
    const stop = some.flatMap((task) => this.#cancelOne(task, why, changes, told));
    // A queued task may have one from an attempt that was lost.
    if (!one) this.store.deleteCheckpointsOfRun(run.key);
    const cancelled = some.length + (one ? 0 : this.#cancelQueued(run.key, why, changes));
    if (cancelled === 0) {
      const what = one
        ? `the task "${one.id}" of run ${run.id} is ${one.status}`
        : `the run ${run.id} is ${run.status}`;
      throw new Problem('already_ended', `${what}: there is nothing to cancel`);
    }
    changes.apply(this.store);
    this.#journal.changedTogether(told);
    if (!one) this.#tellRun('cancelled', run.key);
    this.#endRunIfDone(run.key);
    return { cancelled, run: toRun(this.store.runByKey(run.key)!), stop };
  }

  #cancelQueued(run: number, why: Problem, changes: CountChanges): number {
    this.#moveAll(run, 'queued', 'cancelled', changes);
    return this.store.cancelQueuedOfRun(run, this.#now(), JSON.stringify(why));
  }

  /** Counts all tasks of a run and status as what they are about to become. */
  #moveAll(run: number, from: TaskStatus, to: TaskStatus, changes: CountChanges): void {
    for (const { function: name, count } of this.store.countOfStatus(run, from)) {
      changes.add({ run, function: name }, from, -count);
      changes.add({ run, function: name }, to, count);
    }
  }

  #cancelOne(task: TaskRow, why: Problem, changes: CountChanges, told: Change[]): StopRequest[] {
    const stop = task.status === 'running' ? this.#endLiveAttempts(task, why) : [];
    this.store.cancelTask(task.key, this.#now(), JSON.stringify(why));
    this.store.deleteCheckpoint(task.key);
    changes.move(task, task.status, 'cancelled');
    const attempts = task.status === 'running' ? stop.map(({ attempt }) => attempt) : [task.attempts];
    for (const attempt of attempts) told.push([task.key, attempt, 'cancelled', 'cancelled']);
    return stop;
  }

  /** Cancels the first of these tasks, as many as can be in some milliseconds; those that have ended are passed over. */
  cancelTasks(keys: readonly number[]): ManyEffect {
    const why = new Problem('cancelled', 'cancelled by its user');
    const [changes, told, stop]: [CountChanges, Change[], StopRequest[]] = [new CountChanges(), [], []];
    let changed = 0;
    const taken = this.#forSome(keys, hasNotEnded, (task) => {
      stop.push(...this.#cancelOne(task, why, changes, told));
      changed += 1;
    });
    const runs = changes.apply(this.store);
    this.#journal.changedTogether(told);
    const endedRuns = runs.map((run) => this.#endRunIfDone(run)).filter((run) => run !== null);
    return { taken, changed, endedRuns, stop };
  }

  /** Queues the first of these tasks again, as many as can be in some milliseconds; those of other statuses are passed over. */
  retryTasks(keys: readonly number[], statuses: readonly ('failed' | 'cancelled')[]): ManyEffect {
    const [changes, told]: [CountChanges, Change[]] = [new CountChanges(), []];
    const isMeant = ({ status }: TaskRow): boolean => (statuses as readonly TaskStatus[]).includes(status);
    const taken = this.#forSome(keys, isMeant, (task) => {
      this.store.reviveTask(task.key, task.status);
      changes.move(task, task.status, 'queued');
      told.push([task.key, task.attempts, 'retried', 'queued']);
    });
    const runs = changes.apply(this.store);
    this.#journal.changedTogether(told);
    for (const run of runs) {
      if (this.store.runByKey(run)!.status === 'active') continue;
      this.store.setRunStatus(run, 'active', null);
      this.#tellRun('retried', run);
    }
    return { taken, changed: told.length, endedRuns: [], stop: [] };
  }

  /** Does something to those tasks that are meant, for some milliseconds; gives how many of the keys were gone through. */
  #forSome(keys: readonly number[], isMeant: (task: TaskRow) => boolean, act: (task: TaskRow) => void): number {
    const until = this.#now() + CHANGE_MS;
    for (const [index, key] of keys.entries()) {
      const task = this.store.task(key);
      if (task && isMeant(task) && this.store.runByKey(task.run)!.status !== 'receiving') act(task);
      if (this.#now() >= until) return index + 1;
    }
    return keys.length;
  }

  /**
   * Queues tasks that ended without a result again, with all their retries: one task, or those of a run.
   * @throws Problem `already_ended` when there is none, `unknown_run` or `unknown_task`
   */
  retry(
    runId: string,
    id: string | null,
    statuses: readonly ('failed' | 'cancelled')[],
  ): { retried: number; run: Run } {
    const run = this.begunRun(runId);
    const one = id === null ? null : this.taskRow(run, id);
    const changes = new CountChanges();
    let retried = 0;
    for (const status of statuses) {
      if (!one) this.#moveAll(run.key, status, 'queued', changes);
      else if (one.status === status) changes.move(one, status, 'queued');
      retried += one ? this.store.reviveTask(one.key, status) : this.store.reviveTasksOfRun(run.key, status);
    }
    if (retried === 0) {
      const what = one ? `the task "${one.id}" of run ${run.id} is ${one.status}` : `the run ${run.id}`;
      throw new Problem('already_ended', `${what}: there is nothing ${statuses.join(' or ')} to retry`);
    }
    changes.apply(this.store);
    if (run.status !== 'active') this.store.setRunStatus(run.key, 'active', null);
    if (one) this.#journal.changed(one.key, one.attempts, 'retried', 'queued');
    return { retried, run: one ? toRun(this.store.runByKey(run.key)!) : this.#tellRun('retried', run.key) };
  }

  /**
   * Removes ended runs that are older than a time, and the oldest ones while the file holds more than `maxBytes`.
   * A run that has not ended is never touched.
   */
  prune(endedBefore: number | null, maxBytes: number | null): PruneEffect {
    const isTooLarge = maxBytes !== null && this.store.usedBytes() > maxBytes;
    const [oldest] = endedBefore !== null ? this.store.runsEndedBefore(endedBefore, 1) : [];
    const victim = oldest ?? (isTooLarge ? this.store.oldestEndedRuns(1)[0] : undefined);
    if (!victim) return { runs: [], isPartial: false };
    const hasMore = this.#deleteSome(victim.key);
    if (!hasMore) this.#journal.run('pruned', toRun(victim));
    return { runs: hasMore ? [] : [victim.id], isPartial: true };
  }
}

function hasNotEnded({ status }: TaskRow): boolean {
  return status === 'queued' || status === 'running';
}

/** An attempt that never began is noted as one that began when it ended. */
function timesOf(endedAt: number, begunAt: FinishRequest['begunAt']): AttemptTimes {
  return { endedAt, begunAt: begunAt === undefined ? null : (begunAt ?? endedAt) };
}
