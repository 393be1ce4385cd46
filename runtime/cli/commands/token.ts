import { closeSync, openSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { newToken } from '../../process/token.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { addExamples, jsonOption } from '../options.ts';
import { writeJson, writeLine } from '../terminal.ts';

interface TokenFlags {
  readonly file?: string;
  readonly json?: boolean;
}

const OWNER_ONLY = 0o600;

/** `motes token`: a secret for machines that talk to each other. */
export function tokenCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('token')
    .description(
      'Makes a new token: 256 random bits. Orchestrator, workers and clients of one motes carry the same, in ' +
        'MOTES_TOKEN or in a file that MOTES_TOKEN_FILE names. Without one they answer this machine only.',
    )
    .option('--file <file>', 'write it there, readable by this user only, instead of printing it')
    .addOption(jsonOption())
    .action((flags: TokenFlags) => {
      const token = newToken();
      if (flags.file === undefined) return flags.json ? writeJson(stdout, { token }) : writeLine(stdout, token);
      writeToken(flags.file, token);
      if (flags.json) writeJson(stdout, { file: flags.file });
      else writeLine(stdout, `wrote a new token to ${flags.file} - copy it to every machine`);
    });
  return addExamples(command, {
    'export MOTES_TOKEN=$(motes token)': 'for this shell and what it starts',
    'motes token --file token': 'then, on every machine: MOTES_TOKEN_FILE=token',
  });
}

/** A token that is in use must not be lost to a command given twice. */
function writeToken(path: string, token: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', OWNER_ONLY);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already - remove it first if all machines shall change' : message;
    throw new UsageError(`cannot write a token to ${path}: ${why}`, { cause });
  }
  writeFileSync(file, `${token}\n`);
  closeSync(file);
}
