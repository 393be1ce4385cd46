/** A task as others take it: as a submission, a command, a file. */
import type { TaskDetail } from '../../wire/task.ts';
import { fieldsOf } from './fields.ts';
import { ROW, type Series } from './series.ts';

/** Longer arguments no shell takes on Linux: what is longer goes by way of a file. */
const LONGEST_ARGUMENT = 100_000;
const DEFAULT_PRIORITY = 5;
const DEFAULT_RETRIES = 3;
const DEFAULT_RETRY_ON = 'worker_lost,unavailable,overload';

/** What submits the task again: as its user wrote it, without what is the default anyway. */
export function submissionOf(task: TaskDetail): { tasks: [Record<string, unknown>] } {
  const { id, type, description, parameters, priority, retries, timeout_ms, retry_on } = task;
  return {
    tasks: [
      {
        id,
        type,
        ...(description !== undefined && { description }),
        ...(Object.keys(parameters).length > 0 && { parameters }),
        ...(priority !== DEFAULT_PRIORITY && { priority }),
        ...(retries !== undefined && retries !== DEFAULT_RETRIES && { retries }),
        ...(timeout_ms != null && { timeout_ms }),
        ...(retry_on && retry_on.toSorted().join() !== DEFAULT_RETRY_ON.split(',').sort().join() && { retry_on }),
      },
    ],
  };
}

/** The command that submits the task again; `file` is named where it is too long for a command line. */
export function curlToSubmit(
  task: TaskDetail,
  origin: string,
): { command: string; file: { name: string; text: string } | null } {
  const text = safeJson(submissionOf(task));
  const isLong = text.length > LONGEST_ARGUMENT;
  const file = isLong ? { name: fileName(task.id, 'submission.json'), text } : null;
  const body = file ? `@${file.name}` : text;
  const url = quoted(`${origin}/execute_tasks?wait=60`);
  return { command: `curl ${url} -H 'content-type: application/json' --data-binary ${quoted(body)}`, file };
}

/** The command that fetches the task. */
export function curlToFetch({ run_id, id }: Pick<TaskDetail, 'run_id' | 'id'>, origin: string): string {
  return `curl ${quoted(`${origin}/tasks/${encodeURIComponent(run_id)}/${encodeURIComponent(id)}`)}`;
}

/** One word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON that a terminal shows as it is: control characters, and those of writing direction, are escaped. */
export function safeJson(value: unknown): string {
  const escaped = (character: string): string => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

/** A series as CSV, a row each. */
export function seriesCsv({ x, columns }: Series): string {
  const shown = x.name === ROW ? columns : [x, ...columns];
  const lines = x.values.map((_, row) => shown.map(({ values }) => cell(values[row])).join(','));
  return `${[shown.map(({ name }) => cell(name)).join(','), ...lines].join('\r\n')}\r\n`;
}

/** A task's single values as CSV: one row, a column each. */
export function taskCsv(task: TaskDetail): string {
  const { checks: _, ...result } = task.result ?? {};
  const { run_id, id, type, priority, status, worker_id, attempts, duration } = task;
  const all = fieldsOf({
    run_id,
    task: id,
    type,
    priority,
    status,
    worker: worker_id,
    attempts,
    duration,
    parameters: task.parameters,
    result,
    measured: task.measured ?? {},
  });
  const fields = all.filter(({ value }) => typeof value !== 'object' || value === null);
  return `${fields.map(({ name }) => cell(name)).join(',')}\r\n${fields.map(({ value }) => cell(value)).join(',')}\r\n`;
}

/** A value as a field of CSV. */
export function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file's name that tells the task. */
export function fileName(id: string, ending: string): string {
  return `${id
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100)}.${ending}`;
}
