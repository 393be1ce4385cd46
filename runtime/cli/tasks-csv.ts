import { stringify } from 'csv-stringify/sync';
import { failedChecks } from '../wire/check.ts';
import type { Task } from '../wire/task.ts';
import { withoutControls } from './format.ts';
import type { OutputStream } from './terminal.ts';

/** Gives the same tasks at each call: once for the columns, once for the rows. */
type TaskSource = () => AsyncIterable<Task> | Iterable<Task>;
type Scalar = string | number;

const FIXED_COLUMNS = [
  'run_id',
  'task',
  'type',
  'priority',
  'status',
  'worker',
  'attempts',
  'duration',
  'suspect',
  'error',
];
/** A position or a small vector becomes columns; a longer list is data of its own and left out. */
const LONGEST_LIST = 4;

/**
 * Writes tasks as CSV, a row each: `parameters.…`, `result.…` and `measured.…` as columns, in the order of their first
 * appearance, and the names of failed checks as `suspect`. The tasks are read twice, so that a run of any size needs the memory of one row.
 */
export async function writeTasksCsv(source: TaskSource, stream: OutputStream): Promise<void> {
  const columns = new Set<string>(FIXED_COLUMNS);
  for await (const task of source()) for (const name of Object.keys(rowOf(task))) columns.add(name);
  const names = [...columns].sort((a, b) => groupOf(a) - groupOf(b));
  // A file gets what is there; a terminal would obey it.
  const write = (rows: string): unknown => stream.write(stream.isTTY ? withoutControls(rows) : rows);
  write(stringify([names]));
  for await (const task of source()) write(stringify([rowOf(task)], { columns: names }));
}

const GROUPS = ['parameters', 'result', 'measured'];

/** Parameters of later tasks stand with the other parameters. Sorting is stable, so the order within a group stays. */
function groupOf(column: string): number {
  return GROUPS.indexOf(column.split('.', 1)[0]!);
}

function rowOf(task: Task): Record<string, Scalar> {
  const row: Record<string, Scalar> = {
    run_id: task.run_id,
    task: task.id,
    type: task.type,
    priority: task.priority,
    status: task.status,
    worker: task.worker_id ?? '',
    attempts: task.attempts,
    duration: task.duration ?? '',
    suspect: failedChecks(task.result)
      .map(({ name }) => name)
      .join(' '),
    error: task.error?.detail ?? '',
  };
  const { checks: _, ...result } = task.result ?? {};
  flatten('parameters', task.parameters, row);
  flatten('result', result, row);
  flatten('measured', task.measured, row);
  return row;
}

function flatten(name: string, value: unknown, row: Record<string, Scalar>): void {
  if (typeof value === 'string' || typeof value === 'number') row[name] = value;
  if (typeof value === 'boolean') row[name] = String(value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.length > LONGEST_LIST) return;
  for (const [key, part] of Object.entries(value)) flatten(`${name}.${key}`, part, row);
}
