/** `motes upload`: a file for tasks to name. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { MAX_BLOB_BYTES } from '../../wire/blob.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { formatBytes } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { writeJson, writeLine } from '../terminal.ts';

/** `motes upload`. */
export function uploadCommand({ terminal: { stdout, stderr } }: CliContext): Command {
  const command = new Command('upload')
    .description(
      'Uploads a file to the orchestrator and prints its SHA-256, by which tasks name it. Task files need not: ' +
        '`configuration: {file: start.xyz}` in one uploads start.xyz by itself.',
    )
    .argument('<file>', 'what to upload')
    .action(async (file: string, flags: ClientFlags) => {
      const bytes = await read(file);
      const blob = createHash('sha256').update(bytes).digest('hex');
      const answer = await withClient(flags, (client) => client.upload(blob, bytes));
      if (flags.json) return writeJson(stdout, answer);
      writeLine(stdout, answer.blob);
      writeLine(stderr, `${file}: ${formatBytes(answer.bytes)}`);
    });
  return addExamples(addClientOptions(command), {
    'motes upload start.xyz': 'prints the name that tasks use: {blob, format, particles}',
  });
}

async function read(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((cause) => {
    throw new UsageError(
      `${file} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`,
    );
  });
  if (bytes.length <= MAX_BLOB_BYTES) return bytes;
  throw new UsageError(
    `${file} has ${formatBytes(bytes.length)}; the most that is taken is ${formatBytes(MAX_BLOB_BYTES)}`,
  );
}
