/** What `motes orchestrator` takes, from flags and from the environment. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type ServerAccessFlags, serverAccessOptions } from '../process/access.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../process/logger.ts';
import { DEFAULT_SLOT_MEMORY_BYTES } from '../wire/invocation.ts';

/** Seconds, days and MiB as users give them. */
export interface OrchestratorFlags extends ServerAccessFlags {
  readonly port: number;
  readonly host: string;
  readonly network: string;
  readonly tasks: string;
  readonly data: string;
  readonly ledger?: string;
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly lease: number;
  readonly slotMemory: number;
  readonly speculation: 'on' | 'off';
  readonly resultFiles: 'on' | 'off';
  readonly keepDays?: number;
  readonly keepMib?: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export const DEFAULT_NETWORK_FILE = 'configs/network.yaml';

const EXAMPLES = `
Examples:
  $ motes orchestrator                                  workers of configs/network.yaml, port 5000
  $ motes orchestrator --network none --port 5001       only workers that register themselves
  $ WORKER1_IP=10.0.0.5 motes orchestrator              worker1 is at 10.0.0.5:8001
  $ motes orchestrator --keep-days 30 --keep-mib 2000   forget runs that ended long ago
`;

/** The command line of the role, without its action. */
export function defineOrchestratorCommand(): Command {
  const command = new Command('orchestrator')
    .description('The single role: takes tasks, sends them to workers, keeps every result.')
    .addHelpText('after', EXAMPLES);
  const options = [
    ...placeOptions(),
    ...fleetOptions(),
    ...keepingOptions(),
    ...logOptions(),
    ...serverAccessOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

function placeOptions(): Option[] {
  return [
    number('--port <port>', 'where to answer; 0 lets the system choose', 0, 65_535).default(5000).env('MOTES_PORT'),
    text('--host <address>', 'the address to listen on', '127.0.0.1').env('MOTES_HOST'),
    text('--network <file>', 'the workers of the network, or "none"', DEFAULT_NETWORK_FILE).env('MOTES_NETWORK'),
    text('--tasks <file>', 'what POST /execute_tasks runs without a body', 'configs/tasks.yaml').env('MOTES_TASKS'),
    text('--data <folder>', 'where data/, results/ and logs/ are', '.').env('MOTES_DATA'),
    new Option('--ledger <folder>', 'where the ledger is (default: DATA/data)').env('MOTES_LEDGER'),
  ];
}

function fleetOptions(): Option[] {
  const slotMemory = DEFAULT_SLOT_MEMORY_BYTES / 1024 ** 2;
  return [
    number('--ping-interval <seconds>', 'how often workers are pinged', 1, 86_400)
      .default(30)
      .env('MOTES_PING_INTERVAL'),
    number('--ping-timeout <seconds>', 'a worker silent for so long is offline', 1, 600)
      .default(5)
      .env('MOTES_PING_TIMEOUT'),
    number('--lease <seconds>', 'an attempt silent for so long is lost', 3, 3_600).default(10).env('MOTES_LEASE'),
    number('--slot-memory <MiB>', 'what one task may use', 1, 2 ** 20)
      .default(slotMemory)
      .env('MOTES_SLOT_MEMORY'),
    choice('--speculation <mode>', 'run stragglers a second time where slots idle', ['on', 'off']).env(
      'MOTES_SPECULATION',
    ),
  ];
}

function keepingOptions(): Option[] {
  const days = 'forget runs that ended so long ago (default: never)';
  const mib = 'forget the oldest ended runs while the ledger holds more (default: never)';
  return [
    choice('--result-files <mode>', 'write results/ beside the ledger', ['on', 'off']).env('MOTES_RESULT_FILES'),
    number('--keep-days <days>', days, 1, 36_500).env('MOTES_KEEP_DAYS'),
    number('--keep-mib <MiB>', mib, 1, 2 ** 24).env('MOTES_KEEP_MIB'),
  ];
}

function logOptions(): Option[] {
  return [
    choice('--log-level <level>', 'how much is logged', LOG_LEVELS).default('info').env('MOTES_LOG_LEVEL'),
    choice('--log-format <format>', 'auto: text on a terminal, JSON lines elsewhere', LOG_FORMATS)
      .default('auto')
      .env('MOTES_LOG_FORMAT'),
  ];
}

function text(flags: string, description: string, otherwise: string): Option {
  return new Option(flags, description).default(otherwise);
}

/** One of a closed set, the first unless said otherwise. */
function choice(flags: string, description: string, choices: readonly [string, ...string[]]): Option {
  return new Option(flags, description).choices(choices).default(choices[0]);
}

function number(flags: string, description: string, least: number, most: number): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It should be an integer from ${least} to ${most}.`);
  });
}
