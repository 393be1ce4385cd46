/** Puts the orchestrator's parts together; nothing listens yet. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { declarations, findDeclaration } from '../../functions/catalogue.ts';
import { BUILD_FOLDER, readVersions } from '../function/build.ts';
import { USUAL_UNIT_NS } from '../function/declaration.ts';
import { listFunctions } from '../function/listing.ts';
import { loopCheck } from '../http/health.ts';
import type { Exposition } from '../process/exposition.ts';
import { LoopDelay } from '../process/loop-delay.ts';
import { createHttpTransport } from '../transport/http/http-transport.ts';
import type { Transport } from '../transport/transport.ts';
import { MAX_CHECKPOINT_BYTES } from '../wire/blob.ts';
import type { Overview } from '../wire/overview.ts';
import { Problem } from '../wire/problem.ts';
import { newRunId } from '../wire/run-id.ts';
import { createOrchestratorApp } from './api/app.ts';
import type { OrchestratorDependencies } from './api/dependencies.ts';
import { readPage } from './api/routes/page.ts';
import { RunWaiters } from './api/run-waiters.ts';
import { ArtifactCollector } from './artifacts/artifact-collector.ts';
import { ArtifactStore } from './artifacts/artifact-store.ts';
import { BlobStore } from './blobs/blob-store.ts';
import { CheckpointFiles } from './blobs/checkpoint-files.ts';
import { InputSender } from './blobs/input-sender.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { Estimates } from './dispatch/estimates.ts';
import { EventHub } from './events/event-hub.ts';
import { Overviews } from './events/overview.ts';
import { describeNews, Fleet } from './fleet/fleet.ts';
import type { NetworkWorker } from './fleet/network.ts';
import { FrameHub } from './frames/frame-hub.ts';
import { type LedgerClient, openLedger } from './ledger/ledger-client.ts';
import type { RemoteLedger } from './ledger/ledger-host.ts';
import { LedgerTurns } from './ledger/ledger-turns.ts';
import { Meter } from './meter.ts';
import { createMetrics } from './metrics.ts';
import type { OrchestratorFlags } from './options.ts';
import type { Timers } from './ports.ts';
import { freeBytes, readinessChecks } from './readiness.ts';
import { ResultFiles } from './result-files.ts';
import { Retention } from './retention.ts';
import { RunSummaries } from './runs/run-summaries.ts';
import { TaskSearches } from './search/task-searches.ts';
import { Vocabulary } from './search/vocabulary.ts';
import { AttemptHistory } from './timeline/attempt-history.ts';
import { loadHistory } from './timeline/load-history.ts';

export interface Orchestrator {
  readonly app: Hono;
  /** Settles only when the ledger fails: with the reason. */
  readonly failed: Promise<Error>;
  /** Finds its workers and begins to dispatch. */
  start(): Promise<void>;
  /** Writes what is recorded and closes the ledger; attempts go on at their workers. */
  stop(): Promise<void>;
}

/** What the assembly takes from its process. */
export interface OrchestratorSetting {
  readonly flags: OrchestratorFlags;
  /** Already checked against the address. */
  readonly token: string | null;
  /** The only certificates that workers may show, as PEM; absent for the system's authorities. */
  readonly ca?: string | null;
  readonly network: readonly NetworkWorker[];
  readonly logger: Logger;
  readonly version: string;
}

/** How often workers are asked to register again: also how soon they find an orchestrator that came back. */
const HEARTBEAT_MS = 2_000;

const realTimers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

const DAY_MS = 86_400_000;

const CLOCK = { now: Date.now, timers: realTimers };

/** @throws Error saying why the ledger cannot be opened, or that there is no build */
export async function assembleOrchestrator(setting: OrchestratorSetting): Promise<Orchestrator> {
  const functions = listFunctions(declarations, readVersions());
  const opened = await openLedgerIn(setting.flags);
  const ledgerId = await opened.ledger.identify(randomUUID());
  await discardUnreceived(opened.ledger);
  const upkeep = createUpkeep(setting, opened.ledger);
  const dispatch = await createDispatch(setting, { ...opened, ledgerId }, upkeep);
  const loopDelay = new LoopDelay();
  return {
    app: createApp(setting, {
      ...opened,
      ledgerId,
      functions,
      waiters: upkeep.waiters,
      artifacts: upkeep.artifacts,
      blobs: upkeep.blobs,
      history: upkeep.history,
      ...dispatch,
      loopDelay,
    }),
    failed: opened.failed,
    start: () => startAll(setting, opened.ledger, upkeep, dispatch),
    async stop() {
      dispatch.fleet.stop();
      dispatch.frames.stop();
      upkeep.retention.stop();
      dispatch.dispatcher.stop();
      loopDelay.stop();
      await dispatch.transport.close();
      await upkeep.files.idle();
      await opened.close();
    },
  };
}

/** What follows from recorded outcomes, and what time brings: files, waiting clients, pruning. */
interface Upkeep {
  readonly waiters: RunWaiters;
  readonly files: ResultFiles;
  readonly artifacts: ArtifactStore;
  readonly blobs: BlobStore;
  readonly states: BlobStore;
  readonly retention: Retention;
  readonly history: AttemptHistory;
  /** There may be results without a file. */
  writeFiles(): void;
}

function createUpkeep({ flags, logger }: OrchestratorSetting, ledger: RemoteLedger): Upkeep {
  const logError = (message: string): void => logger.error(message);
  const history = new AttemptHistory(Date.now);
  const files = new ResultFiles({ folder: join(flags.data, 'results'), ledger, logError });
  const artifacts = new ArtifactStore(join(flags.data, 'results', 'artifacts'));
  const blobs = new BlobStore(join(flags.data, 'data', 'blobs'));
  return {
    files,
    history,
    artifacts,
    blobs,
    states: new BlobStore(join(flags.data, 'data', 'checkpoints'), MAX_CHECKPOINT_BYTES),
    writeFiles: () => (flags.resultFiles === 'on' ? files.wake() : undefined),
    waiters: new RunWaiters((runId) => ledger.run(runId)),
    retention: new Retention({
      ...{ ledger, ...CLOCK, log: logger },
      onPruned: async (runs) => {
        history.forget(runs);
        for (const run of runs) await artifacts.remove(run);
        if (flags.keepDays !== undefined) await blobs.prune(Math.max(1, flags.keepDays) * DAY_MS);
      },
      keepMs: flags.keepDays === undefined ? null : flags.keepDays * DAY_MS,
      keepBytes: flags.keepMib === undefined ? null : flags.keepMib * 1024 ** 2,
    }),
  };
}

/** What brings tasks to workers. */
interface Dispatch {
  readonly transport: Transport;
  readonly fleet: Fleet;
  readonly dispatcher: Dispatcher;
  readonly estimates: Estimates;
  readonly metrics: Exposition;
  readonly events: EventHub;
  readonly frames: FrameHub;
  readonly overview: () => Promise<Overview>;
}

async function createDispatch(
  { flags, token, ca, logger, version }: OrchestratorSetting,
  { ledger, ledgerId, commits }: Pick<LedgerClient, 'ledger' | 'commits'> & { ledgerId: string },
  upkeep: Upkeep,
): Promise<Dispatch> {
  const leaseMs = flags.lease * 1000;
  const transport = createHttpTransport({ token, ...(ca && { ca }), pingTimeoutMs: flags.pingTimeout * 1000, leaseMs });
  const meter = new Meter();
  const fleet: Fleet = new Fleet({
    ...{ transport, ...CLOCK, pingIntervalMs: flags.pingInterval * 1000 },
    log: (message, worker) => logger.info({ worker }, message),
    onChange: (worker) => dispatcher.workerChanged(worker),
    onAnswer: (worker) => dispatcher.workerAnswered(worker),
    onForget: (id) =>
      void ledger
        .forgetWorker(id)
        .catch((error) => logger.warn({ worker: id }, `a worker was not forgotten: ${error}`)),
    onNews: (worker, change, detail) =>
      void ledger
        .noteWorker(describeNews(worker, fleet.condition(worker), change, detail))
        .catch((error) => logger.warn({ worker: worker.id }, `what became of a worker was not noted: ${error}`)),
  });
  const estimates = new Estimates(await ledger.estimates(), (name) => findDeclaration(name)?.unitNs ?? USUAL_UNIT_NS);
  const dispatcher = new Dispatcher({
    ...{ ledger, ledgerId, transport, fleet, meter, ...CLOCK, leaseMs, speculation: flags.speculation === 'on' },
    estimates,
    watcher: upkeep.history,
    artifacts: new ArtifactCollector({ transport, store: upkeep.artifacts }),
    inputs: new InputSender({
      transport,
      findFunction: findDeclaration,
      store: upkeep.blobs,
      checkpoints: upkeep.states,
    }),
    checkpoints: new CheckpointFiles({ transport, ledger, store: upkeep.states }),
    log: {
      info: (message, about) => logger.info(about, message),
      warn: (message, about) => logger.warn(about, message),
      error: (message, about) => logger.error(about, message),
    },
    onRecorded: (effects) => {
      meter.recorded(effects);
      overviews.count(effects);
      upkeep.writeFiles();
      for (const { endedRun } of effects) if (endedRun) upkeep.waiters.notify(endedRun);
    },
  });
  const overviews = new Overviews({ ...{ ledger, fleet, dispatcher, estimates }, version, now: Date.now });
  const metrics = createMetrics({
    ...{ version, meter, commits, ledger, fleet, dispatcher, estimates },
    freeBytes: () => freeBytes(ledgerPath(flags)),
  });
  const overview = (): Promise<Overview> => overviews.now();
  const events = new EventHub({ ledger, timers: realTimers, progress: () => dispatcher.progress(), overview });
  const frames = new FrameHub({ ledger, ledgerId, transport, fleet, ...CLOCK });
  return { transport, fleet, dispatcher, metrics, estimates, events, frames, overview };
}

type AppParts = Pick<
  OrchestratorDependencies,
  'ledger' | 'ledgerId' | 'functions' | 'waiters' | 'artifacts' | 'blobs' | 'history'
> &
  Dispatch;

function createApp(setting: OrchestratorSetting, parts: AppParts & { loopDelay: LoopDelay }): Hono {
  const { flags, token, logger, version } = setting;
  const { loopDelay, ...shared } = parts;
  const { ledger, dispatcher } = shared;
  const ready = { ledger, path: ledgerPath(flags), hasStarted: () => dispatcher.isStarted };
  const findFunction = (type: string) => findDeclaration(type) ?? undefined;
  const turns = new LedgerTurns(Date.now);
  return createOrchestratorApp({
    ...{ ...shared, newRunId, now: Date.now, version, heartbeatMs: HEARTBEAT_MS },
    readiness: [...readinessChecks(ready), loopCheck(loopDelay)],
    rules: {
      findFunction,
      functionNames: shared.functions.flatMap(({ name, also_named }) => [name, ...also_named]),
      slotMemoryBytes: () => flags.slotMemory * 1024 ** 2,
      holdsBlob: (sha256) => shared.blobs.has(sha256),
      leastMs: (name, cost) => shared.estimates.leastMs(name, cost),
    },
    searches: new TaskSearches({ ledger, turns, now: Date.now }),
    vocabulary: new Vocabulary(declarations),
    summaries: new RunSummaries({ ledger, turns, findFunction, now: Date.now }),
    page: readPage(join(BUILD_FOLDER, 'dashboard')),
    guard: { token: flags.auth === 'none' ? null : token, hostNames: flags.hostName ?? [] },
    readTaskFile: () => readTaskFile(flags.tasks),
    logError: (error, path) => logger.error({ err: error, path }, 'a request failed'),
  });
}

async function startAll(
  { flags, network, logger }: OrchestratorSetting,
  ledger: RemoteLedger,
  { retention, history, writeFiles, blobs, states }: Upkeep,
  { fleet, dispatcher }: Dispatch,
): Promise<void> {
  await Promise.all([blobs.discardPartial(), states.discardPartial()]);
  for (const worker of await ledger.rememberedWorkers()) fleet.add(worker, 'registered');
  for (const { tls, ...worker } of network) {
    fleet.add({ ...worker, tls: tls ?? flags.tlsCert !== undefined }, 'network');
  }
  await dispatcher.start();
  loadHistory(history, ledger).catch((error) => logger.warn(`the timeline lacks what was before: ${error}`));
  fleet.start();
  retention.start();
  writeFiles();
}

async function openLedgerIn(flags: OrchestratorFlags): Promise<LedgerClient> {
  const path = ledgerPath(flags);
  mkdirSync(dirname(path), { recursive: true });
  return openLedger({ path, exportsResults: flags.resultFiles === 'on' });
}

function ledgerPath(flags: OrchestratorFlags): string {
  return resolve(flags.ledger ?? join(flags.data, 'data'), 'ledger.sqlite');
}

/** Runs whose stream of tasks broke with the last orchestrator: their senders were told nothing, so nothing is lost. */
async function discardUnreceived(ledger: RemoteLedger): Promise<void> {
  for (const run of await ledger.unreceived()) while (await ledger.discard(run));
}

/** @throws Problem `task_file_not_found` */
async function readTaskFile(path: string): Promise<{ text: string; name: string }> {
  try {
    return { text: await readFile(path, 'utf8'), name: path };
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not there' : (cause as Error).message;
    throw new Problem(
      'task_file_not_found',
      `the task file ${path} cannot be read (${why}) - start the orchestrator with --tasks FILE, or send tasks in the body`,
      { cause },
    );
  }
}
