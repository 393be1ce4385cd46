import { failedChecks } from '../wire/check.ts';
import type { Task } from '../wire/task.ts';
import { counted, formatRate, formatSeconds, printable, shorten, styled } from './format.ts';
import { type Column, renderTable } from './table.ts';
import type { OutputStream } from './terminal.ts';

/** A screen can show so many; the rest is counted. */
const MOST_ROWS = 200;
const MOST_FAILURES = 20;
const DIGEST_DIGITS = 12;
const LONGEST_ID = 40;

/** The ended tasks of a run: what was computed, where, how fast; and below, why the others failed. */
export function renderResults(tasks: readonly Task[], stream: OutputStream): string {
  const table = renderTable(resultColumns(tasks, stream), tasks.slice(0, MOST_ROWS), stream);
  const parts = [table];
  if (tasks.length > MOST_ROWS) parts.push(`… and ${tasks.length - MOST_ROWS} more: --json prints all`);
  const failures = tasks.filter((task) => task.status === 'failed' || task.status === 'cancelled');
  if (failures.length > 0) parts.push('', ...failures.slice(0, MOST_FAILURES).map((task) => failureLine(task, stream)));
  if (failures.length > MOST_FAILURES) parts.push(`… and ${failures.length - MOST_FAILURES} more that did not succeed`);
  const suspects = tasks.filter(isSuspect);
  if (suspects.length > 0) parts.push('', ...suspects.slice(0, MOST_FAILURES).map((task) => suspectLine(task, stream)));
  if (suspects.length > MOST_FAILURES) parts.push(`… and ${suspects.length - MOST_FAILURES} more suspect results`);
  return parts.join('\n');
}

/** `3 succeeded, 1 failed`: what became of the tasks. */
export function summarize(tasks: readonly Task[]): string {
  const counts = new Map<string, number>();
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  const suspects = tasks.filter(isSuspect).length;
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return `${counted(tasks.length, 'task')}: ${parts.join(', ')}${suspects > 0 ? ` (${suspects} suspect)` : ''}`;
}

/** Succeeded, but a check of its own says that the result should not be trusted. */
function isSuspect(task: Task): boolean {
  return failedChecks(task.result).length > 0;
}

function resultColumns(tasks: readonly Task[], stream: OutputStream): Column<Task>[] {
  const collisions: Column<Task> = {
    head: 'collisions',
    align: 'right',
    cell: ({ result }) => scalar(result?.particle_collisions),
  };
  return [
    { head: 'task', cell: (task) => statusStyled(task, shorten(task.id, LONGEST_ID), stream) },
    { head: 'type', cell: (task) => printable(task.type) },
    { head: 'worker', cell: (task) => printable(task.worker_id ?? '') },
    { head: 'attempts', align: 'right', cell: (task) => String(task.attempts) },
    ...(tasks.some(({ result }) => result?.particle_collisions !== undefined) ? [collisions] : []),
    { head: 'speed', align: 'right', cell: (task) => formatRate(task.measured?.steps_per_second, 'steps/s') },
    { head: 'time', align: 'right', cell: (task) => formatSeconds(task.duration) },
    { head: 'digest', cell: (task) => digestOf(task, stream) },
  ];
}

function digestOf(task: Task, stream: OutputStream): string {
  if (task.status !== 'succeeded') return statusStyled(task, task.status, stream);
  const digest = scalar(task.result?.digest).slice(0, DIGEST_DIGITS);
  return isSuspect(task) ? styled(stream, 'yellow', `${digest} suspect`) : digest;
}

function scalar(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? printable(String(value)) : '';
}

function failureLine(task: Task, stream: OutputStream): string {
  const reason = task.error ? printable(task.error.detail) : 'no reason was given';
  return `${styled(stream, 'red', task.status)} ${printable(task.id)}: ${reason}`;
}

function suspectLine(task: Task, stream: OutputStream): string {
  const reasons = failedChecks(task.result).map(({ name, value, bound }) => {
    return `${printable(name)} is ${value.toPrecision(3)}, at most ${bound.toPrecision(3)} was expected`;
  });
  return `${styled(stream, 'yellow', 'suspect')} ${printable(task.id)}: ${reasons.join('; ')}`;
}

const STATUS_STYLES = {
  queued: 'dim',
  running: 'cyan',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'yellow',
} as const;

/** Text in the colour of the task's status. */
export function statusStyled(task: Pick<Task, 'status'>, text: string, stream: OutputStream): string {
  return styled(stream, STATUS_STYLES[task.status], printable(text));
}
