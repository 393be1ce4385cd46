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
import type { ScanRequest, ScanSlice, SortValue, TaskView } from './ledger-types.ts';
import { toAttempt, toBriefTask, toQueuedTask, toRun, toTask, toWishes } from './ledger-views.ts';
import { sortValueOf, whereOf } from './search-sql.ts';
import type { Store } from './store.ts';
import { type SurveyedTask, type SurveyInterest, surveyed } from './survey.ts';
import { toLog } from './task-log.ts';

/** What looks through many rows gives way to others after so long. */
const LOOK_MS = 4;
/** Keys looked at by one statement: few at first, as results may be large, more while that takes no time at all. */
const FIRST_SPAN = 32;
const MOST_SPAN = 8_192;
/** What one statement finds at most. */
const MOST_ROWS = 512;
/** Looked through in one call: a few milliseconds of parsing, however long results are. */
const SURVEYED_TASKS = 256;
const SURVEYED_CHARACTERS = 256 * 1024;

/** The ledger's records; the state machine of `ledger.ts` stands on them. */
export class LedgerRecords {
  protected readonly store: Store;
  readonly #clock: () => number;

  /** @param clock milliseconds since 1970 */
  constructor(store: Store, clock: () => number) {
    this.store = store;
    this.#clock = clock;
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

  /** The keys of those of these tasks that are here. */
  keysOf(names: readonly { run_id: string; id: string }[]): number[] {
    return names.map(({ run_id, id }) => this.keyOf(run_id, id)).filter((key) => key !== null);
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

  /**
   * Looks on through the tasks in the order of submission, for some milliseconds, for those that a filter lets through.
   * @param order what is to be given of each beside its key
   */
  scan({ filter, order, after, limit }: ScanRequest): ScanSlice {
    const value = order === null ? null : sortValueOf(order);
    const [select, until] = [{ where: whereOf(filter), value }, this.#clock() + LOOK_MS];
    const [last, found] = [this.store.lastTaskKey(), { keys: [] as number[], values: [] as SortValue[] }];
    const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    let [next, span] = [after, FIRST_SPAN];
    while (next < last) {
      const [begunAt, room] = [this.#clock(), Math.min(limit - found.keys.length, MOST_ROWS)];
      const rows = this.store.scan(select, { after: next, upTo: next + span, limit: room });
      for (const row of rows) {
        found.keys.push(row.key);
        counts[row.status] += 1;
        if (value) found.values.push(row.value);
      }
      next = rows.length === room ? rows.at(-1)!.key : next + span;
      if (found.keys.length === limit || this.#clock() >= until) break;
      span = this.#clock() > begunAt ? Math.max(FIRST_SPAN, span / 2) : Math.min(MOST_SPAN, span * 2);
    }
    return { ...found, counts, next: next >= last ? null : next };
  }

  /** The first of these tasks, as many as can be read in some milliseconds; those that were removed are left out. */
  tasksOf(keys: readonly number[], isBrief: boolean): { tasks: Task[]; taken: number } {
    const until = this.#clock() + LOOK_MS;
    const tasks: Task[] = [];
    for (const [index, key] of keys.entries()) {
      const row = this.store.task(key);
      if (row) tasks.push(isBrief ? toBriefTask(row) : toTask(row));
      if (this.#clock() >= until) return { tasks, taken: index + 1 };
    }
    return { tasks, taken: keys.length };
  }

  /**
   * A piece of a run's tasks after the position `after`, for those who sum it up; `next` is null at the end.
   * @param interest what is wanted of each; null for everything
   * @throws Problem `unknown_run`
   */
  survey(
    runId: string,
    after: number,
    interest: SurveyInterest | null,
  ): { tasks: SurveyedTask[]; next: number | null } {
    const tasks: SurveyedTask[] = [];
    let characters = 0;
    for (const row of this.store.surveyOfRun(this.runRow(runId).key, after, SURVEYED_TASKS)) {
      tasks.push(surveyed(row, interest));
      characters += row.parameters.length + (row.result?.length ?? 0);
      if (tasks.length === SURVEYED_TASKS || characters > SURVEYED_CHARACTERS) return { tasks, next: row.key };
    }
    return { tasks, next: null };
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
