/** All SQL of the ledger: named statements with their rows. No decision is taken here. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { AttemptStatus, RunStatus, TaskStatus } from '../wire/task.ts';

export interface RunRow {
  key: number;
  id: string;
  status: RunStatus;
  created_at: number;
  ended_at: number | null;
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}

/** `parameters`, `retry_on`, `result`, `measured` and `error` are JSON texts. */
export interface TaskRow {
  key: number;
  run: number;
  run_id: string;
  id: string;
  type: string;
  function: string;
  parameters: string;
  description: string | null;
  priority: number;
  cost: number;
  memory: number;
  retries: number;
  retry_on: string;
  timeout_ms: number | null;
  status: TaskStatus;
  attempts: number;
  failures: number;
  not_before: number;
  worker_id: string | null;
  started_at: number | null;
  ended_at: number | null;
  result: string | null;
  measured: string | null;
  error: string | null;
}

export interface AttemptRow {
  task: number;
  attempt: number;
  worker_id: string;
  instance: string;
  status: AttemptStatus;
  started_at: number;
  ended_at: number | null;
  error: string | null;
  /** A superseded result that differs from the recorded one, as JSON; null without such. */
  divergence: string | null;
}

export interface IdempotencyRow {
  key: string;
  digest: string;
  run_id: string;
  created_at: number;
}

/** What the scheduler needs of a task. */
export type QueuedRow = Pick<
  TaskRow,
  | 'key'
  | 'run'
  | 'id'
  | 'type'
  | 'function'
  | 'parameters'
  | 'priority'
  | 'cost'
  | 'memory'
  | 'timeout_ms'
  | 'attempts'
  | 'worker_id'
>;

export type NewTaskRow = Pick<
  TaskRow,
  | 'id'
  | 'type'
  | 'function'
  | 'parameters'
  | 'description'
  | 'priority'
  | 'cost'
  | 'memory'
  | 'retries'
  | 'retry_on'
  | 'timeout_ms'
>;

export interface WorkerRow {
  id: string;
  host: string;
  port: number;
  /** 1 where it answers by https://. */
  tls?: number;
}

export interface EstimateRow {
  function: string;
  worker_id: string;
  ms_per_unit: number;
  samples: number;
}

/** A result on its way into a task's row; JSON texts. */
export interface RecordedResult {
  readonly endedAt: number;
  readonly result: string;
  readonly measured: string;
  /** Whether its result file is to be written. */
  readonly isExportDue: boolean;
}

/** How a run's counters change, by status. */
export type CounterChange = Record<TaskStatus, number>;

const TASK = 'SELECT tasks.*, runs.id AS run_id FROM tasks JOIN runs ON runs.key = tasks.run';

const QUEUED = 'key, run, id, type, function, parameters, priority, cost, memory, timeout_ms, attempts, worker_id';

const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  savepoint: 'SAVEPOINT call',
  release: 'RELEASE call',
  rollbackTo: 'ROLLBACK TO call',
  getMeta: 'SELECT value FROM meta WHERE name = ?',
  setMeta: 'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)',

  insertRun: 'INSERT INTO runs (id, status, created_at) VALUES (?, ?, ?)',
  insertTask: `INSERT OR IGNORE INTO tasks (run, id, type, function, parameters, description, priority, cost, memory, retries, retry_on, timeout_ms)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  runById: 'SELECT * FROM runs WHERE id = ?',
  runByKey: 'SELECT * FROM runs WHERE key = ?',
  newestRun: 'SELECT * FROM runs ORDER BY key DESC LIMIT 1',
  runs: 'SELECT * FROM runs ORDER BY key DESC LIMIT ?',
  runsWithQueued: `SELECT key, id FROM runs WHERE status = 'active' AND queued > 0 ORDER BY key LIMIT ?`,
  addToRun: `UPDATE runs SET queued = queued + ?, running = running + ?, succeeded = succeeded + ?, failed = failed + ?,
             cancelled = cancelled + ? WHERE key = ?`,
  setRunStatus: 'UPDATE runs SET status = ?, ended_at = ? WHERE key = ?',
  runsOfStatus: 'SELECT * FROM runs WHERE status = ? ORDER BY key',
  runsEndedBefore: 'SELECT * FROM runs WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
  oldestEndedRuns: 'SELECT * FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ?',
  deleteRun: 'DELETE FROM runs WHERE key = ?',
  deleteTasks: 'DELETE FROM tasks WHERE key IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  deleteAttempts: 'DELETE FROM attempts WHERE task IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  deleteCheckpoints: 'DELETE FROM checkpoints WHERE task IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  countTasks: `SELECT COALESCE(SUM(queued), 0) AS queued, COALESCE(SUM(running), 0) AS running, COALESCE(SUM(succeeded), 0) AS succeeded,
               COALESCE(SUM(failed), 0) AS failed, COALESCE(SUM(cancelled), 0) AS cancelled FROM runs`,

  task: `${TASK} WHERE tasks.key = ?`,
  taskOfRun: `${TASK} WHERE tasks.run = ? AND tasks.id = ?`,
  tasksOfRun: `${TASK} WHERE tasks.run = ? AND tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  tasksOfAll: `${TASK} WHERE tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  queuedOfRun: `SELECT ${QUEUED} FROM tasks WHERE run = ? AND status = 'queued' AND not_before <= ?
                ORDER BY priority, cost DESC, key LIMIT ?`,
  // `> 0` is what lets SQLite use the partial index: without it every queued task is looked at.
  nextWaiting: `SELECT MIN(not_before) AS at FROM tasks WHERE status = 'queued' AND not_before > 0 AND not_before > ?`,
  startTask: `UPDATE tasks SET status = 'running', attempts = ?, worker_id = ?, started_at = ? WHERE key = ? AND status = 'queued' AND attempts = ?`,
  // Once its retries are used up, what still runs decides: else a task that kills its workers was copied for ever.
  startFirsts: `UPDATE tasks SET status = 'running', attempts = 1, worker_id = ?, started_at = ?
                WHERE key IN (SELECT value FROM json_each(?)) AND status = 'queued' AND attempts = 0`,
  copyTask: `UPDATE tasks SET attempts = attempts + 1 WHERE key = ? AND status = 'running' AND failures <= retries RETURNING attempts`,
  cancelTask: `UPDATE tasks SET status = 'cancelled', ended_at = ?, error = ? WHERE key = ?`,
  cancelQueuedOfRun: `UPDATE tasks SET status = 'cancelled', ended_at = ?, error = ? WHERE run = ? AND status = 'queued'`,
  reviveTask: `UPDATE tasks SET status = 'queued', failures = 0, not_before = 0, ended_at = NULL, error = NULL WHERE key = ? AND status = ?`,
  reviveTasksOfRun: `UPDATE tasks SET status = 'queued', failures = 0, not_before = 0, ended_at = NULL, error = NULL WHERE run = ? AND status = ?`,
  runningOfRun: `${TASK} WHERE tasks.run = ? AND tasks.status = 'running'`,
  succeedFirst: `UPDATE tasks SET status = 'succeeded', ended_at = ?, result = ?, measured = ?, error = NULL, exported = ?
                 WHERE key = ? AND status = 'running' AND attempts = 1
                 AND NOT EXISTS (SELECT 1 FROM checkpoints WHERE task = tasks.key)`,
  succeedTask: `UPDATE tasks SET status = 'succeeded', worker_id = ?, started_at = ?, ended_at = ?, result = ?, measured = ?, error = NULL,
                exported = ? WHERE key = ? AND status = 'running'
                RETURNING run, attempts, EXISTS (SELECT 1 FROM checkpoints WHERE task = tasks.key) AS has_checkpoint`,
  countFailure: 'UPDATE tasks SET failures = MIN(failures, retries) + 1 WHERE key = ?',
  failTask: `UPDATE tasks SET status = 'failed', failures = MIN(failures, retries) + 1, ended_at = ?, error = ? WHERE key = ?`,
  requeueTask: `UPDATE tasks SET status = 'queued', failures = failures + ?, not_before = ?, error = ? WHERE key = ?`,
  unexported: `${TASK} WHERE tasks.exported = 0 ORDER BY tasks.key LIMIT ?`,
  markExported: 'UPDATE tasks SET exported = 1 WHERE key = ?',

  insertAttempt: 'INSERT INTO attempts (task, attempt, worker_id, instance, started_at) VALUES (?, ?, ?, ?, ?)',
  insertFirstAttempts: `INSERT INTO attempts (task, attempt, worker_id, instance, started_at)
                        SELECT value, 1, ?, ?, ? FROM json_each(?)`,
  attempt: 'SELECT * FROM attempts WHERE task = ? AND attempt = ?',
  attemptsOfTask: 'SELECT * FROM attempts WHERE task = ? ORDER BY attempt',
  setDivergence: 'UPDATE attempts SET divergence = ? WHERE task = ? AND attempt = ?',
  succeedAttempt: `UPDATE attempts SET status = 'succeeded', ended_at = ? WHERE task = ? AND attempt = ? AND status = 'running'`,
  endAttempt: 'UPDATE attempts SET status = ?, ended_at = ?, error = ? WHERE task = ? AND attempt = ?',
  liveAttempts: `SELECT attempts.* FROM tasks JOIN attempts ON attempts.task = tasks.key
                 WHERE tasks.status = 'running' AND attempts.status = 'running' ORDER BY attempts.task`,
  liveAttemptsOfTask: `SELECT * FROM attempts WHERE task = ? AND status = 'running'`,

  checkpoint: 'SELECT state FROM checkpoints WHERE task = ?',
  saveCheckpoint: 'INSERT OR REPLACE INTO checkpoints (task, attempt, created_at, state) VALUES (?, ?, ?, ?)',
  deleteCheckpointsOfRun: 'DELETE FROM checkpoints WHERE (SELECT run FROM tasks WHERE key = checkpoints.task) = ?',
  deleteCheckpoint: 'DELETE FROM checkpoints WHERE task = ?',

  idempotency: 'SELECT * FROM idempotency WHERE key = ?',
  saveIdempotency: 'INSERT INTO idempotency (key, digest, run_id, created_at) VALUES (?, ?, ?, ?)',
  deleteIdempotencyOfRun: 'DELETE FROM idempotency WHERE run_id = (SELECT id FROM runs WHERE key = ?)',

  pageCount: 'PRAGMA page_count',
  freePages: 'PRAGMA freelist_count',
  pageSize: 'PRAGMA page_size',

  workers: 'SELECT * FROM workers ORDER BY id',
  saveWorker: 'INSERT OR REPLACE INTO workers (id, host, port, tls) VALUES (?, ?, ?, ?)',
  deleteWorker: 'DELETE FROM workers WHERE id = ?',
  estimates: 'SELECT * FROM estimates',
  saveEstimate: 'INSERT OR REPLACE INTO estimates (function, worker_id, ms_per_unit, samples) VALUES (?, ?, ?, ?)',
} as const;

type Name = keyof typeof SQL;

/** The statements, prepared once, behind methods that say what they do. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<Name, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  #statement(name: Name): StatementSync {
    let statement = this.#prepared.get(name);
    if (!statement) {
      statement = this.#db.prepare(SQL[name]);
      this.#prepared.set(name, statement);
    }
    return statement;
  }
  #do(name: Name, ...values: SQLInputValue[]): { changes: number; rowid: number } {
    const { changes, lastInsertRowid } = this.#statement(name).run(...values);
    return { changes: Number(changes), rowid: Number(lastInsertRowid) };
  }
  #one<Row>(name: Name, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(name).get(...values) as Row | undefined;
  }
  #all<Row>(name: Name, ...values: SQLInputValue[]): Row[] {
    return this.#statement(name).all(...values) as Row[];
  }

  begin(): void {
    this.#do('begin');
  }
  /** @throws Error when the disk did not take it; nothing is known of the transaction then. */
  commit(): void {
    this.#do('commit');
  }
  rollback(): void {
    this.#do('rollback');
  }
  /** Marks where `undo` goes back to, inside the transaction. */
  savepoint(): void {
    this.#do('savepoint');
  }
  release(): void {
    this.#do('release');
  }
  undo(): void {
    this.#do('rollbackTo');
    this.#do('release');
  }
  close(): void {
    this.#db.close();
  }

  getMeta(name: string): string | undefined {
    return this.#one<{ value: string }>('getMeta', name)?.value;
  }
  setMeta(name: string, value: string): void {
    this.#do('setMeta', name, value);
  }

  insertRun(id: string, status: RunStatus, createdAt: number): number {
    return this.#do('insertRun', id, status, createdAt).rowid;
  }
  /** False when the run has a task of that id. */
  insertTask(run: number, task: NewTaskRow): boolean {
    const { changes } = this.#do(
      'insertTask',
      run,
      task.id,
      task.type,
      task.function,
      task.parameters,
      task.description,
      task.priority,
      task.cost,
      task.memory,
      task.retries,
      task.retry_on,
      task.timeout_ms,
    );
    return changes === 1;
  }
  runById(id: string): RunRow | undefined {
    return this.#one('runById', id);
  }
  runByKey(key: number): RunRow | undefined {
    return this.#one('runByKey', key);
  }
  newestRun(): RunRow | undefined {
    return this.#one('newestRun');
  }
  runs(limit: number): RunRow[] {
    return this.#all('runs', limit);
  }
  /** Active runs with queued tasks, oldest first. */
  runsWithQueued(limit: number): Pick<RunRow, 'key' | 'id'>[] {
    return this.#all('runsWithQueued', limit);
  }
  addToRun(run: number, change: CounterChange): void {
    this.#do('addToRun', change.queued, change.running, change.succeeded, change.failed, change.cancelled, run);
  }
  setRunStatus(run: number, status: RunStatus, endedAt: number | null): void {
    this.#do('setRunStatus', status, endedAt, run);
  }
  runsOfStatus(status: RunStatus): RunRow[] {
    return this.#all('runsOfStatus', status);
  }
  /** Runs that ended before a time, oldest first. */
  runsEndedBefore(time: number, limit: number): RunRow[] {
    return this.#all('runsEndedBefore', time, limit);
  }
  oldestEndedRuns(limit: number): RunRow[] {
    return this.#all('oldestEndedRuns', limit);
  }
  /** Deletes some tasks of a run with all that hangs on them; false once none is left and the run itself is gone. */
  deleteSomeOfRun(run: number, limit: number): boolean {
    this.#do('deleteCheckpoints', run, limit);
    this.#do('deleteAttempts', run, limit);
    const { changes } = this.#do('deleteTasks', run, limit);
    if (changes === limit) return true;
    this.#do('deleteIdempotencyOfRun', run);
    this.#do('deleteRun', run);
    return false;
  }
  countTasks(): CounterChange {
    return this.#one<CounterChange>('countTasks')!;
  }

  task(key: number): TaskRow | undefined {
    return this.#one('task', key);
  }
  taskOfRun(run: number, id: string): TaskRow | undefined {
    return this.#one('taskOfRun', run, id);
  }
  /** Tasks after the key `after`, in the order of submission. */
  tasks(filter: { run: number | null; status: TaskStatus | null; after: number; limit: number }): TaskRow[] {
    const { run, status, after, limit } = filter;
    return run === null
      ? this.#all('tasksOfAll', after, status, status, limit)
      : this.#all('tasksOfRun', run, after, status, status, limit);
  }
  /** Queued tasks of a run that need not wait: by priority, costly ones first. */
  queuedOfRun(run: number, now: number, limit: number): QueuedRow[] {
    return this.#all('queuedOfRun', run, now, limit);
  }
  /** When the next task that waits for its backoff may run; null when none waits. */
  nextWaiting(now: number): number | null {
    return this.#one<{ at: number | null }>('nextWaiting', now)!.at;
  }
  /** False when the task is no longer queued, or was started and queued again since it was read. */
  startTask(key: number, attempt: number, workerId: string, startedAt: number): boolean {
    return this.#do('startTask', attempt, workerId, startedAt, key, attempt - 1).changes === 1;
  }
  /** Starts the first attempts of queued tasks; gives how many of them were so. */
  startFirsts(keys: readonly number[], workerId: string, startedAt: number): number {
    return this.#do('startFirsts', workerId, startedAt, JSON.stringify(keys)).changes;
  }
  /** The number of a further attempt of a running task; undefined when it does not run, or has no retries left. */
  copyTask(key: number): number | undefined {
    return this.#one<{ attempts: number }>('copyTask', key)?.attempts;
  }
  cancelTask(key: number, endedAt: number, error: string): void {
    this.#do('cancelTask', endedAt, error, key);
  }
  /** Cancels all queued tasks of a run; gives their number. */
  cancelQueuedOfRun(run: number, endedAt: number, error: string): number {
    return this.#do('cancelQueuedOfRun', endedAt, error, run).changes;
  }
  runningOfRun(run: number): TaskRow[] {
    return this.#all('runningOfRun', run);
  }
  /** Queues a task of that status again as if it had never failed; its attempts stay. Gives 1, or 0 for another status. */
  reviveTask(key: number, status: TaskStatus): number {
    return this.#do('reviveTask', key, status).changes;
  }
  /** The same for all of a run; gives their number. */
  reviveTasksOfRun(run: number, status: TaskStatus): number {
    return this.#do('reviveTasksOfRun', run, status).changes;
  }
  /**
   * Records the result of a running task that has had one attempt, which stands in its row already, and no
   * checkpoint. Nothing is asked back: RETURNING makes a statement three times as slow.
   * @returns false when it is not that
   */
  succeedFirst(key: number, outcome: RecordedResult): boolean {
    const { endedAt, result, measured, isExportDue } = outcome;
    return this.#do('succeedFirst', endedAt, result, measured, isExportDue ? 0 : null, key).changes === 1;
  }
  /** Records the result of a running task. */
  succeedTask(
    key: number,
    attempt: Pick<AttemptRow, 'worker_id' | 'started_at'>,
    outcome: RecordedResult,
  ): (Pick<TaskRow, 'run' | 'attempts'> & { has_checkpoint: 0 | 1 }) | undefined {
    const { endedAt, result, measured, isExportDue } = outcome;
    const { worker_id, started_at } = attempt;
    return this.#one('succeedTask', worker_id, started_at, endedAt, result, measured, isExportDue ? 0 : null, key);
  }
  /** Counts a failure of a task that runs on in a copy. */
  countFailure(key: number): void {
    this.#do('countFailure', key);
  }
  failTask(key: number, endedAt: number, error: string): void {
    this.#do('failTask', endedAt, error, key);
  }
  requeueTask(key: number, failures: 0 | 1, notBefore: number, error: string | null): void {
    this.#do('requeueTask', failures, notBefore, error, key);
  }
  unexported(limit: number): TaskRow[] {
    return this.#all('unexported', limit);
  }
  markExported(key: number): void {
    this.#do('markExported', key);
  }

  insertAttempt(row: Pick<AttemptRow, 'task' | 'attempt' | 'worker_id' | 'instance' | 'started_at'>): void {
    this.#do('insertAttempt', row.task, row.attempt, row.worker_id, row.instance, row.started_at);
  }
  /** A first attempt for each of these tasks. */
  insertFirstAttempts(
    keys: readonly number[],
    { worker_id, instance, started_at }: Pick<AttemptRow, 'worker_id' | 'instance' | 'started_at'>,
  ): void {
    this.#do('insertFirstAttempts', worker_id, instance, started_at, JSON.stringify(keys));
  }
  attempt(task: number, attempt: number): AttemptRow | undefined {
    return this.#one('attempt', task, attempt);
  }
  attemptsOfTask(task: number): AttemptRow[] {
    return this.#all('attemptsOfTask', task);
  }
  /** Ends a live attempt with a result; false when it was ended before. */
  succeedAttempt(task: number, attempt: number, endedAt: number): boolean {
    return this.#do('succeedAttempt', endedAt, task, attempt).changes === 1;
  }
  endAttempt(task: number, attempt: number, status: AttemptStatus, endedAt: number, error: string | null): void {
    this.#do('endAttempt', status, endedAt, error, task, attempt);
  }
  setDivergence(task: number, attempt: number, result: string): void {
    this.#do('setDivergence', result, task, attempt);
  }
  liveAttempts(): AttemptRow[] {
    return this.#all('liveAttempts');
  }
  liveAttemptsOfTask(task: number): AttemptRow[] {
    return this.#all('liveAttemptsOfTask', task);
  }

  /** The newest state in base64. */
  checkpoint(task: number): string | undefined {
    return this.#one<{ state: string }>('checkpoint', task)?.state;
  }
  saveCheckpoint(task: number, attempt: number, createdAt: number, state: string): void {
    this.#do('saveCheckpoint', task, attempt, createdAt, state);
  }
  deleteCheckpointsOfRun(run: number): void {
    this.#do('deleteCheckpointsOfRun', run);
  }
  deleteCheckpoint(task: number): void {
    this.#do('deleteCheckpoint', task);
  }

  idempotency(key: string): IdempotencyRow | undefined {
    return this.#one('idempotency', key);
  }
  saveIdempotency(row: IdempotencyRow): void {
    this.#do('saveIdempotency', row.key, row.digest, row.run_id, row.created_at);
  }

  /** Bytes of the file that hold something. */
  usedBytes(): number {
    const pages =
      this.#one<{ page_count: number }>('pageCount')!.page_count -
      this.#one<{ freelist_count: number }>('freePages')!.freelist_count;
    return pages * this.#one<{ page_size: number }>('pageSize')!.page_size;
  }

  workers(): WorkerRow[] {
    return this.#all('workers');
  }
  saveWorker(row: WorkerRow): void {
    this.#do('saveWorker', row.id, row.host, row.port, row.tls ?? 0);
  }
  deleteWorker(id: string): void {
    this.#do('deleteWorker', id);
  }
  estimates(): EstimateRow[] {
    return this.#all('estimates');
  }
  saveEstimate(row: EstimateRow): void {
    this.#do('saveEstimate', row.function, row.worker_id, row.ms_per_unit, row.samples);
  }
}
