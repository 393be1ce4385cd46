/** Tasks of a run as tables of a report. */
import { failedChecks } from '../../wire/check.ts';
import type { RunSummary } from '../../wire/run-summary.ts';
import type { Task } from '../../wire/task.ts';
import { formatSeconds, shorten } from '../format.ts';
import { html, type Markup } from './markup.ts';
import { quantity } from './numbers.ts';

const MOST_COLUMNS = 5;
const VALUE_CHARACTERS = 32;
const ERROR_CHARACTERS = 240;

/** Which parameters and numbers have a column: those that differ. */
export interface TaskColumns {
  readonly parameters: readonly string[];
  /** `result.…` and `measured.…`. */
  readonly fields: readonly string[];
}

export function columnsFor({ parameters, fields }: Pick<RunSummary, 'parameters' | 'fields'>): TaskColumns {
  const differing = fields.filter(({ name, least, most }) => name.startsWith('result.') && most > least);
  return {
    parameters: parameters.slice(0, MOST_COLUMNS).map(({ name }) => name),
    fields: differing.slice(0, MOST_COLUMNS).map(({ name }) => name),
  };
}

/** A row for each task, with its digest whole: it is what proves a result. */
export function taskTable(tasks: readonly Task[], columns: TaskColumns): Markup {
  return html`<div class="wide" tabindex="0" role="region" aria-label="Tasks"><table class="many"><thead><tr><th>task</th><th>status</th><th>worker</th><th>attempts</th><th>time</th>${[
    ...columns.parameters,
    ...columns.fields,
  ].map((name) => html`<th>${name.replace(/^result\./, '')}</th>`)}<th>digest</th></tr></thead>
<tbody>${tasks.map((task) => taskRow(task, columns))}</tbody></table></div>`;
}

function taskRow(task: Task, { parameters, fields }: TaskColumns): Markup {
  const values = [
    ...parameters.map((name) => task.parameters[name]),
    ...fields.map((name) => at({ result: task.result, measured: task.measured }, name)),
  ];
  const digest = task.result?.digest;
  return html`<tr><th>${task.id}</th><td class="${task.status}">${task.status}</td><td>${task.worker_id}</td><td>${task.attempts}</td><td>${formatSeconds(task.duration)}</td>${values.map(
    (value) => html`<td>${shown(value)}</td>`,
  )}<td>${typeof digest === 'string' && html`<code class="digest">${shorten(digest, 64)}</code>`}</td></tr>`;
}

/** Failed tasks with what their last attempt said. */
export function failedTable(tasks: readonly Task[]): Markup {
  return html`<table><thead><tr><th>task</th><th>worker</th><th>attempts</th><th>error</th></tr></thead>
<tbody>${tasks.map(
    ({ id, worker_id, attempts, error }) =>
      html`<tr><th>${id}</th><td>${worker_id}</td><td>${attempts}</td><td><code>${error?.code ?? ''}</code> ${shorten(error?.detail ?? '', ERROR_CHARACTERS)}</td></tr>`,
  )}</tbody></table>`;
}

/** Results with a failed check, and by how much it failed. */
export function suspectTable(tasks: readonly Task[]): Markup {
  return html`<table><thead><tr><th>task</th><th>worker</th><th>check</th><th>found</th><th>allowed</th></tr></thead>
<tbody>${tasks.flatMap(({ id, worker_id, result }) =>
    failedChecks(result).map(
      ({ name, value, bound }) =>
        html`<tr><th>${id}</th><td>${worker_id}</td><td>${shorten(name, VALUE_CHARACTERS)}</td><td>${quantity(value)}</td><td>${quantity(bound)}</td></tr>`,
    ),
  )}</tbody></table>`;
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return quantity(value);
  return shorten(typeof value === 'string' ? value : JSON.stringify(value), VALUE_CHARACTERS);
}
