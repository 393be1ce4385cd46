/** `motes log`: what a task's function said, and what happened to the task. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { LogEntry, TaskLog } from '../../wire/task-log.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { formatClock, printable, styled } from '../format.ts';
import { interruptibly } from '../interruption.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { findTarget } from '../target.ts';
import { type OutputStream, toJson, writeJson, writeLine } from '../terminal.ts';

interface LogFlags extends ClientFlags {
  readonly follow?: boolean;
}

/** Between two looks at a log that is followed. */
const LOOK_EVERY_MS = 1_000;
/** An orchestrator that is away longer than an hour does not merely restart. */
const PATIENCE = { forMs: 3_600_000, onSilent: () => {}, onBack: () => {} };

/** `motes log`. */
export function logCommand({ terminal: { stdout }, signals }: CliContext): Command {
  const command = new Command('log')
    .description('Prints what the function of a task said, between what happened to the task, in the order of time.')
    .argument('<id>', "RUN/ID, or an ID of the newest run's")
    .option('-f, --follow', 'go on until the task has ended, or Ctrl-C')
    .action((id: string, flags: LogFlags) =>
      interruptibly(signals, (signal) =>
        withClient(flags, (client) => printLog(client, id, flags, stdout, signal), PATIENCE),
      ),
    );
  return addExamples(addClientOptions(command), {
    'motes log liquid': "of a task of the newest run's",
    'motes log liquid --follow': 'as it grows, until the task has ended',
    'motes log liquid --follow --json': 'one JSON document a line',
  });
}

async function printLog(client: Client, id: string, flags: LogFlags, stream: OutputStream, signal: AbortSignal) {
  const target = await findTarget(client, id);
  if (target.kind === 'run') throw new UsageError(`${target.run.run_id} is a run - name one of its tasks: RUN/ID`);
  const { run_id: runId, id: taskId } = target.task;
  const first = await client.log(runId, taskId);
  if (flags.json && !flags.follow) return writeJson(stream, first);
  const told = new Set<string>();
  const tell = ({ entries }: TaskLog): void => {
    for (const entry of entries) {
      if (told.has(nameOf(entry))) continue;
      told.add(nameOf(entry));
      writeLine(stream, flags.json ? toJson(entry) : renderEntry(entry, stream));
    }
  };
  tell(first);
  for (let log = first; flags.follow && !log.is_complete; tell(log)) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    log = await client.log(runId, taskId);
  }
}

/** Names an entry for good: a later look at the same log has it under the same name. */
function nameOf(entry: LogEntry): string {
  const attempt = 'attempt' in entry ? entry.attempt : 0;
  const which = entry.kind === 'line' ? entry.line : entry.kind === 'checkpoint' ? entry.count : entry.at;
  return `${entry.kind} ${attempt} ${which}`;
}

function renderEntry(entry: LogEntry, stream: OutputStream): string {
  const time = styled(stream, 'dim', formatClock(new Date(entry.at)));
  const attempt = 'attempt' in entry ? String(entry.attempt) : '-';
  return `${time}  ${attempt}  ${textOf(entry, stream)}`;
}

function textOf(entry: LogEntry, stream: OutputStream): string {
  const aside = (text: string): string => styled(stream, 'dim', printable(text));
  switch (entry.kind) {
    case 'submitted':
      return aside('submitted');
    case 'cancelled':
      return aside('cancelled while it was in the queue');
    case 'started': {
      const how = [entry.is_copy && 'as a copy', entry.is_resumed && 'from its last checkpoint'].filter(Boolean);
      return aside(`started on ${entry.worker_id}${how.length > 0 ? `, ${how.join(', ')}` : ''}`);
    }
    case 'checkpoint':
      return aside(`its state was kept (so far: ${entry.count})`);
    case 'ended': {
      const why = entry.detail === undefined ? '' : `: ${entry.detail}`;
      const bits = entry.is_divergent ? ', with another result than the recorded one' : '';
      return aside(`${entry.status} on ${entry.worker_id}${bits}${why}`);
    }
    case 'line':
      return entry.level === 'warn' ? styled(stream, 'yellow', printable(entry.message)) : printable(entry.message);
  }
}
