/** What tasks that are not submitted yet would take on the workers that are here. */
import type { TaskEstimate, Validation } from '../../wire/validation.ts';
import { expectedMs, isLearned, type Speed } from '../dispatch/estimates.ts';
import { canRun, type SchedulingView, type WorkerView } from '../dispatch/scheduler.ts';
import type { NewTaskRow } from '../ledger/ledger-rows.ts';

/** Tasks that are listed one by one. */
const LISTED = 100;

/** Estimates checked tasks, each and all together. */
export function estimateTasks(
  rows: readonly NewTaskRow[],
  view: Pick<SchedulingView, 'workers' | 'speedOf'>,
): Validation {
  const speeds = new Map<string, Speed[]>();
  const speedsOf = (name: string): Speed[] => {
    let known = speeds.get(name);
    if (!known) {
      const serving = view.workers.filter(({ functions }) => name in functions);
      // Without a worker that serves it: what one is expected to be like.
      known = (serving.length > 0 ? serving.map(({ id }) => id) : ['']).map((id) => view.speedOf(name, id));
      speeds.set(name, known);
    }
    return known;
  };
  const tasks = rows.map((row) => estimateOne(row, speedsOf(row.function)));
  const seconds = tasks.reduce((sum, task) => sum + task.seconds, 0);
  const longest = tasks.reduce((most, task) => Math.max(most, task.seconds), 0);
  const slots = view.workers
    .filter((worker) => rows.some((row) => mayTake(worker, row)))
    .reduce((sum, worker) => sum + worker.slots, 0);
  return {
    tasks_total: tasks.length,
    seconds,
    end_seconds: slots === 0 ? null : Math.max(longest, seconds / slots),
    memory_bytes: rows.reduce((most, { memory }) => Math.max(most, memory), 0),
    slots,
    is_learned: tasks.every((task) => task.is_learned),
    late: tasks.filter((task) => task.is_late).length,
    tasks: tasks.slice(0, LISTED),
  };
}

function estimateOne(row: NewTaskRow, speeds: readonly Speed[]): TaskEstimate {
  const ms = speeds.reduce((sum, speed) => sum + expectedMs(speed, row.cost), 0) / speeds.length;
  return {
    ...{ id: row.id, function: row.function, cost: row.cost, memory_bytes: row.memory, seconds: ms / 1000 },
    is_learned: speeds.every(isLearned),
    is_late: row.timeout_ms !== null && ms > row.timeout_ms,
  };
}

function mayTake(worker: WorkerView, { function: name, memory }: NewTaskRow): boolean {
  return canRun(worker, { function: name, memoryBytes: memory });
}
