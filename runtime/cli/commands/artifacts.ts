/** `motes artifacts`: the files that tasks wrote beside their results. */
import { open } from 'node:fs/promises';
import { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { ArtifactList } from '../../wire/orchestrator-api.ts';
import type { CliContext } from '../context.ts';
import { CommandError, UsageError } from '../failure.ts';
import { formatBytes, printable } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { type Column, renderTable } from '../table.ts';
import { findTarget } from '../target.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

interface ArtifactsFlags extends ClientFlags {
  readonly output?: string;
}

/** `motes artifacts`. */
export function artifactsCommand({ terminal: { stdout, stderr } }: CliContext): Command {
  const command = new Command('artifacts')
    .description('Lists the files that a task wrote beside its result (trajectories, say), or fetches one.')
    .argument('<id>', "RUN/ID, or an ID of the newest run's")
    .argument('[name]', 'the file to fetch')
    .option('-o, --output <file>', 'where to write it; - is the standard output (default: its own name, here)')
    .action((id: string, name: string | undefined, flags: ArtifactsFlags) =>
      withClient(flags, async (client) => {
        const target = await findTarget(client, id);
        if (target.kind === 'run')
          throw new UsageError(`${target.run.run_id} is a run - name one of its tasks: RUN/ID`);
        const { run_id: runId, id: taskId } = target.task;
        if (name === undefined) await list(client, runId, taskId, flags, stdout);
        else await fetchOne(client, { runId, taskId, name }, flags, stdout, stderr);
      }),
    );
  return addExamples(addClientOptions(command), {
    'motes artifacts liquid': "what a task of the newest run's wrote",
    'motes artifacts liquid trajectory.xyz': 'fetches it into this folder',
    'motes artifacts liquid trajectory.xyz -o - | head': 'or writes it to the next program',
  });
}

const COLUMNS: readonly Column<ArtifactList['artifacts'][number]>[] = [
  { head: 'name', cell: ({ name }) => printable(name) },
  { head: 'size', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
];

async function list(client: Client, runId: string, taskId: string, flags: ArtifactsFlags, stream: OutputStream) {
  const answer = await client.artifacts(runId, taskId);
  if (flags.json) return writeJson(stream, answer);
  if (answer.artifacts.length === 0) return writeLine(stream, `${printable(`${runId}/${taskId}`)} has no artifacts`);
  writeLine(stream, renderTable(COLUMNS, answer.artifacts, stream));
  if (!answer.is_complete) writeLine(stream, '\nthe task has not ended: they may still grow');
}

interface Wanted {
  readonly runId: string;
  readonly taskId: string;
  readonly name: string;
}

async function fetchOne(
  client: Client,
  { runId, taskId, name }: Wanted,
  flags: ArtifactsFlags,
  stdout: OutputStream,
  stderr: OutputStream,
): Promise<void> {
  const pieces = client.artifact(runId, taskId, name);
  if (flags.output === '-') {
    for await (const piece of pieces) stdout.write(piece);
    return;
  }
  const path = flags.output ?? name;
  let bytes = 0;
  const first = await pieces.next();
  // Only what is there makes a file; and what is here already is not overwritten unasked.
  const file = await open(path, flags.output === undefined ? 'wx' : 'w').catch((cause) => {
    throw new CommandError(`cannot write ${path}: ${cause.code} - say where with --output`);
  });
  try {
    for (let next = first; !next.done; next = await pieces.next()) {
      await file.write(next.value);
      bytes += next.value.length;
    }
  } finally {
    await file.close();
  }
  if (flags.json) writeJson(stdout, { run_id: runId, id: taskId, name, bytes, path });
  else writeLine(stderr, `${path}: ${formatBytes(bytes)}`);
}
