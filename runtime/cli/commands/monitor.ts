import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import type { Client } from '../../client/client.ts';
import type { Status, Worker } from '../../wire/orchestrator-api.ts';
import type { Task } from '../../wire/task.ts';
import type { CliContext } from '../context.ts';
import { EXIT, Interrupted } from '../failure.ts';
import { collect } from '../follow-run.ts';
import { formatClock, printable, shorten, styled } from '../format.ts';
import { interruptibly } from '../interruption.ts';
import { addClientOptions, addExamples, type ClientFlags, secondsFrom, withClient } from '../options.ts';
import { type Column, renderTable } from '../table.ts';
import { type OutputStream, toJson, writeLine } from '../terminal.ts';
import { byName, workerColumns } from './status.ts';

interface MonitorFlags extends ClientFlags {
  readonly interval: number;
}

/** One look at everything. */
interface Snapshot {
  readonly time: string;
  readonly status: Status;
  readonly workers: Record<string, Worker>;
  readonly running: readonly Task[];
}

/** Shows snapshots, and what there is to say between them. */
interface MonitorView {
  show(snapshot: Snapshot): void;
  note(text: string): void;
  end(): void;
}

/** Running tasks that a screen has room for. */
const MOST_RUNNING = 20;
/** An orchestrator that is away longer than an hour does not merely restart. */
const PATIENCE_MS = 3_600_000;

/** `motes monitor`. */
export function monitorCommand(context: CliContext): Command {
  const command = new Command('monitor')
    .description(
      'Watches workers and tasks until Ctrl-C: redrawn in place on a terminal, a line each time on a pipe. ' +
        'While the orchestrator restarts, it waits and says so.',
    )
    .option('--interval <seconds>', 'between two looks', secondsFrom(0.1), 5)
    .action(async (flags: MonitorFlags) => context.exit(await monitor(flags, context)));
  return addExamples(addClientOptions(command), {
    'motes monitor': 'every five seconds',
    'motes monitor --interval 1 --json': 'one JSON document a line, each second',
  });
}

async function monitor(flags: MonitorFlags, context: CliContext): Promise<number> {
  const { stdout, stderr } = context.terminal;
  const view = createView(flags, stdout, stderr);
  const patience = {
    forMs: PATIENCE_MS,
    onSilent: () => view.note('the orchestrator does not answer, waiting ...'),
    onBack: () => view.note('the orchestrator is back'),
  };
  const watch = (client: Client) =>
    interruptibly(context.signals, async (signal) => {
      for (;;) {
        view.show(await look(client, signal));
        await sleep(flags.interval * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    });
  try {
    return await withClient(flags, watch, patience);
  } catch (thrown) {
    // To be stopped is how it is meant to end.
    if (thrown instanceof Interrupted) return EXIT.succeeded;
    throw thrown;
  } finally {
    view.end();
  }
}

async function look(client: Client, signal: AbortSignal): Promise<Snapshot> {
  const [status, workers, running] = await Promise.all([
    client.status(),
    client.workers(),
    collect(client.tasks({ status: 'running', limit: MOST_RUNNING }, signal)),
  ]);
  return { time: new Date().toISOString(), status, workers, running };
}

function createView(flags: MonitorFlags, stdout: OutputStream, stderr: OutputStream): MonitorView {
  const note = (text: string): void => writeLine(stderr, text);
  if (flags.json) return { show: (snapshot) => writeLine(stdout, toJson(snapshot)), note, end() {} };
  if (!stdout.isTTY) return { show: (snapshot) => writeLine(stdout, renderLine(snapshot)), note, end() {} };
  return createScreen(stdout);
}

function createScreen(stream: OutputStream): MonitorView {
  const redraw = createLogUpdate(stream as NodeJS.WriteStream);
  let drawn = '';
  return {
    show(snapshot) {
      drawn = renderScreen(snapshot, stream);
      redraw(drawn);
    },
    note: (text) => redraw(`${drawn}\n\n${styled(stream, 'yellow', text)}`),
    end: () => redraw.done(),
  };
}

function renderLine({ time, status }: Snapshot): string {
  return `${formatClock(new Date(time))}  ${status.online_workers}/${status.total_workers} online  ${countsOf(status)}`;
}

function renderScreen({ time, status, workers, running }: Snapshot, stream: OutputStream): string {
  const now = new Date(time);
  const lines = [
    `${styled(stream, 'bold', 'motes')} ${formatClock(now)}   ${status.online_workers} of ${status.total_workers} workers online   ${countsOf(status)}`,
    '',
    renderTable(workerColumns(stream, now.getTime()), byName(workers), stream),
  ];
  if (running.length > 0) lines.push('', renderTable(RUNNING_COLUMNS, running, stream));
  const hidden = status.tasks.running - running.length;
  if (hidden > 0) lines.push(`… and ${hidden} more`);
  return lines.join('\n');
}

function countsOf(status: Status): string {
  return Object.entries(status.tasks)
    .map(([name, count]) => `${name} ${count}`)
    .join('  ');
}

const RUNNING_COLUMNS: readonly Column<Task>[] = [
  { head: 'running', cell: (task) => printable(shorten(`${task.run_id}/${task.id}`, 60)) },
  { head: 'type', cell: (task) => printable(task.type) },
  { head: 'worker', cell: (task) => printable(task.worker_id ?? '') },
  { head: 'done', align: 'right', cell: (task) => progressOf(task) },
];

function progressOf({ progress }: Task): string {
  return progress && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)} %` : '';
}
