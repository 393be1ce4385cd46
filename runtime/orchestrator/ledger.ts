/**
 * The state machine of runs, tasks and attempts. Every change of a state happens in this file, inside a
 * transaction that the caller opens and commits (`ledger-thread.ts` commits many calls at once).
 *
 * ```
 *   task     queued ──start──▶ running ──┬──▶ succeeded
 *               ▲                        ├──▶ failed       (the dead letter, with its attempts)
 *               └──── retry, release ────┘    cancelled
 *   attempt  running ──▶ succeeded | failed | timed_out | cancelled | lost | released
 *            and a result that comes after the end of its attempt: superseded
 * ```
 */
import { Problem, type ProblemDocument } from '../wire/problem.ts';
import { RETRY_CAUSES, type RetryCause, type Run, type Task, type TaskDetail, type TaskStatus } from '../wire/task.ts';
import type { AttemptRow, CounterChange, EstimateRow, NewTaskRow, RunRow, Store, TaskRow, WorkerRow } from './store.ts';

/** A queued task as the scheduler and the dispatcher need it. */
export interface QueuedTask {
  readonly key: number;
  readonly run: number;
  readonly runId: string;
  readonly id: string;
  readonly type: string;
  readonly function: string;
  /** JSON text, as the user gave them. */
  readonly parameters: string;
  readonly priority: number;
  /** In the function's cost unit. */
  readonly cost: number;
  readonly memoryBytes: number;
  readonly timeoutMs: number | null;
  /** The worker of its last attempt, which a retry avoids; null before the first. */
  readonly lastWorkerId: string | null;
}

/** An attempt that the ledger has not ended. */
export interface LiveAttempt {
  readonly task: QueuedTask;
  readonly attempt: number;
  readonly workerId: string;
  readonly instance: string;
  readonly startedAt: number;
}

export interface StartRequest {
  readonly task: number;
  readonly workerId: string;
  readonly instance: string;
}

/** What an attempt came to. `result` and `measured` are JSON texts. */
export type AttemptOutcome =
  | { readonly status: 'succeeded'; readonly result: string; readonly measured: string }
  | { readonly status: 'failed' | 'timed_out' | 'cancelled' | 'lost' | 'released'; readonly error: ProblemDocument };

export interface FinishRequest {
  readonly task: number;
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
}

/** What recording an outcome did. */
export interface FinishEffect {
  readonly task: number;
  readonly attempt: number;
  readonly taskStatus: TaskStatus;
  /** When a requeued task may run again, in ms since 1970; null when it is not queued. */
  readonly notBefore: number | null;
  /** The run, when this outcome ended it. */
  readonly endedRun: Run | null;
  /** True when the attempt had been ended before, so that its result changed nothing. */
  readonly superseded: boolean;
  /** True when a superseded result differs from the recorded one: the bits are not what they should be. */
  readonly divergent: boolean;
}

/** What the ledger asks of the world. */
export interface LedgerDependencies {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Backoff before retry k (from 0): a random time up to min(cap, base · 2^k), "full jitter". */
const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 30_000;

/** Retry windows are shared among at most this many runs at once. */
const RUNS_IN_WINDOW = 64;

export class Ledger {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(store: Store, dependencies: LedgerDependencies) {
    this.#store = store;
    this.#now = dependencies.now;
    this.#random = dependencies.random;
  }

  /** The ledger's own id, made at its first opening. */
  identify(newId: string): string {
    const known = this.#store.getMeta('ledger_id');
    if (known !== undefined) return known;
    this.#store.setMeta('ledger_id', newId);
    return newId;
  }

  /** Records a run with its tasks, all queued. */
  submit(runId: string, tasks: readonly NewTaskRow[]): Run {
    if (this.#store.runById(runId))
      throw new Problem('invalid_query', `there is a run ${runId} already - choose another run_id`, {
        pointer: '/run_id',
      });
    const run = this.#store.insertRun(runId, this.#now(), tasks.length);
    for (const task of tasks) this.#store.insertTask(run, task);
    return toRun(this.#store.runByKey(run)!);
  }

  /** Up to `limit` queued tasks that may run now, the same share of each active run. */
  queued(limit: number): { tasks: QueuedTask[]; nextWaiting: number | null } {
    const now = this.#now();
    const runs = this.#store.runsWithQueued(RUNS_IN_WINDOW);
    const share = Math.ceil(limit / Math.max(1, runs.length));
    const tasks = runs.flatMap((run) => this.#store.queuedOfRun(run, now, share)).map(toQueuedTask);
    return { tasks, nextWaiting: this.#store.nextWaiting(now) };
  }

  /** Starts attempts: for each request its attempt's number, or null when the task is no longer queued. */
  start(requests: readonly StartRequest[]): (number | null)[] {
    const now = this.#now();
    const changes = new RunChanges();
    const attempts = requests.map(({ task, workerId, instance }) => {
      const started = this.#store.startTask(task, workerId, now);
      if (!started) return null;
      this.#store.insertAttempt({ task, attempt: started.attempts, worker_id: workerId, instance, started_at: now });
      changes.move(started.run, 'queued', 'running');
      return started.attempts;
    });
    changes.apply(this.#store);
    return attempts;
  }

  /** Records what attempts came to. An unknown attempt is refused by itself: its effect is null. */
  finish(requests: readonly FinishRequest[]): (FinishEffect | null)[] {
    const changes = new RunChanges();
    const effects = requests.map((request) => this.#finishOne(request, changes));
    changes.apply(this.#store);
    const ended = new Map(changes.runs().map((run) => [run, this.#endRunIfDone(run)]));
    return effects.map((effect) => effect && { ...effect.effect, endedRun: ended.get(effect.run) ?? null });
  }

  #finishOne(request: FinishRequest, changes: RunChanges): { run: number; effect: FinishEffect } | null {
    const { task: key, attempt: number, outcome } = request;
    const attempt = this.#store.attempt(key, number);
    const task = attempt && this.#store.task(key);
    if (!attempt || !task) return null;
    const effect = { task: key, attempt: number, notBefore: null, endedRun: null, superseded: false, divergent: false };
    if (attempt.status !== 'running')
      return { run: task.run, effect: { ...effect, ...this.#supersede(task, attempt, outcome) } };
    const taskStatus =
      outcome.status === 'succeeded' ? this.#succeed(task, attempt, outcome) : this.#fail(task, attempt, outcome);
    if (taskStatus !== task.status) changes.move(task.run, task.status, taskStatus);
    return {
      run: task.run,
      effect: { ...effect, taskStatus, notBefore: taskStatus === 'queued' ? this.#store.task(key)!.not_before : null },
    };
  }

  /** A result of an attempt that was ended before: kept in the history, compared with the recorded one. */
  #supersede(
    task: TaskRow,
    attempt: AttemptRow,
    outcome: AttemptOutcome,
  ): Pick<FinishEffect, 'taskStatus' | 'superseded' | 'divergent'> {
    const isNews = outcome.status === 'succeeded' && attempt.status !== 'succeeded' && attempt.status !== 'superseded';
    if (!isNews) return { taskStatus: task.status, superseded: false, divergent: false };
    this.#store.endAttempt(task.key, attempt.attempt, 'superseded', this.#now(), attempt.error);
    return {
      taskStatus: task.status,
      superseded: true,
      divergent: task.result !== null && task.result !== outcome.result,
    };
  }

  #succeed(task: TaskRow, attempt: AttemptRow, outcome: Extract<AttemptOutcome, { status: 'succeeded' }>): TaskStatus {
    const now = this.#now();
    this.#store.endAttempt(task.key, attempt.attempt, 'succeeded', now, null);
    this.#store.succeedTask(task.key, attempt, now, outcome.result, outcome.measured);
    return 'succeeded';
  }

  #fail(task: TaskRow, attempt: AttemptRow, outcome: Exclude<AttemptOutcome, { status: 'succeeded' }>): TaskStatus {
    const now = this.#now();
    const error = JSON.stringify(outcome.error);
    this.#store.endAttempt(task.key, attempt.attempt, outcome.status, now, error);
    if (outcome.status === 'released') {
      // Handed back, not failed: it goes to the front again and costs no retry.
      this.#store.requeueTask(task.key, 0, 0, null);
      return 'queued';
    }
    if (task.failures < task.retries && mayRetry(task, outcome)) {
      this.#store.requeueTask(task.key, 1, now + this.#backoffMs(task.failures), error);
      return 'queued';
    }
    this.#store.failTask(task.key, now, error);
    return 'failed';
  }

  #backoffMs(failures: number): number {
    return Math.round(this.#random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** failures));
  }

  #endRunIfDone(key: number): Run | null {
    const run = this.#store.runByKey(key)!;
    if (run.status !== 'active' || run.queued + run.running > 0) return null;
    const status = run.failed > 0 ? 'failed' : run.cancelled > 0 ? 'cancelled' : 'succeeded';
    this.#store.endRun(key, status, this.#now());
    return toRun(this.#store.runByKey(key)!);
  }

  /** A task's key, or null when the ledger has no such task. */
  keyOf(runId: string, id: string): number | null {
    const run = this.#store.runById(runId);
    return (run && this.#store.taskOfRun(run.key, id)?.key) ?? null;
  }

  /** Every attempt that was running when the ledger was last written. */
  live(): LiveAttempt[] {
    return this.#store.liveAttempts().map((row) => ({
      task: toQueuedTask(this.#store.task(row.task)!),
      attempt: row.attempt,
      workerId: row.worker_id,
      instance: row.instance,
      startedAt: row.started_at,
    }));
  }

  counts(): CounterChange {
    return this.#store.countTasks();
  }

  runs(limit: number): Run[] {
    return this.#store.runs(limit).map(toRun);
  }

  /** @throws Problem `unknown_run` */
  run(id: string): Run {
    return toRun(this.#runRow(id));
  }

  /** A page of tasks after the position `after`, in the order of submission; `next` is null at the end. */
  tasks(filter: { runId: string | null; status: TaskStatus | null; after: number; limit: number }): {
    tasks: Task[];
    next: number | null;
  } {
    const run = filter.runId === null ? null : this.#runRow(filter.runId).key;
    const rows = this.#store.tasks({ run, status: filter.status, after: filter.after, limit: filter.limit });
    return { tasks: rows.map(toTask), next: rows.length === filter.limit ? rows.at(-1)!.key : null };
  }

  /** @throws Problem `unknown_run` or `unknown_task` */
  task(runId: string, id: string): TaskDetail {
    const run = this.#runRow(runId);
    const row = this.#store.taskOfRun(run.key, id);
    if (!row)
      throw new Problem(
        'unknown_task',
        `the run ${run.id} has no task "${id}" - GET /tasks?run_id=${run.id} lists them`,
      );
    const history = this.#store
      .attemptsOfTask(row.key)
      .map(({ attempt, worker_id, status, started_at, ended_at, error }) => {
        return { attempt, worker_id, status, started_at, ended_at, error: fromJson<ProblemDocument>(error) };
      });
    return { ...toTask(row), history };
  }

  #runRow(id: string): RunRow {
    const row = id === 'newest' ? this.#store.newestRun() : this.#store.runById(id);
    if (row) return row;
    throw new Problem(
      'unknown_run',
      id === 'newest'
        ? 'there is no run yet - submit one with POST /execute_tasks'
        : `there is no run "${id}" - GET /runs lists them`,
    );
  }

  /** Succeeded tasks whose result file is not written yet, oldest first. */
  unexported(limit: number): TaskRow[] {
    return this.#store.unexported(limit);
  }
  markExported(keys: readonly number[]): void {
    for (const key of keys) this.#store.markExported(key);
  }

  rememberedWorkers(): WorkerRow[] {
    return this.#store.workers();
  }
  rememberWorker(row: WorkerRow): void {
    this.#store.saveWorker(row);
  }
  forgetWorker(id: string): void {
    this.#store.deleteWorker(id);
  }

  estimates(): EstimateRow[] {
    return this.#store.estimates();
  }
  saveEstimates(rows: readonly EstimateRow[]): void {
    for (const row of rows) this.#store.saveEstimate(row);
  }
}

/** Changes of the runs' counters, gathered so that a batch touches each run once. */
class RunChanges {
  readonly #changes = new Map<number, CounterChange>();

  move(run: number, from: TaskStatus, to: TaskStatus): void {
    const change = this.#changes.get(run) ?? { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    change[from] -= 1;
    change[to] += 1;
    this.#changes.set(run, change);
  }
  apply(store: Store): void {
    for (const [run, change] of this.#changes) store.addToRun(run, change);
  }
  runs(): number[] {
    return [...this.#changes.keys()];
  }
}

/** Attempt statuses and problem codes as the causes that `retry_on` names. */
function mayRetry(task: TaskRow, outcome: Exclude<AttemptOutcome, { status: 'succeeded' }>): boolean {
  const cause =
    outcome.status === 'lost' ? 'worker_lost' : outcome.status === 'timed_out' ? 'timeout' : outcome.error.code;
  return isRetryCause(cause) && (JSON.parse(task.retry_on) as string[]).includes(cause);
}

function isRetryCause(code: string): code is RetryCause {
  return (RETRY_CAUSES as readonly string[]).includes(code);
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

function toQueuedTask(row: TaskRow): QueuedTask {
  return {
    key: row.key,
    run: row.run,
    runId: row.run_id,
    id: row.id,
    type: row.type,
    function: row.function,
    parameters: row.parameters,
    priority: row.priority,
    cost: row.cost,
    memoryBytes: row.memory,
    timeoutMs: row.timeout_ms,
    lastWorkerId: row.worker_id,
  };
}

/** A row as everybody sees it. */
export function toTask(row: TaskRow): Task {
  const hasEnded =
    row.ended_at !== null && row.started_at !== null && row.status !== 'queued' && row.status !== 'running';
  return {
    run_id: row.run_id,
    id: row.id,
    type: row.type,
    priority: row.priority,
    parameters: JSON.parse(row.parameters),
    status: row.status,
    attempts: row.attempts,
    worker_id: row.worker_id,
    duration: hasEnded ? (row.ended_at! - row.started_at!) / 1000 : null,
    result: fromJson(row.result),
    measured: fromJson(row.measured),
    error: row.status === 'failed' || row.status === 'cancelled' ? fromJson(row.error) : null,
    ...(row.description !== null && { description: row.description }),
  };
}

function toRun(row: RunRow): Run {
  const { queued, running, succeeded, failed, cancelled } = row;
  return {
    run_id: row.id,
    status: row.status,
    created_at: row.created_at,
    ended_at: row.ended_at,
    tasks_total: queued + running + succeeded + failed + cancelled,
    tasks: { queued, running, succeeded, failed, cancelled },
  };
}
