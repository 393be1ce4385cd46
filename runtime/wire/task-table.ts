/** A task as a row of a table: its single values by the names of their columns. */
import { failedChecks } from './check.ts';
import type { Task } from './task.ts';

export type TableValue = string | number;

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

/** The columns of some rows in the order of their first appearance; parameters of later tasks stand with the other parameters. */
export function columnsOf(found: Iterable<string>): string[] {
  // Sorting is stable, so the order within a group stays.
  return [...new Set([...FIXED_COLUMNS, ...found])].sort((a, b) => groupOf(a) - groupOf(b));
}

const GROUPS = ['parameters', 'result', 'measured'];

function groupOf(column: string): number {
  return GROUPS.indexOf(column.split('.', 1)[0]!);
}

/** `parameters.…`, `result.…` and `measured.…` as columns, the names of failed checks as `suspect`; longer lists are left out. */
export function rowOf(task: Task): Record<string, TableValue> {
  const row: Record<string, TableValue> = {
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

function flatten(name: string, value: unknown, row: Record<string, TableValue>): void {
  if (typeof value === 'string' || typeof value === 'number') row[name] = value;
  if (typeof value === 'boolean') row[name] = String(value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.length > LONGEST_LIST) return;
  for (const [key, part] of Object.entries(value)) flatten(`${name}.${key}`, part, row);
}
