/** `motes runs`: what was submitted, newest first. */
import { Command } from 'commander';
import { type Run, TASK_STATUSES } from '../../wire/task.ts';
import type { CliContext } from '../context.ts';
import { formatAgo, formatSeconds, printable } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, wholeNumber, withClient } from '../options.ts';
import { type Column, renderTable } from '../table.ts';
import { writeJson, writeLine } from '../terminal.ts';

interface RunsFlags extends ClientFlags {
  readonly limit: number;
}

/** `motes runs`. */
export function runsCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('runs')
    .description('Lists the runs, newest first: their ids, what became of their tasks.')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 1_000), 20)
    .action(async ({ limit, ...flags }: RunsFlags) => {
      const runs = (await withClient(flags, (client) => client.runs())).slice(0, limit);
      if (flags.json) return writeJson(stdout, { runs });
      if (runs.length === 0) return writeLine(stdout, 'there is no run yet: submit one with `motes execute`');
      writeLine(stdout, renderTable(runColumns(Date.now()), runs, stdout));
    });
  return addExamples(addClientOptions(command), {
    'motes runs': 'the newest twenty; each id names a run to tasks, results, report, cancel and retry',
    'motes runs --limit 1000 --json': 'a thousand, for a program',
  });
}

function runColumns(nowMs: number): Column<Run>[] {
  return [
    { head: 'run', cell: (run) => printable(run.run_id) },
    { head: 'status', cell: (run) => printable(run.status) },
    { head: 'begun', align: 'right', cell: (run) => formatAgo(run.created_at / 1000, nowMs) },
    { head: 'took', align: 'right', cell: (run) => formatSeconds(secondsOf(run)) },
    { head: 'tasks', align: 'right', cell: (run) => String(run.tasks_total) },
    { head: '', cell: becameOf },
  ];
}

function secondsOf({ created_at, ended_at }: Run): number | null {
  return ended_at === null ? null : (ended_at - created_at) / 1000;
}

/** `3 succeeded, 1 failed`. */
function becameOf({ tasks }: Run): string {
  const present = TASK_STATUSES.filter((status) => tasks[status] > 0);
  return present.map((status) => `${tasks[status]} ${status}`).join(', ');
}
