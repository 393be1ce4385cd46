/** Options that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Client } from '../client/client.ts';
import type { Patience } from '../client/patience.ts';
import { type ClientAccessFlags, clientAccessOptions } from '../process/access.ts';
import { readAuthority } from '../process/tls-files.ts';
import { readToken } from '../process/token.ts';

/** What the client commands take. */
export interface ClientFlags extends ClientAccessFlags {
  readonly url: string;
  readonly json?: boolean;
}

const DEFAULT_URL = 'http://localhost:5000';

/** Adds `--url`, `--token`, `--tls-ca` and `--json`. */
export function addClientOptions(command: Command): Command {
  command.addOption(new Option('--url <url>', 'where the orchestrator is').default(DEFAULT_URL).env('MOTES_URL'));
  for (const option of clientAccessOptions()) command.addOption(option);
  return command.addOption(jsonOption());
}

/** `--json`: for programs. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document and nothing else');
}

/** Examples below a command's help: the command line, and what it does. */
export function addExamples(command: Command, examples: Readonly<Record<string, string>>): Command {
  const width = Math.max(...Object.keys(examples).map((line) => line.length));
  const lines = Object.entries(examples).map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Uses a client and closes it, whatever happens. */
export async function withClient<T>(
  flags: ClientFlags,
  action: (client: Client) => Promise<T>,
  patience?: Patience,
): Promise<T> {
  const access = { token: readToken(flags), ca: readAuthority(flags.tlsCa) };
  const client = new Client({ url: flags.url, ...access, ...(patience && { patience }) });
  try {
    return await action(client);
  } finally {
    await client.close();
  }
}

/** The token of the environment, which the children of this process see too; null where there is none. */
export function tokenFrom({ MOTES_TOKEN: token, MOTES_TOKEN_FILE: tokenFile }: NodeJS.ProcessEnv): string | null {
  return readToken({ ...(token !== undefined && { token }), ...(tokenFile !== undefined && { tokenFile }) });
}

/** A reader of whole numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
  };
}

/** A reader of numbers of seconds, fractions allowed. */
export function secondsFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`give a number of seconds, at least ${least}.`);
  };
}
