/** The rows of the ledger's tables, as the statements give and take them. Times are milliseconds since 1970. */
import type { AttemptStatus, RunStatus, TaskStatus } from '../../wire/task.ts';
import type { LogLineLevel } from '../../wire/task-log.ts';

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
  /** When its worker began with it, noted at its end: as `ended_at` where it never did; null where nobody knows. */
  begun_at: number | null;
  ended_at: number | null;
  error: string | null;
  /** A superseded result that differs from the recorded one, as JSON; null without such. */
  divergence: string | null;
  /** 1 where it started beside one that took too long. */
  is_copy: 0 | 1;
  /** 1 where it went on from a checkpoint. */
  is_resumed: 0 | 1;
  /** How often its state was kept, and when last. */
  checkpoints: number;
  checkpoint_at: number | null;
}

/** A line of a function's log. */
export interface LogLineRow {
  task: number;
  attempt: number;
  /** From 1 within the attempt. */
  line: number;
  at: number;
  level: LogLineLevel;
  message: string;
}

/** An attempt with its task's names; `error` is the code only. */
export type PastAttemptRow = Omit<AttemptRow, 'instance' | 'divergence' | 'checkpoints'> &
  Pick<TaskRow, 'id' | 'type' | 'run_id'>;

/** When an attempt ended, and when its worker began with it. */
export interface AttemptTimes {
  readonly endedAt: number;
  readonly begunAt: number | null;
}

/** A row of the journal. */
export interface EventRow {
  seq: number;
  at: number;
  kind: string;
  body: string;
}

/** How users name the task of a key. */
export type TaskName = Pick<TaskRow, 'key' | 'id' | 'run_id'>;

/** A task that a search found. */
export type ScanRow = Pick<TaskRow, 'key' | 'status'> & { value: number | string | null };

export interface IdempotencyRow {
  key: string;
  digest: string;
  run_id: string;
  created_at: number;
}

/** What those need of a task who sum up runs. */
export type SurveyRow = Pick<
  TaskRow,
  | 'key'
  | 'id'
  | 'function'
  | 'status'
  | 'worker_id'
  | 'attempts'
  | 'started_at'
  | 'ended_at'
  | 'parameters'
  | 'result'
  | 'measured'
  | 'error'
> & { is_divergent: 0 | 1 };

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

/** What a result with a failed check has in its JSON, and no other: inside of a text the quotes would be escaped. */
export const FAILED_CHECK = '"ok":false';

/** How counters change, by status. */
export type CounterChange = Record<TaskStatus, number>;

/** The tasks of a function, by status. */
export type FunctionCounts = CounterChange & { function: string };
