/** Rows of the store as the rest of the system and its users see them. */
import type { ProblemDocument } from '../../wire/problem.ts';
import type { Attempt, Run, Task, TaskDetail } from '../../wire/task.ts';
import type { AttemptRow, QueuedRow, RunRow, TaskRow } from './ledger-rows.ts';
import type { QueuedTask } from './ledger-types.ts';

export function toQueuedTask(row: QueuedRow, runId: string): QueuedTask {
  return {
    key: row.key,
    run: row.run,
    runId,
    id: row.id,
    type: row.type,
    function: row.function,
    parameters: row.parameters,
    priority: row.priority,
    cost: row.cost,
    memoryBytes: row.memory,
    timeoutMs: row.timeout_ms,
    attempts: row.attempts,
    lastWorkerId: row.worker_id,
  };
}

export function toTask(row: TaskRow): Task {
  const hasEnded = row.ended_at !== null && row.started_at !== null;
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

/** What a task's user asked for beside its parameters. */
export function toWishes(row: TaskRow): Pick<TaskDetail, 'retries' | 'retry_on' | 'timeout_ms'> {
  return { retries: row.retries, retry_on: JSON.parse(row.retry_on), timeout_ms: row.timeout_ms };
}

/** Texts of results up to so long are given whole: most are. */
const BRIEF_LENGTH = 2_048;
/** A position or a small vector is no longer. */
const BRIEF_LIST = 4;

/** A task without what is long in its result and in what was measured: rows of numbers, traces. */
export function toBriefTask(row: TaskRow): Task {
  const task = toTask(row);
  const isShort = (row.result?.length ?? 0) <= BRIEF_LENGTH;
  return isShort ? task : { ...task, result: shortFields(task.result) };
}

function shortFields(result: Task['result']): Task['result'] {
  const isShort = ([name, value]: [string, unknown]): boolean =>
    name === 'checks' || !Array.isArray(value) || value.length <= BRIEF_LIST;
  return result && Object.fromEntries(Object.entries(result).filter(isShort));
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    attempt: row.attempt,
    worker_id: row.worker_id,
    status: row.status,
    started_at: row.started_at,
    ended_at: row.ended_at,
    error: fromJson<ProblemDocument>(row.error),
    ...(row.divergence !== null && { divergence: JSON.parse(row.divergence) as Record<string, unknown> }),
    ...(row.is_copy && { is_copy: true as const }),
    ...(row.is_resumed && { is_resumed: true as const }),
    ...(row.checkpoint_at !== null && { checkpoints: row.checkpoints, checkpoint_at: row.checkpoint_at }),
  };
}

export function toRun(row: RunRow): Run {
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

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
