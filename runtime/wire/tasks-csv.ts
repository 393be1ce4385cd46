import { stringify } from 'csv-stringify/sync';
import type { Task } from './task.ts';
import { columnsOf, rowOf, type TableValue } from './task-table.ts';

/** Gives the same tasks at each call: once for the columns, once for the rows. */
export type TaskSource = () => AsyncIterable<Task> | Iterable<Task>;

/** Rows in one piece of text. */
const ROWS_TOGETHER = 200;

/**
 * Tasks as CSV, piece by piece, a row each: `parameters.…`, `result.…` and `measured.…` as columns, in the order of their
 * first appearance, and the names of failed checks as `suspect`. The tasks are read twice, so that any number of them needs
 * the memory of some rows.
 */
export async function* tasksAsCsv(source: TaskSource): AsyncGenerator<string> {
  const found = new Set<string>();
  for await (const task of source()) for (const name of Object.keys(rowOf(task))) found.add(name);
  const names = columnsOf(found);
  yield stringify([names]);
  let rows: Record<string, TableValue>[] = [];
  for await (const task of source()) {
    rows.push(rowOf(task));
    if (rows.length < ROWS_TOGETHER) continue;
    yield stringify(rows, { columns: names });
    rows = [];
  }
  if (rows.length > 0) yield stringify(rows, { columns: names });
}
