import { type TaskSource, tasksAsCsv } from '../wire/tasks-csv.ts';
import { withoutControls } from './format.ts';
import type { OutputStream } from './terminal.ts';

/** Writes tasks as CSV. A file gets what is there; a terminal would obey it. */
export async function writeTasksCsv(source: TaskSource, stream: OutputStream): Promise<void> {
  for await (const rows of tasksAsCsv(source)) stream.write(stream.isTTY ? withoutControls(rows) : rows);
}
