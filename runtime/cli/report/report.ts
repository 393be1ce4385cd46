/** A run as one HTML file: no script, nothing fetched, a few hundred KiB however many tasks there are. */
import { failedChecks } from '../../wire/check.ts';
import type { FailureGroup, RunSummary } from '../../wire/run-summary.ts';
import { counted, formatSeconds } from '../format.ts';
import { LISTED, type RunReport } from './gather.ts';
import { gridFigure } from './grid-figures.ts';
import { html, type Markup, type Part } from './markup.ts';
import { count, moment } from './numbers.ts';
import { REPORT_STYLE } from './style.ts';
import { columnsFor, failedTable, suspectTable, taskTable } from './task-tables.ts';

const WORKERS_LISTED = 100;
const GROUPS_LISTED = 30;

/** @param at when it is made, in milliseconds since 1970 */
export function renderReport(report: RunReport, { version, at }: { version: string; at: number }): string {
  const { summary } = report;
  const { run } = summary;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Run ${run.run_id}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<h1>Run ${run.run_id} <span class="${run.status}">${run.status}</span></h1>
<p class="faint">As it was on ${moment(at)}, told by motes ${version}.${run.ended_at === null && ' It had not ended.'}</p>
${facts(summary)}
${failures(summary)}
${section('Failed tasks', report.failed.length > 0 && failedTable(report.failed), rest(report.failed.length, run.tasks.failed, 'failed tasks'))}
${section('Suspect results', report.suspect.length > 0 && suspectTable(report.suspect), rest(report.suspect.filter(({ result }) => failedChecks(result).length > 0).length, summary.suspects, 'suspect results'))}
${section('Results over parameters', report.grids.length > 0 && report.grids.map(gridFigure), null)}
${section('Workers', summary.workers.length > 0 && workers(summary), rest(Math.min(WORKERS_LISTED, summary.workers.length), summary.workers.length, 'workers'))}
${section('Functions', functions(summary), null)}
${section('Tasks', report.first.length > 0 && taskTable(report.first, columnsFor(summary)), rest(report.first.length, run.tasks_total, 'tasks'))}
<p class="faint">Lists show the first ${LISTED.first} tasks, ${LISTED.failed} failed ones and ${LISTED.suspect} suspect ones at most. <code>motes results ${run.run_id} --csv</code> has all.</p>
</body>
</html>
`.text;
}

function section(title: string, content: Part, note: Part): Part {
  if (content === false) return null;
  return html`<section><h2>${title}</h2>${content}${note !== null && html`<p class="faint">${note}</p>`}</section>\n`;
}

/** What a list leaves out; null where it is whole. */
function rest(shown: number, total: number, what: string): string | null {
  return shown < total ? `${count(shown)} of ${count(total)} ${what} are shown.` : null;
}

function facts(summary: RunSummary): Markup {
  const { run, first_start, last_end, seconds, retried, suspects, divergences } = summary;
  const makespan = first_start !== null && last_end !== null ? (last_end - first_start) / 1000 : null;
  const counts = Object.entries(run.tasks).filter(([, tasks]) => tasks > 0);
  const all: [string, Part][] = [
    ['Tasks', count(run.tasks_total)],
    ...counts.map(([status, tasks]): [string, Part] => [status, html`<span class="${status}">${count(tasks)}</span>`]),
    ['Submitted', moment(run.created_at)],
    ['Ended', run.ended_at === null ? 'not yet' : moment(run.ended_at)],
    ['From first start to last end', makespan === null ? '–' : formatSeconds(makespan)],
    ['Computing, in all', formatSeconds(seconds)],
    ['At once, on average', makespan ? (seconds / makespan).toFixed(1) : '–'],
    ['Tried more than once', count(retried)],
    ['Suspect results', warned(suspects)],
    ['Late results with other bits', warned(divergences)],
  ];
  return html`<dl>${all.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function warned(number: number): Part {
  return number === 0 ? '0' : html`<span class="failed">⚠ ${count(number)}</span>`;
}

function failures({ failures: groups, failures_left_out, run }: RunSummary): Part {
  const listed = groups.slice(0, GROUPS_LISTED);
  const others = failures_left_out + groups.slice(GROUPS_LISTED).reduce((sum, { tasks }) => sum + tasks, 0);
  const note =
    others > 0 ? `${count(others)} of ${counted(run.tasks.failed, 'failed task')} have further causes.` : null;
  return section('Failures by cause', listed.length > 0 && html`<ol>${listed.map(failureItem)}</ol>`, note);
}

function failureItem({ code, cause, tasks, examples, workers: where }: FailureGroup): Markup {
  return html`<li><b>${counted(tasks, 'task')}</b> <code>${code}</code> ${cause}<br><span class="faint">for example ${examples.join(', ')}${where.length > 0 && `; on ${where.join(', ')}`}</span></li>`;
}

function workers(summary: RunSummary): Markup {
  return html`<table><thead><tr><th>worker</th><th>succeeded</th><th>failed</th><th>computing</th></tr></thead>
<tbody>${summary.workers
    .slice(0, WORKERS_LISTED)
    .map(
      ({ id, succeeded, failed, seconds }) =>
        html`<tr><th>${id}</th><td>${count(succeeded)}</td><td>${count(failed)}</td><td>${formatSeconds(seconds)}</td></tr>`,
    )}</tbody></table>`;
}

function functions(summary: RunSummary): Markup {
  return html`<table><thead><tr><th>function</th><th>tasks</th><th>versions (equal ones give equal bits)</th></tr></thead>
<tbody>${summary.functions.map(
    ({ name, tasks, versions }) =>
      html`<tr><th>${name}</th><td>${count(tasks)}</td><td>${versions.map((version) => html`<code>${version}</code> `)}</td></tr>`,
  )}</tbody></table>`;
}
