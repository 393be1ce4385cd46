/** The worker as a process: options, sockets, signals. Everything it is made of is a value of another file. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { selfTests } from '../../functions/self-tests.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type Listening, listen } from '../http/serve.ts';
import { clientTls } from '../http/tls-client.ts';
import { type Access, readAccess } from '../process/access.ts';
import { endOfProcess } from '../process/end-of-process.ts';
import { createLogger, logSetting } from '../process/logger.ts';
import { giveUpReading, isRestricted } from '../process/permissions.ts';
import { PROTOCOL_VERSION } from '../wire/invocation.ts';
import type { Registration } from '../wire/registration.ts';
import { createWorkerApp } from './app.ts';
import { Drain } from './drain.ts';
import { createFunctionHost, readyInTime } from './function-host.ts';
import type { Host } from './host.ts';
import type { Invocation } from './invocation.ts';
import { type WorkerFlags, workerOptions } from './options.ts';
import { postJson } from './post-json.ts';
import { Registrar, type RegistrarOptions } from './registrar.ts';
import { runSelfTests, summarizeFaults } from './self-test.ts';

const REGISTER_TIMEOUT_MS = 5_000;
/** How long the last answers may take to get out. */
const LAST_ANSWERS_MS = 1_000;
const UNRESTRICTED =
  "this process may read and write whatever its user may: it was started without Node's permission model, which `motes worker` uses";

/** The command line of the role. */
export function workerCommand(): Command {
  const command = workerOptions();
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  return command.action((flags: WorkerFlags) => {
    const access = accessOf(flags, (message) => command.error(`error: ${message}`));
    return runWorker(flags, access);
  });
}

/** Token and TLS; a wrong file or combination of options is refused. Nothing of it can be read a second time. */
function accessOf(flags: WorkerFlags, refuse: (message: string) => never): Access {
  try {
    const access = readAccess(flags);
    giveUpReading([flags.tokenFile, flags.tlsCert, flags.tlsKey, flags.tlsCa]);
    return access;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Serves until it is told to end; a failure to start is a message and exit code 1. */
async function runWorker(flags: WorkerFlags, access: Access): Promise<void> {
  const logger = createLogger({ name: flags.id, ...logSetting(flags, process.stderr) });
  // Listened for from the start: a signal that comes just when others learn that it is ready must not kill it.
  const end = endOfProcess(process);
  try {
    if (!isRestricted()) logger.info(UNRESTRICTED);
    const worker = await startWorker(flags, access, logger);
    logger.info(`ready at ${worker.server.url} with ${flags.slots} slots`);
    process.send?.({ event: 'ready', url: worker.server.url, port: worker.server.port });
    logger.info(`draining: ${await end}`);
    void endOfProcess(process).then(() => worker.drain.hurry());
    worker.drain.begin();
    await Promise.all([worker.drain.run(), worker.registrar?.announce()]);
    await worker.close();
    process.exit(0);
  } catch (error) {
    logger.fatal((error as Error).message);
    process.exit(1);
  }
}

interface RunningWorker {
  readonly server: Listening;
  readonly drain: Drain;
  readonly registrar: Registrar | null;
  close(): Promise<void>;
}

/**
 * Puts the parts together, listens, and registers.
 * @throws Error or Problem saying what is wrong: the build, the port
 */
async function startWorker(flags: WorkerFlags, access: Access, logger: Logger): Promise<RunningWorker> {
  // The orchestrator may give it another, where the id is taken.
  let id = flags.id;
  const host = createHost(flags, logger, () => id);
  await readyInTime(host);
  await testItself(host, logger);
  const instance = randomUUID();
  const drain = new Drain(host, flags.grace * 1000, logger);
  const app = createWorkerApp({
    host,
    workerId: () => id,
    instance,
    version: packageJson.version,
    guard: { token: access.requiredToken, hostNames: hostNames(flags) },
    onDrain: () => {
      drain.begin();
      void registrar?.announce();
    },
    onError: (error, path) => logger.error({ err: error, path }, 'a request failed'),
  });
  const server = await listen(app, { ...flags, tls: access.tls });
  const registrar =
    flags.orchestrator === undefined
      ? null
      : createRegistrar(flags.orchestrator, access, logger, {
          registration: () => registration({ ...flags, id }, host, server, instance),
          onId: (given) => {
            id = given;
          },
        });
  await registrar?.start();
  return { server, drain, registrar, close };

  async function close(): Promise<void> {
    await registrar?.close();
    await server.close(LAST_ANSWERS_MS);
    await host.close();
  }
}

function createHost(flags: WorkerFlags, logger: Logger, workerId: () => string): Host {
  return createFunctionHost({
    slots: flags.slots,
    slotMemoryBytes: flags.slotMemory * 1024 ** 2,
    checkpointIntervalMs: flags.checkpointInterval * 1000,
    onLog: (invocation, level, message) =>
      logger[level](invocation ? marksOf(invocation, workerId()) : { worker: workerId() }, message),
  });
}

/** What a log line says of an invocation. */
function marksOf({ input }: Invocation, worker: string): Record<string, unknown> {
  const { run_id, task_id, attempt } = input.key;
  return { function: input.type, run: run_id, task: task_id, attempt, worker };
}

/** Before anybody can ask for work: who computes other bits than the rest gets none, but stays up to say why. */
async function testItself(host: Host, logger: Logger): Promise<void> {
  const fault = summarizeFaults(await runSelfTests(host, selfTests));
  host.invocations.fault = fault;
  if (fault !== null) logger.error(`this worker takes no work: ${fault}`);
}

/** Names under which others may call: this machine's own, and what it is told to be called. */
function hostNames(flags: WorkerFlags): string[] {
  return [
    flags.id,
    hostname(),
    ...(flags.advertiseHost === undefined ? [] : [flags.advertiseHost]),
    ...(flags.hostName ?? []),
  ];
}

function registration(flags: WorkerFlags, host: Host, server: Listening, instance: string): Registration {
  return {
    id: flags.id,
    instance,
    protocol: PROTOCOL_VERSION,
    ...(flags.advertiseHost !== undefined && { host: flags.advertiseHost }),
    port: flags.advertisePort ?? server.port,
    tls: server.url.startsWith('https:'),
    slots: flags.slots,
    slot_memory_bytes: host.options.slotMemoryBytes,
    functions: { ...host.options.versions },
    draining: host.invocations.draining,
    fault: host.invocations.fault,
    on_clash: flags.onClash,
  };
}

function createRegistrar(
  orchestrator: string,
  { token, ca }: Access,
  logger: Logger,
  identity: Pick<RegistrarOptions, 'registration' | 'onId'>,
): Registrar {
  const tls = clientTls(ca);
  return new Registrar({
    ...identity,
    log: logger,
    post: (body) => postJson(`${orchestrator}/workers`, body, { token, tls, timeoutMs: REGISTER_TIMEOUT_MS }),
  });
}

if (import.meta.main) await workerCommand().parseAsync();
