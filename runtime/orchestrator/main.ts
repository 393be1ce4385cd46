/** The orchestrator as a process: options, sockets, signals. Everything it is made of is a value of another file. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Logger } from 'pino';
import { declarations, findDeclaration } from '../../functions/catalogue.ts';
import { readVersions } from '../function/build.ts';
import { listFunctions } from '../function/listing.ts';
import { type GuardOptions, requireTokenBeyondLoopback } from '../http/guard.ts';
import { type Listening, listen } from '../http/serve.ts';
import { endOfProcess } from '../process/end-of-process.ts';
import { createLogger, LOG_LEVELS, type LogLevel } from '../process/logger.ts';
import { readToken } from '../process/token.ts';
import { createHttpTransport } from '../transport/http/http-transport.ts';
import { DEFAULT_SLOT_MEMORY_BYTES } from '../wire/invocation.ts';
import { Problem } from '../wire/problem.ts';
import { newRunId } from '../wire/run-id.ts';
import { createOrchestratorApp } from './app.ts';
import { Dispatcher, endedRuns } from './dispatcher.ts';
import { Estimates } from './estimates.ts';
import { Fleet } from './fleet.ts';
import { type LedgerClient, openLedger } from './ledger-client.ts';
import { readNetwork } from './network.ts';
import { ResultFiles } from './result-files.ts';
import { RunWaiters } from './run-waiters.ts';

/** What `motes orchestrator` takes; seconds and MiB as users give them. */
export interface OrchestratorFlags {
  readonly port: number;
  readonly host: string;
  readonly network: string;
  readonly tasks: string;
  readonly data: string;
  readonly ledger?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly auth: 'token' | 'none';
  readonly hostName: string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly lease: number;
  readonly slotMemory: number;
  readonly logLevel: LogLevel;
}

const DEFAULT_NETWORK_FILE = 'configs/network.yaml';
const HEARTBEAT_MS = 5_000;
const VERSION = '0.1.0';

const EXAMPLES = `
Examples:
  $ motes orchestrator                                  workers of configs/network.yaml, port 5000
  $ motes orchestrator --network none --port 5001       only workers that register themselves
  $ WORKER1_IP=10.0.0.5 motes orchestrator              worker1 is at 10.0.0.5:8001
`;

/** The command line of the role. */
export function orchestratorCommand(): Command {
  return new Command('orchestrator')
    .description('take tasks, send them to workers, keep every result')
    .addOption(
      new Option('--port <port>', 'where to answer; 0 lets the system choose')
        .default(5000)
        .env('MOTES_PORT')
        .argParser(integer(0, 65535)),
    )
    .addOption(new Option('--host <address>', 'the address to listen on').default('127.0.0.1').env('MOTES_HOST'))
    .addOption(
      new Option('--network <file>', 'the workers of the network, or "none"')
        .default(DEFAULT_NETWORK_FILE)
        .env('MOTES_NETWORK'),
    )
    .addOption(
      new Option('--tasks <file>', 'what POST /execute_tasks runs without a body')
        .default('configs/tasks.yaml')
        .env('MOTES_TASKS'),
    )
    .addOption(new Option('--data <folder>', 'where data/, results/ and logs/ are').default('.').env('MOTES_DATA'))
    .addOption(new Option('--ledger <folder>', 'where the ledger is (default: DATA/data)').env('MOTES_LEDGER'))
    .addOption(new Option('--token <token>', 'what requests must carry').env('MOTES_TOKEN'))
    .addOption(new Option('--token-file <file>', 'a file with the token').env('MOTES_TOKEN_FILE'))
    .addOption(
      new Option('--auth <mode>', 'none: answer everybody who can reach the address')
        .choices(['token', 'none'])
        .default('token')
        .env('MOTES_AUTH'),
    )
    .addOption(
      new Option('--host-name <name...>', 'names under which it may be called').default([]).env('MOTES_HOST_NAME'),
    )
    .addOption(
      new Option('--ping-interval <seconds>', 'how often workers are pinged')
        .default(30)
        .env('MOTES_PING_INTERVAL')
        .argParser(integer(1, 86_400)),
    )
    .addOption(
      new Option('--ping-timeout <seconds>', 'a worker silent for so long is offline')
        .default(5)
        .env('MOTES_PING_TIMEOUT')
        .argParser(integer(1, 600)),
    )
    .addOption(
      new Option('--lease <seconds>', 'an attempt silent for so long is lost')
        .default(10)
        .env('MOTES_LEASE')
        .argParser(integer(3, 3_600)),
    )
    .addOption(
      new Option('--slot-memory <MiB>', 'what one task may use')
        .default(DEFAULT_SLOT_MEMORY_BYTES / 1024 ** 2)
        .env('MOTES_SLOT_MEMORY')
        .argParser(integer(1, 2 ** 20)),
    )
    .addOption(
      new Option('--log-level <level>', 'how much is logged')
        .choices(LOG_LEVELS)
        .default('info')
        .env('MOTES_LOG_LEVEL'),
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: OrchestratorFlags) => runOrchestrator(flags, process.env));
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It should be an integer from ${least} to ${most}.`);
  };
}

/** Serves until it is told to end; a failure to start is a message and exit code 1. */
async function runOrchestrator(flags: OrchestratorFlags, env: NodeJS.ProcessEnv): Promise<void> {
  const logger = createLogger({
    name: 'orchestrator',
    level: flags.logLevel,
    file: join(flags.data, 'logs', 'orchestrator.log'),
    isTerminal: process.stderr.isTTY === true,
  });
  try {
    const { server, failed, stop } = await startOrchestrator(flags, env, logger);
    logger.info(`orchestrator ready at ${server.url}`);
    process.send?.({ event: 'ready', url: server.url, port: server.port });
    const reason = await Promise.race([endOfProcess(process), failed]);
    if (reason instanceof Error)
      logger.fatal(
        `the ledger failed: ${reason.message} - nothing more is accepted; restart to continue from what the file holds`,
      );
    else logger.info(`stopping: ${reason}`);
    await stop();
    process.exit(reason instanceof Error ? 1 : 0);
  } catch (error) {
    logger.fatal((error as Error).message);
    process.exit(1);
  }
}

interface Orchestrator {
  readonly server: Listening;
  /** Settles when the ledger fails. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * Puts the parts together and listens.
 * @throws Error or Problem saying what is wrong: the ledger, the network file, the token, the port
 */
async function startOrchestrator(
  flags: OrchestratorFlags,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<Orchestrator> {
  const token = readToken(flags);
  requireTokenBeyondLoopback(flags.host, token, flags.auth);
  const network = readNetwork(
    flags.network === 'none' ? null : { path: flags.network, isDefault: flags.network === DEFAULT_NETWORK_FILE },
    env,
  );
  const functions = listFunctions(declarations, readVersions());
  const { ledger, failed, close } = await openLedgerIn(flags.ledger ?? join(flags.data, 'data'));
  const ledgerId = await ledger.identify(randomUUID());
  const transport = createHttpTransport({
    token,
    pingTimeoutMs: flags.pingTimeout * 1000,
    leaseMs: flags.lease * 1000,
  });
  const waiters = new RunWaiters((runId) => ledger.run(runId));
  const files = new ResultFiles({
    folder: join(flags.data, 'results'),
    ledger,
    logError: (message) => logger.error(message),
  });
  const fleet: Fleet = new Fleet({
    transport,
    now: Date.now,
    pingIntervalMs: flags.pingInterval * 1000,
    log: (message, worker) => logger.info({ worker }, message),
    onChange: (worker) => dispatcher.workerChanged(worker),
  });
  const dispatcher = new Dispatcher({
    ...{ ledgerId, ledger, transport, fleet, now: Date.now, leaseMs: flags.lease * 1000 },
    estimates: new Estimates(await ledger.estimates()),
    log: {
      info: (m, about) => logger.info(about, m),
      warn: (m, about) => logger.warn(about, m),
      error: (m, about) => logger.error(about, m),
    },
    onRecorded: (effects) => {
      files.wake();
      waiters.notify(endedRuns(effects));
    },
  });
  let isReady = true;
  void failed.then(() => {
    isReady = false;
  });
  const guard: GuardOptions = { token: flags.auth === 'none' ? null : token, hostNames: flags.hostName };
  const rules = {
    findFunction: (type: string) => findDeclaration(type) ?? undefined,
    functionNames: functions.flatMap(({ name, also_named }) => [name, ...also_named]),
    slotMemoryBytes: () => flags.slotMemory * 1024 ** 2,
  };
  const app = createOrchestratorApp({
    ...{ ledgerId, ledger, dispatcher, fleet, waiters, rules, functions, guard, newRunId },
    readTaskFile: () => readTaskFile(flags.tasks),
    version: VERSION,
    heartbeatMs: HEARTBEAT_MS,
    isReady: () => isReady,
    logError: (error, path) => logger.error({ err: error, path }, 'a request failed'),
  });
  const server = await listen(app, flags).catch(async (error) => {
    await close();
    throw error;
  });
  for (const worker of await ledger.rememberedWorkers()) fleet.add(worker, 'registered');
  for (const worker of network) fleet.add(worker);
  await dispatcher.start();
  fleet.start();
  files.wake();
  return { server, failed, stop };

  async function stop(): Promise<void> {
    await server.close();
    fleet.stop();
    dispatcher.stop();
    await transport.close();
    await files.idle();
    await close();
  }
}

async function openLedgerIn(folder: string): Promise<LedgerClient> {
  mkdirSync(folder, { recursive: true });
  return openLedger(resolve(folder, 'ledger.sqlite'));
}

/** @throws Problem `task_file_not_found` */
async function readTaskFile(path: string): Promise<{ text: string; name: string }> {
  try {
    return { text: await readFile(path, 'utf8'), name: path };
  } catch (cause) {
    throw new Problem(
      'task_file_not_found',
      `the task file ${path} cannot be read (${(cause as Error).message}) - start the orchestrator with --tasks FILE, or send tasks in the body`,
      { cause },
    );
  }
}

if (import.meta.main) await orchestratorCommand().parseAsync();
