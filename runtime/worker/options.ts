import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import { type ServerAccessFlags, serverAccessOptions } from '../process/access.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../process/logger.ts';
import { DEFAULT_SLOT_MEMORY_BYTES } from '../wire/invocation.ts';
import { ON_CLASH, type OnClash, RegistrationSchema } from '../wire/registration.ts';

/** What `motes worker` takes; seconds and MiB as users give them. */
export interface WorkerFlags extends ServerAccessFlags {
  readonly id: string;
  readonly port: number;
  readonly host: string;
  readonly slots: number;
  readonly orchestrator?: string;
  readonly onClash: OnClash;
  readonly advertiseHost?: string;
  readonly advertisePort?: number;
  readonly slotMemory: number;
  readonly checkpointInterval: number;
  readonly grace: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

const EXAMPLES = `
Examples:
  $ motes worker --id worker1 --port 8001
  $ motes worker --id worker2 --port 0 --slots 1 --orchestrator http://localhost:5000
  $ MOTES_TOKEN=… motes worker --id lab7 --host 0.0.0.0 --orchestrator http://10.0.0.2:5000
`;

/** The options of `motes worker`: a flag goes before the environment, the environment before the default. */
export function workerOptions(): Command {
  const command = new Command('worker').description(
    'The single role: hosts functions for an orchestrator, or for anybody with curl.',
  );
  for (const option of [...identityOptions(), ...limitOptions(), ...serverAccessOptions(), ...logOptions()])
    command.addOption(option);
  return command.addHelpText('after', EXAMPLES);
}

function identityOptions(): Option[] {
  return [
    option('--id <id>', 'WORKER_ID', 'the name of this worker', 'worker1').argParser(workerId),
    option('--port <port>', 'MOTES_PORT', 'where to answer; 0 lets the system choose', 8001).argParser(
      number(0, 65_535),
    ),
    option('--host <address>', 'MOTES_HOST', 'the address to listen on', '127.0.0.1'),
    option('--orchestrator <url>', 'MOTES_ORCHESTRATOR', 'register there, and again until it answers').argParser(url),
    option(
      '--on-clash <mode>',
      'MOTES_ON_CLASH',
      'where the orchestrator has another worker of this name: refuse to join, or become ID-2, ID-3 …',
      'refuse',
    ).choices(ON_CLASH),
    option(
      '--advertise-host <host>',
      'MOTES_ADVERTISE_HOST',
      'the address that the orchestrator shall call (default: the one it sees)',
    ),
    option(
      '--advertise-port <port>',
      'MOTES_ADVERTISE_PORT',
      'the port that the orchestrator shall call, where a proxy or a container maps it (default: --port)',
    ).argParser(number(1, 65_535)),
  ];
}

function limitOptions(): Option[] {
  const slotMemory = DEFAULT_SLOT_MEMORY_BYTES / 1024 ** 2;
  return [
    option('--slots <n>', 'MOTES_SLOTS', 'how many invocations run at once', availableParallelism()).argParser(
      number(1, 1024),
    ),
    option('--slot-memory <MiB>', 'MOTES_SLOT_MEMORY', 'what one invocation may use', slotMemory).argParser(
      number(1, 2 ** 20),
    ),
    option(
      '--checkpoint-interval <seconds>',
      'MOTES_CHECKPOINT_INTERVAL',
      'at most one checkpoint in this time; 0: all',
      10,
    ).argParser(seconds),
    option('--grace <seconds>', 'MOTES_GRACE', 'how long a drain may take', 30).argParser(seconds),
  ];
}

function logOptions(): Option[] {
  return [
    option('--log-level <level>', 'MOTES_LOG_LEVEL', 'how much is logged', 'info').choices(LOG_LEVELS),
    option(
      '--log-format <format>',
      'MOTES_LOG_FORMAT',
      'auto: text on a terminal, JSON lines elsewhere',
      'auto',
    ).choices(LOG_FORMATS),
  ];
}

function option(flags: string, variable: string, description: string, byDefault?: unknown): Option {
  const made = new Option(flags, description).env(variable);
  return byDefault === undefined ? made : made.default(byDefault);
}

function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It should be an integer from ${least} to ${most}.`);
  };
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 86_400) return value;
  throw new InvalidArgumentError('It should be a number of seconds from 0 to 86400.');
}

function workerId(text: string): string {
  const parsed = v.safeParse(RegistrationSchema.entries.id, text);
  if (parsed.success) return text;
  throw new InvalidArgumentError(`It ${parsed.issues[0].message}.`);
}

function url(text: string): string {
  const parsed = URL.parse(text);
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed.origin;
  throw new InvalidArgumentError('It should be a URL such as http://localhost:5000.');
}
