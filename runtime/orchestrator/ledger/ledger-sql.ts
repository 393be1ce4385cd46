/** All SQL of the ledger, beside the schema in `migrations.ts`. No decision is taken here. */

const TASK = 'SELECT tasks.*, runs.id AS run_id FROM tasks JOIN runs ON runs.key = tasks.run';

const QUEUED = 'key, run, id, type, function, parameters, priority, cost, memory, timeout_ms, attempts, worker_id';

/** The keys of tasks within some keys; what they are chosen and ordered by is put together in `search-sql.ts`. */
export function scanSql(where: string, value: string | null): string {
  return `SELECT tasks.key, tasks.status${value === null ? '' : `, ${value} AS value`} FROM tasks
          WHERE tasks.key > ? AND tasks.key <= ? AND ${where} ORDER BY tasks.key LIMIT ?`;
}

/** Every statement of the ledger, by name. */
export const SQL = {
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
  activeRuns: `SELECT * FROM runs WHERE status = 'active' ORDER BY key DESC LIMIT ?`,
  runsOfStatus: 'SELECT * FROM runs WHERE status = ? ORDER BY key',
  runsEndedBefore: 'SELECT * FROM runs WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
  oldestEndedRuns: 'SELECT * FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ?',
  deleteRun: 'DELETE FROM runs WHERE key = ?',
  deleteTasks: 'DELETE FROM tasks WHERE key IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  deleteAttempts: 'DELETE FROM attempts WHERE task IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  deleteCheckpoints: 'DELETE FROM checkpoints WHERE task IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  deleteLogs: 'DELETE FROM log_lines WHERE task IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)',
  taskCounts: 'SELECT * FROM task_counts ORDER BY function',
  addToFunction: `INSERT INTO task_counts (function, queued, running, succeeded, failed, cancelled) VALUES (?, ?, ?, ?, ?, ?)
                  ON CONFLICT (function) DO UPDATE SET queued = queued + excluded.queued, running = running + excluded.running,
                  succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled`,
  // The same ones as deleteTasks takes.
  countOfRun: `SELECT function, status, COUNT(*) AS count FROM tasks WHERE key IN (SELECT key FROM tasks WHERE run = ? LIMIT ?)
               GROUP BY function, status`,
  countOfStatus: 'SELECT function, COUNT(*) AS count FROM tasks WHERE run = ? AND status = ? GROUP BY function',

  task: `${TASK} WHERE tasks.key = ?`,
  taskOfRun: `${TASK} WHERE tasks.run = ? AND tasks.id = ?`,
  tasksOfRun: `${TASK} WHERE tasks.run = ? AND tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  tasksOfAll: `${TASK} WHERE tasks.key > ? AND (? IS NULL OR tasks.status = ?) ORDER BY tasks.key LIMIT ?`,
  lastTaskKey: 'SELECT COALESCE(MAX(key), 0) AS key FROM tasks',
  queuedOfRun: `SELECT ${QUEUED} FROM tasks WHERE run = ? AND status = 'queued' AND not_before <= ?
                ORDER BY priority, cost DESC, key LIMIT ?`,
  surveyOfRun: `SELECT key, id, function, status, worker_id, attempts, started_at, ended_at, parameters, result, measured, error,
                EXISTS (SELECT 1 FROM attempts WHERE task = tasks.key AND divergence IS NOT NULL) AS is_divergent
                FROM tasks WHERE run = ? AND key > ? ORDER BY key LIMIT ?`,
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
                RETURNING run, function, attempts, EXISTS (SELECT 1 FROM checkpoints WHERE task = tasks.key) AS has_checkpoint`,
  countFailure: 'UPDATE tasks SET failures = MIN(failures, retries) + 1 WHERE key = ?',
  failTask: `UPDATE tasks SET status = 'failed', failures = MIN(failures, retries) + 1, ended_at = ?, error = ? WHERE key = ?`,
  requeueTask: `UPDATE tasks SET status = 'queued', failures = failures + ?, not_before = ?, error = ? WHERE key = ?`,
  unexported: `${TASK} WHERE tasks.exported = 0 ORDER BY tasks.key LIMIT ?`,
  markExported: 'UPDATE tasks SET exported = 1 WHERE key = ?',

  insertAttempt: `INSERT INTO attempts (task, attempt, worker_id, instance, started_at, is_copy, is_resumed)
                  VALUES (?, ?, ?, ?, ?, ?, ?)`,
  insertFirstAttempts: `INSERT INTO attempts (task, attempt, worker_id, instance, started_at)
                        SELECT value, 1, ?, ?, ? FROM json_each(?)`,
  attempt: 'SELECT * FROM attempts WHERE task = ? AND attempt = ?',
  attemptsOfTask: 'SELECT * FROM attempts WHERE task = ? ORDER BY attempt',
  setDivergence: 'UPDATE attempts SET divergence = ? WHERE task = ? AND attempt = ?',
  succeedAttempt: `UPDATE attempts SET status = 'succeeded', ended_at = ?, begun_at = ? WHERE task = ? AND attempt = ? AND status = 'running'`,
  endAttempt:
    'UPDATE attempts SET status = ?, ended_at = ?, begun_at = COALESCE(begun_at, ?), error = ? WHERE task = ? AND attempt = ?',
  attemptsBefore: `SELECT attempts.task, attempts.attempt, attempts.worker_id, attempts.status, attempts.started_at, attempts.begun_at,
                   attempts.ended_at, json_extract(attempts.error, '$.code') AS error, attempts.is_copy, attempts.is_resumed,
                   attempts.checkpoint_at,
                   tasks.id, tasks.type, runs.id AS run_id
                   FROM attempts JOIN tasks ON tasks.key = attempts.task JOIN runs ON runs.key = tasks.run
                   WHERE (attempts.task, attempts.attempt) < (?, ?)
                   ORDER BY attempts.task DESC, attempts.attempt DESC LIMIT ?`,
  liveAttempts: `SELECT attempts.* FROM tasks JOIN attempts ON attempts.task = tasks.key
                 WHERE tasks.status = 'running' AND attempts.status = 'running' ORDER BY attempts.task`,
  liveAttemptsOfTask: `SELECT * FROM attempts WHERE task = ? AND status = 'running'`,

  checkpoint: 'SELECT state, blob FROM checkpoints WHERE task = ?',
  saveCheckpoint: 'INSERT OR REPLACE INTO checkpoints (task, attempt, created_at, state, blob) VALUES (?, ?, ?, ?, ?)',
  checkpointBlobs: 'SELECT DISTINCT blob FROM checkpoints WHERE blob IS NOT NULL',
  deleteCheckpointsOfRun: 'DELETE FROM checkpoints WHERE (SELECT run FROM tasks WHERE key = checkpoints.task) = ?',
  deleteCheckpoint: 'DELETE FROM checkpoints WHERE task = ?',

  countCheckpoint:
    'UPDATE attempts SET checkpoints = checkpoints + 1, checkpoint_at = ? WHERE task = ? AND attempt = ?',

  // One that was told before is passed over, and so is one of an attempt that is not here.
  addLogLine: `INSERT OR IGNORE INTO log_lines (task, attempt, line, at, level, message) SELECT task, attempt, ?, ?, ?, ?
               FROM attempts WHERE task = ? AND attempt = ?`,
  logOfTask: 'SELECT * FROM log_lines WHERE task = ? ORDER BY attempt, line',
  shortenLog: `DELETE FROM log_lines WHERE task = ?1 AND (attempt, line) <=
               (SELECT attempt, line FROM log_lines WHERE task = ?1 ORDER BY attempt DESC, line DESC LIMIT 1 OFFSET ?2)`,

  idempotency: 'SELECT * FROM idempotency WHERE key = ?',
  saveIdempotency: 'INSERT INTO idempotency (key, digest, run_id, created_at) VALUES (?, ?, ?, ?)',
  deleteIdempotencyOfRun: 'DELETE FROM idempotency WHERE run_id = (SELECT id FROM runs WHERE key = ?)',

  pageCount: 'PRAGMA page_count',
  freePages: 'PRAGMA freelist_count',
  pageSize: 'PRAGMA page_size',

  addEvent: 'INSERT INTO events (at, kind, body) VALUES (?, ?, ?)',
  // Both in one SELECT would look at every row.
  eventBounds: `SELECT COALESCE((SELECT MIN(seq) FROM events), 1) AS oldest, COALESCE((SELECT MAX(seq) FROM events), 0) AS newest`,
  eventsAfter: 'SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?',
  deleteEventsTo: 'DELETE FROM events WHERE seq <= ?',
  namesOf: `SELECT tasks.key, tasks.id, runs.id AS run_id FROM tasks JOIN runs ON runs.key = tasks.run
            WHERE tasks.key IN (SELECT value FROM json_each(?))`,

  workers: 'SELECT * FROM workers ORDER BY id',
  saveWorker: 'INSERT OR REPLACE INTO workers (id, host, port, tls) VALUES (?, ?, ?, ?)',
  deleteWorker: 'DELETE FROM workers WHERE id = ?',
  estimates: 'SELECT * FROM estimates',
  saveEstimate: 'INSERT OR REPLACE INTO estimates (function, worker_id, ms_per_unit, samples) VALUES (?, ?, ?, ?)',
} as const;
