import { stringify } from 'csv-stringify/sync';
import { columnsOf, rowOf } from '../client/task-table.ts';
import type { Task } from '../wire/task.ts';
import { withoutControls } from './format.ts';
import type { OutputStream } from './terminal.ts';

/** Gives the same tasks at each call: once for the columns, once for the rows. */
type TaskSource = () => AsyncIterable<Task> | Iterable<Task>;

/**
 * Writes tasks as CSV, a row each: `parameters.…`, `result.…` and `measured.…` as columns, in the order of their first
 * appearance, and the names of failed checks as `suspect`. The tasks are read twice, so that a run of any size needs the memory of one row.
 */
export async function writeTasksCsv(source: TaskSource, stream: OutputStream): Promise<void> {
  const found = new Set<string>();
  for await (const task of source()) for (const name of Object.keys(rowOf(task))) found.add(name);
  const names = columnsOf(found);
  // A file gets what is there; a terminal would obey it.
  const write = (rows: string): unknown => stream.write(stream.isTTY ? withoutControls(rows) : rows);
  write(stringify([names]));
  for await (const task of source()) write(stringify([rowOf(task)], { columns: names }));
}
