/** A task's log: what its function said, between the things that happened to it. */
import type { Attempt } from '../../wire/task.ts';
import type { LogEntry, TaskLog } from '../../wire/task-log.ts';
import type { LogLineRow, RunRow, TaskRow } from './ledger-rows.ts';

/** @param lines in the order in which they were said */
export function toLog(
  run: Pick<RunRow, 'created_at'>,
  task: Pick<TaskRow, 'run_id' | 'id' | 'status' | 'ended_at'>,
  attempts: readonly Attempt[],
  lines: readonly LogLineRow[],
): TaskLog {
  const byAttempt = Map.groupBy(lines, ({ attempt }) => attempt);
  const entries: LogEntry[] = [
    { kind: 'submitted', at: run.created_at },
    ...attempts.flatMap((attempt) => entriesOf(attempt, byAttempt.get(attempt.attempt) ?? [])),
    ...cancelledInTheQueue(task, attempts),
  ];
  return {
    ...{ run_id: task.run_id, id: task.id, is_complete: task.status !== 'queued' && task.status !== 'running' },
    // Stable: what has the same time stays in its order.
    entries: entries.toSorted((a, b) => a.at - b.at),
  };
}

function entriesOf(attempt: Attempt, lines: readonly LogLineRow[]): LogEntry[] {
  const { attempt: number, worker_id, status, started_at, ended_at, error, checkpoints, checkpoint_at } = attempt;
  const entries: LogEntry[] = [
    {
      ...{ kind: 'started', at: started_at, attempt: number, worker_id },
      ...(attempt.is_copy && { is_copy: true }),
      ...(attempt.is_resumed && { is_resumed: true }),
    },
  ];
  // A worker's clock may be wrong or be set: its lines lie within the attempt, one after the other.
  let earliest = started_at;
  for (const { line, at, level, message } of lines) {
    earliest = Math.min(Math.max(at, earliest), ended_at ?? Number.POSITIVE_INFINITY);
    entries.push({ kind: 'line', at: earliest, attempt: number, line, level, message });
  }
  if (checkpoint_at !== undefined)
    entries.push({ kind: 'checkpoint', at: checkpoint_at, attempt: number, count: checkpoints ?? 1 });
  if (ended_at !== null)
    entries.push({
      ...{ kind: 'ended', at: ended_at, attempt: number, worker_id, status },
      ...(error && { detail: error.detail }),
      ...(attempt.divergence && { is_divergent: true }),
    });
  return entries;
}

/** No attempt tells of that. */
function cancelledInTheQueue(
  { status, ended_at }: Pick<TaskRow, 'status' | 'ended_at'>,
  attempts: readonly Attempt[],
): LogEntry[] {
  const isInTheQueue = status === 'cancelled' && attempts.at(-1)?.status !== 'cancelled';
  return isInTheQueue && ended_at !== null ? [{ kind: 'cancelled', at: ended_at }] : [];
}
