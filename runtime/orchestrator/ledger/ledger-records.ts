/** What the ledger answers and keeps without changing the state of any run, task or attempt. */
import { Problem } from '../../wire/problem.ts';
import { type Run, TASK_STATUSES, type Task, type TaskStatus } from '../../wire/task.ts';
import { LOG_LIMITS, type TaskLog } from '../../wire/task-log.ts';
import type {
  CounterChange,
  EstimateRow,
  FunctionCounts,
  LogLineRow,
  PastAttemptRow,
  RunRow,
  TaskRow,
  WorkerRow,
} from './ledger-rows.ts';
import type { TaskView } from './ledger-types.ts';
import { toAttempt, toQueuedTask, toRun, toTask, toWishes } from './ledger-views.ts';
import type { Store } from './store.ts';
import { toLog } from './task-log.ts';

/** The ledger's records; the state machine of `ledger.ts` stands on them. */
export class LedgerRecords {
  protected readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** The ledger's own id, made at its first opening. */
  identify(newId: string): string {
    const known = this.store.getMeta('ledger_id');
    if (known !== undefined) return known;
    this.store.setMeta('ledger_id', newId);
    return newId;
  }

  /** A task's key, or null when the ledger has no such task. */
  keyOf(runId: string, id: string): number | null {
    const run = this.store.runById(runId);
    return (run && this.store.taskOfRun(run.key, id)?.key) ?? null;
  }

  // ---- what users ask ----

  counts(): CounterChange {
    const total = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    for (const counts of this.store.taskCounts()) for (const status of TASK_STATUSES) total[status] += counts[status];
    return total;
  }

  /** The same by function. */
  countsByFunction(): FunctionCounts[] {
    return this.store.taskCounts();
  }

  runs(limit: number): Run[] {
    return this.store.runs(limit).map(toRun);
  }

  /** Newest first. */
  activeRuns(limit: number): Run[] {
    return this.store.activeRuns(limit).map(toRun);
  }

  /** @throws Problem `unknown_run` */
  run(id: string): Run {
    return toRun(this.runRow(id));
  }

  /** A page of tasks after the position `after`, in the order of submission; `next` is null at the end. */
  tasks(filter: { runId: string | null; status: TaskStatus | null; after: number; limit: number }): {
    tasks: Task[];
    next: number | null;
  } {
    const run = filter.runId === null ? null : this.runRow(filter.runId).key;
    const rows = this.store.tasks({ run, status: filter.status, after: filter.after, limit: filter.limit });
    return { tasks: rows.map(toTask), next: rows.length === filter.limit ? rows.at(-1)!.key : null };
  }

  /** @throws Problem `unknown_run` or `unknown_task` */
  task(runId: string, id: string): TaskView {
    const run = this.runRow(runId);
    const row = this.taskRow(run, id);
    const history = this.store.attemptsOfTask(row.key).map(toAttempt);
    const detail = { ...toTask(row), history, submitted_at: run.created_at, ...toWishes(row) };
    return { detail, queued: toQueuedTask(row, row.run_id), notBefore: row.not_before };
  }

  /**
   * What a task's function said, and what happened to it.
   * @throws Problem `unknown_run` or `unknown_task`
   */
  log(runId: string, id: string): TaskLog {
    const run = this.runRow(runId);
    const task = this.taskRow(run, id);
    return toLog(run, task, this.store.attemptsOfTask(task.key).map(toAttempt), this.store.logOfTask(task.key));
  }

  /** Keeps lines of logs; what is here already is passed over, and the oldest of a task make room for the newest. */
  saveLog(lines: readonly LogLineRow[]): void {
    const full = new Set<number>();
    for (const line of lines) {
      this.store.addLogLine(line);
      if (line.line > LOG_LIMITS.lines || line.attempt > 1) full.add(line.task);
    }
    for (const task of full) this.store.shortenLog(task, LOG_LIMITS.lines);
  }

  /** Attempts before a position, newest task first; `attempt` is a number within the task. */
  attemptsBefore(task: number, attempt: number, limit: number): PastAttemptRow[] {
    return this.store.attemptsBefore(task, attempt, limit);
  }

  protected taskRow(run: RunRow, id: string): TaskRow {
    const row = this.store.taskOfRun(run.key, id);
    if (row) return row;
    throw new Problem('unknown_task', `the run ${run.id} has no task "${id}" - GET /tasks?run_id=${run.id} lists them`);
  }

  /** A run that was received whole: before that it may still be withdrawn, and nothing of it can be changed. */
  protected begunRun(id: string): RunRow {
    const run = this.runRow(id);
    if (run.status !== 'receiving') return run;
    throw new Problem('unknown_run', `the run ${run.id} is still being received - break off its stream to withdraw it`);
  }

  protected runRow(id: string): RunRow {
    const row = id === 'newest' ? this.store.newestRun() : this.store.runById(id);
    if (row) return row;
    throw new Problem(
      'unknown_run',
      id === 'newest'
        ? 'there is no run yet - submit one with POST /execute_tasks'
        : `there is no run "${id}" - GET /runs lists them`,
    );
  }

  // ---- what the orchestrator keeps here ----

  /** The SHA-256s of the checkpoints that lie in files. */
  checkpointBlobs(): string[] {
    return this.store.checkpointBlobs().map(({ sha256 }) => sha256);
  }

  /** Succeeded tasks whose result file is not written yet, oldest first. */
  unexported(limit: number): TaskRow[] {
    return this.store.unexported(limit);
  }
  markExported(keys: readonly number[]): void {
    for (const key of keys) this.store.markExported(key);
  }

  rememberedWorkers(): WorkerRow[] {
    return this.store.workers();
  }
  rememberWorker(row: WorkerRow): void {
    this.store.saveWorker(row);
  }
  forgetWorker(id: string): void {
    this.store.deleteWorker(id);
  }

  estimates(): EstimateRow[] {
    return this.store.estimates();
  }
  saveEstimates(rows: readonly EstimateRow[]): void {
    for (const row of rows) this.store.saveEstimate(row);
  }
}
