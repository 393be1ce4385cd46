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
}

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
}

export interface EstimateRow {
  function: string;
  worker_id: string;
  ms_per_unit: number;
  samples: number;
}

/** How a run's counters change, by status. */
export type CounterChange = Record<TaskStatus, number>;

const TASK = 'SELECT tasks.*, runs.id AS run_id FROM tasks JOIN runs ON runs.key = tasks.run';

const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  savepoint: 'SAVEPOINT call',
  release: 'RELEASE call',
  rollbackTo: 'ROLLBACK TO call',
  getMeta: 'SELECT value FROM meta WHERE name = ?',
  setMeta: 'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)',

  insertRun: `INSERT INTO runs (id, status, created_at, queued) VALUES (?, 'active', ?, ?)`,
  insertTask: `INSERT INTO tasks (run, id, type, function, parameters, description, priority, cost, memory, retries, retry_on, timeout_ms)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  runById: 'SELECT * FROM runs WHERE id = ?',
  runByKey: 'SELECT * FROM runs WHERE key = ?',
  newestRun: 'SELECT * FROM runs ORDER BY key DESC LIMIT 1',
  runs: 'SELECT * FROM runs ORDER BY key DESC LIMIT ?',
  runsWithQueued: `SELECT key FROM runs WHERE status = 'active' AND queued > 0 ORDER BY key LIMIT ?`,
  addToRun: `UPDATE runs SET queued = queued + ?, running = running + ?, succeeded = succeeded + ?, failed = failed + ?,
             cancelled = cancelled + ? WHERE key = ?`,
  endRun: 'UPDATE runs SET status = ?, ended_at = ? WHERE key = ?',
  countTasks: `SELECT COALESCE(SUM(queued), 0) AS queued, COALESCE(SUM(running), 0) AS running, COALESCE(SUM(succeeded), 0) AS succeeded,
               COALESCE(SUM(failed), 0) AS failed, COALESCE(SUM(cancelled), 0) AS cancelled FROM runs`,

  task: `${TASK} WHERE tasks.key = ?`,
  taskOfRun: `${TASK} WHERE tasks.run = ? AND tasks.id = ?`,
  tasksOfRun: `${TASK} WHERE tasks.run = ? AND tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  tasksOfAll: `${TASK} WHERE tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  queuedOfRun: `${TASK} WHERE tasks.run = ? AND tasks.status = 'queued' AND tasks.not_before <= ?
                ORDER BY tasks.priority, tasks.cost DESC, tasks.key LIMIT ?`,
  nextWaiting: `SELECT MIN(not_before) AS at FROM tasks WHERE status = 'queued' AND not_before > ?`,
  startTask: `UPDATE tasks SET status = 'running', attempts = attempts + 1, worker_id = ?, started_at = ? WHERE key = ? AND status = 'queued'
              RETURNING attempts, run`,
  succeedTask: `UPDATE tasks SET status = 'succeeded', worker_id = ?, started_at = ?, ended_at = ?, result = ?, measured = ?, error = NULL WHERE key = ?`,
  failTask: `UPDATE tasks SET status = 'failed', failures = failures + 1, ended_at = ?, error = ? WHERE key = ?`,
  requeueTask: `UPDATE tasks SET status = 'queued', failures = failures + ?, not_before = ?, error = ? WHERE key = ?`,
  unexported: `${TASK} WHERE tasks.status = 'succeeded' AND tasks.exported = 0 ORDER BY tasks.key LIMIT ?`,
  markExported: 'UPDATE tasks SET exported = 1 WHERE key = ?',

  insertAttempt: 'INSERT INTO attempts (task, attempt, worker_id, instance, started_at) VALUES (?, ?, ?, ?, ?)',
  attempt: 'SELECT * FROM attempts WHERE task = ? AND attempt = ?',
  attemptsOfTask: 'SELECT * FROM attempts WHERE task = ? ORDER BY attempt',
  endAttempt: 'UPDATE attempts SET status = ?, ended_at = ?, error = ? WHERE task = ? AND attempt = ?',
  liveAttempts: `SELECT * FROM attempts WHERE status = 'running' ORDER BY task`,
  liveAttemptsOfTask: `SELECT * FROM attempts WHERE task = ? AND status = 'running'`,

  workers: 'SELECT * FROM workers ORDER BY id',
  saveWorker: 'INSERT OR REPLACE INTO workers (id, host, port) VALUES (?, ?, ?)',
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

  insertRun(id: string, createdAt: number, taskCount: number): number {
    return this.#do('insertRun', id, createdAt, taskCount).rowid;
  }
  insertTask(run: number, task: NewTaskRow): void {
    this.#do(
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
  /** Keys of active runs with queued tasks, oldest first. */
  runsWithQueued(limit: number): number[] {
    return this.#all<{ key: number }>('runsWithQueued', limit).map((row) => row.key);
  }
  addToRun(run: number, change: CounterChange): void {
    this.#do('addToRun', change.queued, change.running, change.succeeded, change.failed, change.cancelled, run);
  }
  endRun(run: number, status: RunStatus, endedAt: number): void {
    this.#do('endRun', status, endedAt, run);
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
  queuedOfRun(run: number, now: number, limit: number): TaskRow[] {
    return this.#all('queuedOfRun', run, now, limit);
  }
  /** When the next task that waits for its backoff may run; null when none waits. */
  nextWaiting(now: number): number | null {
    return this.#one<{ at: number | null }>('nextWaiting', now)!.at;
  }
  /** The number of the attempt, or undefined when the task is no longer queued. */
  startTask(key: number, workerId: string, startedAt: number): { attempts: number; run: number } | undefined {
    return this.#one('startTask', workerId, startedAt, key);
  }
  succeedTask(key: number, attempt: AttemptRow, endedAt: number, result: string, measured: string): void {
    this.#do('succeedTask', attempt.worker_id, attempt.started_at, endedAt, result, measured, key);
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
  attempt(task: number, attempt: number): AttemptRow | undefined {
    return this.#one('attempt', task, attempt);
  }
  attemptsOfTask(task: number): AttemptRow[] {
    return this.#all('attemptsOfTask', task);
  }
  endAttempt(task: number, attempt: number, status: AttemptStatus, endedAt: number, error: string | null): void {
    this.#do('endAttempt', status, endedAt, error, task, attempt);
  }
  liveAttempts(): AttemptRow[] {
    return this.#all('liveAttempts');
  }
  liveAttemptsOfTask(task: number): AttemptRow[] {
    return this.#all('liveAttemptsOfTask', task);
  }

  workers(): WorkerRow[] {
    return this.#all('workers');
  }
  saveWorker(row: WorkerRow): void {
    this.#do('saveWorker', row.id, row.host, row.port);
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
