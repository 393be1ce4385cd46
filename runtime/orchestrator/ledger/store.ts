/** The ledger's statements behind methods that say what they do. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { BlobReference, CheckpointState } from '../../wire/blob.ts';
import type { AttemptStatus, RunStatus, TaskStatus } from '../../wire/task.ts';
import type {
  AttemptRow,
  AttemptTimes,
  CounterChange,
  EstimateRow,
  EventRow,
  FunctionCounts,
  IdempotencyRow,
  LogLineRow,
  NewTaskRow,
  PastAttemptRow,
  QueuedRow,
  RecordedResult,
  RunRow,
  ScanRow,
  SurveyRow,
  TaskName,
  TaskRow,
  WorkerRow,
} from './ledger-rows.ts';
import { SQL, scanSql } from './ledger-sql.ts';
import type { Clause } from './search-sql.ts';
import { SearchStatements } from './search-statements.ts';

type Name = keyof typeof SQL;

/** The statements, prepared once, behind methods that say what they do. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<Name, StatementSync>();
  readonly #searches: SearchStatements;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#searches = new SearchStatements(db);
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
  addToFunction(name: string, change: CounterChange): void {
    this.#do('addToFunction', name, change.queued, change.running, change.succeeded, change.failed, change.cancelled);
  }
  /** How many of a run's first `limit` tasks have which function and status: those that would be deleted next. */
  countOfRun(run: number, limit: number): { function: string; status: TaskStatus; count: number }[] {
    return this.#all('countOfRun', run, limit);
  }
  /** How many tasks of a run have this status, by function. */
  countOfStatus(run: number, status: TaskStatus): { function: string; count: number }[] {
    return this.#all('countOfStatus', run, status);
  }
  setRunStatus(run: number, status: RunStatus, endedAt: number | null): void {
    this.#do('setRunStatus', status, endedAt, run);
  }
  activeRuns(limit: number): RunRow[] {
    return this.#all('activeRuns', limit);
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
    this.#do('deleteLogs', run, limit);
    this.#do('deleteAttempts', run, limit);
    const { changes } = this.#do('deleteTasks', run, limit);
    if (changes === limit) return true;
    this.#do('deleteIdempotencyOfRun', run);
    this.#do('deleteRun', run);
    return false;
  }
  taskCounts(): FunctionCounts[] {
    return this.#all('taskCounts');
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
  /** The key of the newest task; 0 without any. */
  lastTaskKey(): number {
    return this.#one<{ key: number }>('lastTaskKey')!.key;
  }
  /** Tasks that a search finds among some keys, with what they are to be ordered by. */
  scan(
    { where, value }: { where: Clause; value: Clause | null },
    { after, upTo, limit }: { after: number; upTo: number; limit: number },
  ): ScanRow[] {
    const statement = this.#searches.prepared(scanSql(where.sql, value?.sql ?? null));
    return statement.all(...(value?.values ?? []), after, upTo, ...where.values, limit) as unknown as ScanRow[];
  }
  /** Tasks of a run after the key `after`, read one by one: whoever has enough stops. */
  surveyOfRun(run: number, after: number, limit: number): IterableIterator<SurveyRow> {
    return this.#statement('surveyOfRun').iterate(run, after, limit) as unknown as IterableIterator<SurveyRow>;
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
  ): (Pick<TaskRow, 'run' | 'function' | 'attempts'> & { has_checkpoint: 0 | 1 }) | undefined {
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

  insertAttempt(
    row: Omit<
      AttemptRow,
      'status' | 'begun_at' | 'ended_at' | 'error' | 'divergence' | 'checkpoints' | 'checkpoint_at'
    >,
  ): void {
    const { task, attempt, worker_id, instance, started_at, is_copy, is_resumed } = row;
    this.#do('insertAttempt', task, attempt, worker_id, instance, started_at, is_copy, is_resumed);
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
  succeedAttempt(task: number, attempt: number, { endedAt, begunAt }: AttemptTimes): boolean {
    return this.#do('succeedAttempt', endedAt, begunAt, task, attempt).changes === 1;
  }
  endAttempt(
    task: number,
    attempt: number,
    status: AttemptStatus,
    { endedAt, begunAt }: AttemptTimes,
    error: string | null,
  ): void {
    this.#do('endAttempt', status, endedAt, begunAt, error, task, attempt);
  }
  /** Attempts of tasks before a position, newest task first. */
  attemptsBefore(task: number, attempt: number, limit: number): PastAttemptRow[] {
    return this.#all('attemptsBefore', task, attempt, limit);
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

  /** The newest state. */
  checkpoint(task: number): CheckpointState | undefined {
    const row = this.#one<{ state: string; blob: string | null }>('checkpoint', task);
    return row && (row.blob === null ? row.state : (JSON.parse(row.blob) as BlobReference));
  }
  saveCheckpoint(task: number, attempt: number, createdAt: number, state: CheckpointState): void {
    const [inline, blob] = typeof state === 'string' ? [state, null] : ['', JSON.stringify(state)];
    this.#do('saveCheckpoint', task, attempt, createdAt, inline, blob);
    this.#do('countCheckpoint', createdAt, task, attempt);
  }
  /** What checkpoints lie in files. */
  checkpointBlobs(): BlobReference[] {
    return this.#all<{ blob: string }>('checkpointBlobs').map(({ blob }) => JSON.parse(blob) as BlobReference);
  }
  deleteCheckpointsOfRun(run: number): void {
    this.#do('deleteCheckpointsOfRun', run);
  }
  deleteCheckpoint(task: number): void {
    this.#do('deleteCheckpoint', task);
  }

  /** Adds a line; one that is here already, or whose attempt is not, is passed over. */
  addLogLine({ task, attempt, line, at, level, message }: LogLineRow): void {
    this.#do('addLogLine', line, at, level, message, task, attempt);
  }
  /** Removes all lines of a task but the newest. */
  shortenLog(task: number, kept: number): void {
    this.#do('shortenLog', task, kept);
  }
  /** In the order in which they were said. */
  logOfTask(task: number): LogLineRow[] {
    return this.#all('logOfTask', task);
  }

  idempotency(key: string): IdempotencyRow | undefined {
    return this.#one('idempotency', key);
  }
  saveIdempotency(row: IdempotencyRow): void {
    this.#do('saveIdempotency', row.key, row.digest, row.run_id, row.created_at);
  }

  /** Gives its seq. */
  addEvent(at: number, kind: string, body: string): number {
    return this.#do('addEvent', at, kind, body).rowid;
  }
  /** The seqs of the oldest and the newest row; 1 and 0 without any. */
  eventBounds(): { oldest: number; newest: number } {
    return this.#one('eventBounds')!;
  }
  eventsAfter(seq: number, limit: number): EventRow[] {
    return this.#all('eventsAfter', seq, limit);
  }
  deleteEventsTo(seq: number): void {
    this.#do('deleteEventsTo', seq);
  }
  /** The names of those tasks that are here still. */
  namesOf(keys: readonly number[]): TaskName[] {
    return this.#all('namesOf', JSON.stringify(keys));
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
