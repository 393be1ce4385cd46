/**
 * The schema's history: entry k takes a ledger from version k to k + 1. Entries are never edited once released,
 * only added. Times are milliseconds since 1970; JSON stands in TEXT.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE runs (
    key        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    -- Counted at every transition: counting a million rows on demand takes a fifth of a second.
    queued     INTEGER NOT NULL DEFAULT 0,
    running    INTEGER NOT NULL DEFAULT 0,
    succeeded  INTEGER NOT NULL DEFAULT 0,
    failed     INTEGER NOT NULL DEFAULT 0,
    cancelled  INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX runs_active ON runs (key) WHERE status = 'active';

  CREATE TABLE tasks (
    key         INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL REFERENCES runs (key),
    id          TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    function    TEXT    NOT NULL,
    parameters  TEXT    NOT NULL,
    description TEXT,
    priority    INTEGER NOT NULL,
    cost        REAL    NOT NULL,
    memory      REAL    NOT NULL,
    retries     INTEGER NOT NULL,
    retry_on    TEXT    NOT NULL,
    timeout_ms  INTEGER,
    status      TEXT    NOT NULL DEFAULT 'queued',
    attempts    INTEGER NOT NULL DEFAULT 0,
    failures    INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0,
    worker_id   TEXT,
    started_at  INTEGER,
    ended_at    INTEGER,
    result      TEXT,
    measured    TEXT,
    error       TEXT,
    -- 0 while a result file is due, 1 once it is written: a crash between the two is made good at the next start.
    exported    INTEGER,
    UNIQUE (run, id)
  ) STRICT;
  CREATE INDEX tasks_queued ON tasks (run, priority, cost DESC, key) WHERE status = 'queued';
  CREATE INDEX tasks_waiting ON tasks (not_before) WHERE status = 'queued' AND not_before > 0;
  CREATE INDEX tasks_running ON tasks (run) WHERE status = 'running';
  CREATE INDEX tasks_unexported ON tasks (key) WHERE exported = 0;

  CREATE TABLE attempts (
    task       INTEGER NOT NULL REFERENCES tasks (key),
    attempt    INTEGER NOT NULL,
    worker_id  TEXT    NOT NULL,
    instance   TEXT    NOT NULL,
    status     TEXT    NOT NULL DEFAULT 'running',
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    error      TEXT,
    PRIMARY KEY (task, attempt)
  ) STRICT, WITHOUT ROWID;

  -- Workers that registered themselves: asked first after a restart, so that their attempts are found again.
  CREATE TABLE workers (
    id       TEXT PRIMARY KEY,
    host     TEXT NOT NULL,
    port     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What was learned of speeds: milliseconds per unit of cost.
  CREATE TABLE estimates (
    function    TEXT NOT NULL,
    worker_id   TEXT NOT NULL,
    ms_per_unit REAL NOT NULL,
    samples     INTEGER NOT NULL,
    PRIMARY KEY (function, worker_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Submissions that carried an Idempotency-Key, kept as long as their runs, so that a repeated one makes no second run.
  CREATE TABLE idempotency (
    key        TEXT PRIMARY KEY,
    digest     TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_run ON idempotency (run_id);

  -- The newest state of a running task: its next attempt goes on from there.
  CREATE TABLE checkpoints (
    task       INTEGER PRIMARY KEY REFERENCES tasks (key),
    attempt    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state      TEXT    NOT NULL
  ) STRICT;

  -- A result that differs from the recorded one is never thrown away: somebody will want to know why.
  ALTER TABLE attempts ADD COLUMN divergence TEXT;
  CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;
  `,
  `
  -- 1 where a worker answers by https://.
  ALTER TABLE workers ADD COLUMN tls INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- What stands for a state that lies in a file, as JSON; the state itself is empty then. The file is there before the row.
  ALTER TABLE checkpoints ADD COLUMN blob TEXT;
  CREATE INDEX checkpoints_blobs ON checkpoints (blob) WHERE blob IS NOT NULL;
  `,
  `
  -- What happened, for those who watch: the newest rows only. The body is JSON, as journal.ts has it.
  CREATE TABLE events (
    seq  INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    kind TEXT    NOT NULL,
    body TEXT    NOT NULL
  ) STRICT;
  ALTER TABLE attempts ADD COLUMN is_copy INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE attempts ADD COLUMN is_resumed INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- What functions said, the newest lines of each task.
  CREATE TABLE log_lines (
    task    INTEGER NOT NULL REFERENCES tasks (key),
    attempt INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    level   TEXT    NOT NULL,
    message TEXT    NOT NULL,
    PRIMARY KEY (task, attempt, line)
  ) STRICT, WITHOUT ROWID;
  -- How often the state of an attempt was kept, and when last: the checkpoint itself goes when the task ends.
  ALTER TABLE attempts ADD COLUMN checkpoints INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE attempts ADD COLUMN checkpoint_at INTEGER;
  `,
  `
  -- When its worker began with it, noted at its end: as ended_at where it never did, null where nobody knows.
  ALTER TABLE attempts ADD COLUMN begun_at INTEGER;
  `,
  `
  -- Tasks by function and status, counted at every transition as the runs' are: there may be a million of either.
  CREATE TABLE task_counts (
    function  TEXT PRIMARY KEY,
    queued    INTEGER NOT NULL,
    running   INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    cancelled INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO task_counts
    SELECT function, SUM(status = 'queued'), SUM(status = 'running'), SUM(status = 'succeeded'), SUM(status = 'failed'),
           SUM(status = 'cancelled') FROM tasks GROUP BY function;
  `,
  `
  -- A run's tasks in the order of submission, page by page; and those that somebody looks for among a million others.
  CREATE INDEX tasks_run ON tasks (run);
  CREATE INDEX tasks_failed ON tasks (status) WHERE status = 'failed';
  CREATE INDEX tasks_cancelled ON tasks (status) WHERE status = 'cancelled';
  `,
];
