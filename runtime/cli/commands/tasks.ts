/** `motes tasks` and `motes results`: what the ledger knows of tasks. */
import { Command, Option } from 'commander';
import type { Client, TaskFilter } from '../../client/client.ts';
import { failedChecks } from '../../wire/check.ts';
import { TASK_STATUSES, type Task, type TaskCounts, type TaskDetail, type TaskStatus } from '../../wire/task.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { fieldLines } from '../field-lines.ts';
import { collect, outcomeOf } from '../follow-run.ts';
import { counted, formatSeconds, printable, shorten, styled } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, wholeNumber, withClient } from '../options.ts';
import { renderResults, statusStyled, summarize } from '../results-table.ts';
import { QUERY_HELP, QUERY_OPTION, withSearchShown } from '../search.ts';
import { type Column, renderTable } from '../table.ts';
import { findTarget } from '../target.ts';
import { writeTasksCsv } from '../tasks-csv.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

interface SearchFlags extends ClientFlags {
  readonly query?: string;
  readonly order?: string;
}

interface TasksFlags extends SearchFlags {
  readonly status?: TaskStatus;
  readonly limit: number;
}

interface ResultsFlags extends SearchFlags {
  readonly csv?: boolean;
}

const ID_HELP = "RUN/ID, an ID of the newest run's, or a RUN (default: the newest run)";

const ORDER_HELP = 'order by a field or parameter, as duration; -duration: the largest first';

/** `motes tasks`. */
export function tasksCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('tasks')
    .description(
      'Lists the tasks of a run or those that a search finds, or tells everything about one task, its attempts included.',
    )
    .argument('[id]', ID_HELP)
    .option(QUERY_OPTION, QUERY_HELP)
    .option('--order <field>', ORDER_HELP)
    .addOption(new Option('--status <status>', 'only tasks in this state').choices(TASK_STATUSES))
    .option('--limit <n>', 'how many at most', wholeNumber(1, 1_000_000), 1000)
    .action((id: string | undefined, flags: TasksFlags) =>
      withClient(flags, (client) => (isSearch(flags) ? printFound : printTasks)(client, id, flags, stdout)),
    );
  return addExamples(addClientOptions(command), {
    'motes tasks': "the newest run's",
    'motes tasks --status failed': 'those of them that failed',
    "motes tasks -q 'type:lennard_jones particles>1000'":
      'of all runs, those with so many particles, given or by default',
    "motes tasks -q 'run:newest error:timeout -worker:w1'": 'of the newest run, what ran out of time, but not on w1',
    "motes tasks -q 'duration>60' --order -duration": 'what took more than a minute, the longest first',
    'motes tasks simulation_small': 'one task, with its attempts',
    'motes tasks 20250107-103000-k3x9/simulation_small': 'a task of an older run',
  });
}

/** `motes results`. */
export function resultsCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('results')
    .description('Prints the results of a run, of what a search finds, or of one task.')
    .argument('[id]', ID_HELP)
    .option(QUERY_OPTION, QUERY_HELP)
    .option('--order <field>', ORDER_HELP)
    .addOption(new Option('--csv', 'parameters and results as columns').conflicts('json'))
    .action((id: string | undefined, flags: ResultsFlags) =>
      withClient(flags, (client) => (isSearch(flags) ? printFoundResults : printResults)(client, id, flags, stdout)),
    );
  return addExamples(addClientOptions(command), {
    'motes results': "the newest run's, as a table",
    'motes results --csv > results.csv': 'for a spreadsheet',
    "motes results -q 'type:gravity result.energy_drift>1e-6' --csv": 'some, of all runs',
    'motes results simulation_small --json': "one task's, for a program",
  });
}

async function printTasks(client: Client, id: string | undefined, flags: TasksFlags, stream: OutputStream) {
  const target = await findTarget(client, id);
  if (target.kind === 'task') {
    if (flags.json) writeJson(stream, target.task);
    else writeLine(stream, renderTask(target.task, stream));
    return;
  }
  const { status, limit } = flags;
  const filter = { runId: target.run.run_id, limit, ...(status && { status }) };
  const tasks = await collect(client.tasks(filter));
  if (flags.json) return writeJson(stream, { run_id: target.run.run_id, status: target.run.status, tasks });
  const total = target.run.tasks_total;
  const shown = tasks.length < total ? `, ${tasks.length} of ${total} tasks shown` : '';
  writeLine(stream, renderTable(taskColumns(stream), tasks, stream));
  writeLine(stream, `\nrun ${printable(target.run.run_id)} ${target.run.status}${shown}`);
}

async function printResults(client: Client, id: string | undefined, flags: ResultsFlags, stream: OutputStream) {
  const target = await findTarget(client, id);
  if (target.kind === 'task') {
    const { history: _, ...task } = target.task;
    if (flags.json) return writeJson(stream, task);
    if (flags.csv) return writeTasksCsv(() => [task], stream);
    return writeLine(stream, renderTask(target.task, stream));
  }
  const { run } = target;
  if (flags.csv) return writeTasksCsv(() => client.tasks({ runId: run.run_id }), stream);
  const outcome = await outcomeOf(client, run);
  if (flags.json) return writeJson(stream, outcome);
  writeLine(stream, renderResults(outcome.tasks, stream));
  writeLine(stream, `\nrun ${printable(run.run_id)} ${run.status}, ${summarize(outcome.tasks)}`);
}

function isSearch({ query, order }: SearchFlags): boolean {
  return query !== undefined || order !== undefined;
}

/** The tasks that a search finds, of all runs or of the named one, with how many there are. */
async function printFound(client: Client, id: string | undefined, flags: TasksFlags, stream: OutputStream) {
  const filter = await filterOf(client, id, flags);
  const { count, tasks } = await withSearchShown(flags.query ?? '', async () => ({
    count: await client.countTasks(filter),
    tasks: await collect(client.tasks({ ...filter, limit: flags.limit })),
  }));
  if (flags.json) return writeJson(stream, { ...count, tasks });
  const [run, ...others] = [{ head: 'run', cell: (task: Task) => printable(task.run_id) }, ...taskColumns(stream)];
  writeLine(stream, renderTable([run!, ...others], tasks, stream));
  const shown = tasks.length < count.total ? `, ${tasks.length} of them shown: --limit shows more` : '';
  writeLine(stream, `\n${counted(count.total, 'task')} found${inWords(count.counts)}${shown}`);
}

async function printFoundResults(client: Client, id: string | undefined, flags: ResultsFlags, stream: OutputStream) {
  const filter = await filterOf(client, id, flags);
  await withSearchShown(flags.query ?? '', async () => {
    if (flags.csv) return writeTasksCsv(() => client.tasks(filter), stream);
    const tasks = await collect(client.tasks(filter));
    if (flags.json) return writeJson(stream, { tasks });
    writeLine(stream, renderResults(tasks, stream));
    writeLine(stream, `\n${summarize(tasks)}`);
  });
}

async function filterOf(
  client: Client,
  id: string | undefined,
  { query, order, status }: SearchFlags & { status?: TaskStatus },
): Promise<TaskFilter> {
  const target = id === undefined ? null : await findTarget(client, id);
  if (target?.kind === 'task') throw new UsageError(`${id} is a task - search in all runs, or name a RUN`);
  return {
    ...(query !== undefined && { q: query }),
    ...(order !== undefined && { order }),
    ...(status && { status }),
    ...(target && { runId: target.run.run_id }),
  };
}

/** `: 3 failed, 1 queued`; nothing where there is nothing. */
function inWords(counts: TaskCounts): string {
  const parts = TASK_STATUSES.filter((status) => counts[status] > 0).map((status) => `${counts[status]} ${status}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function taskColumns(stream: OutputStream): Column<Task>[] {
  return [
    { head: 'task', cell: (task) => printable(shorten(task.id, 40)) },
    { head: 'type', cell: (task) => printable(task.type) },
    { head: 'priority', align: 'right', cell: (task) => String(task.priority) },
    { head: 'status', cell: (task) => shownStatus(task, stream) },
    { head: 'worker', cell: (task) => printable(task.worker_id ?? '') },
    { head: 'attempts', align: 'right', cell: (task) => String(task.attempts) },
    { head: 'time', align: 'right', cell: (task) => formatSeconds(task.duration) },
    { head: 'done', align: 'right', cell: percentDone },
  ];
}

/** The status, and that a result of it is suspect. */
function shownStatus(task: Task, stream: OutputStream): string {
  const status = statusStyled(task, task.status, stream);
  return failedChecks(task.result).length > 0 ? `${status} ${styled(stream, 'yellow', '(suspect)')}` : status;
}

function percentDone({ progress }: Task): string {
  return progress && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)} %` : '';
}

function renderTask(task: TaskDetail, stream: OutputStream): string {
  const lines = [
    `${styled(stream, 'bold', printable(`${task.run_id}/${task.id}`))}  ${shownStatus(task, stream)}`,
    ...(task.description ? [printable(task.description)] : []),
    `type ${printable(task.type)}, priority ${task.priority}${task.duration === null ? '' : `, ${formatSeconds(task.duration)}`}`,
    ...fieldLines('parameters', task.parameters),
    ...fieldLines('result', task.result),
    ...fieldLines('measured', task.measured),
    ...(task.error ? [`error: ${printable(task.error.detail)}`] : []),
    'attempts:',
    ...task.history.map((attempt) => {
      const why = attempt.error ? `: ${printable(attempt.error.detail)}` : '';
      const took = attempt.ended_at === null ? null : (attempt.ended_at - attempt.started_at) / 1000;
      return `  ${attempt.attempt}  ${printable(attempt.worker_id)}  ${attempt.status}  ${formatSeconds(took)}${why}`;
    }),
  ];
  return lines.join('\n');
}
