/** The orchestrator's parts in one process, over a fake transport, with a clock that the test moves. */

import { findDeclaration } from '../../../functions/catalogue.ts';
import { RunWaiters } from '../api/run-waiters.ts';
import { ArtifactCollector } from '../artifacts/artifact-collector.ts';
import { CheckpointFiles } from '../blobs/checkpoint-files.ts';
import { InputSender } from '../blobs/input-sender.ts';
import { Dispatcher } from '../dispatch/dispatcher.ts';
import { Estimates } from '../dispatch/estimates.ts';
import { EventHub } from '../events/event-hub.ts';
import { Overviews } from '../events/overview.ts';
import { describeNews, Fleet } from '../fleet/fleet.ts';
import { FrameHub } from '../frames/frame-hub.ts';
import { openDatabase } from '../ledger/database.ts';
import { createInlineLedger } from '../ledger/inline-ledger.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { NewTaskRow } from '../ledger/ledger-rows.ts';
import { Store } from '../ledger/store.ts';
import { Meter } from '../meter.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { AttemptHistory } from '../timeline/attempt-history.ts';
import { FakeTransport, LEDGER_ID } from './fake-transport.ts';
import { MemoryArtifacts } from './memory-artifacts.ts';
import { MemoryBlobs } from './memory-blobs.ts';

export const LEASE_MS = 10_000;

/** A line of the log, and what it says it is about. */
export interface LogEntry {
  readonly message: string;
  readonly about: Readonly<Record<string, unknown>>;
}

/** A ledger that stays while orchestrators come and go. */
export function makeLedger(clock: VirtualClock) {
  const store = new Store(openDatabase(':memory:'));
  // No jitter: a backoff takes as long as it may.
  const ledger = new Ledger(store, { now: clock.now, random: () => 0.999_999, exportsResults: false });
  return { ledger, remote: createInlineLedger(ledger, store) };
}

export interface PartsSetting {
  readonly clock?: VirtualClock;
  readonly ledger?: ReturnType<typeof makeLedger>;
  /** Attempts that the timeline holds. */
  readonly historyCapacity?: number;
}

/** Puts the parts together as `assemble.ts` does; nothing has started. */
export function makeParts(more: PartsSetting = {}) {
  const clock = more.clock ?? new VirtualClock();
  const { ledger, remote } = more.ledger ?? makeLedger(clock);
  const transport = new FakeTransport();
  const waiters = new RunWaiters((runId) => remote.run(runId));
  const time = { now: clock.now, timers: clock.timers(() => true) };
  const logged: string[] = [];
  const entries: LogEntry[] = [];
  const log = (message: string, about: Record<string, unknown> | string): void => {
    logged.push(message);
    entries.push({ message, about: typeof about === 'string' ? { worker: about } : about });
  };
  const meter = new Meter();
  const fleet: Fleet = new Fleet({
    ...{ transport, ...time, log, pingIntervalMs: 30_000 },
    onChange: (worker) => dispatcher.workerChanged(worker),
    onAnswer: (worker) => dispatcher.workerAnswered(worker),
    onForget: () => {},
    onNews: (worker, change, detail) =>
      void remote.noteWorker(describeNews(worker, fleet.condition(worker), change, detail)),
  });
  const artifacts = new MemoryArtifacts();
  const blobs = new MemoryBlobs();
  const states = new MemoryBlobs();
  const estimates = new Estimates();
  const history = new AttemptHistory(clock.now, more.historyCapacity);
  const dispatcher = new Dispatcher({
    ...{ ledgerId: LEDGER_ID, ledger: remote, transport, fleet, ...time, leaseMs: LEASE_MS, speculation: true },
    artifacts: new ArtifactCollector({ transport, store: artifacts }),
    inputs: new InputSender({ transport, findFunction: findDeclaration, store: blobs, checkpoints: states }),
    checkpoints: new CheckpointFiles({ transport, ledger: remote, store: states }),
    ...{ estimates, meter, watcher: history, log: { info: log, warn: log, error: log } },
    onRecorded: (effects) => {
      meter.recorded(effects);
      overviews.count(effects);
      for (const { endedRun } of effects) if (endedRun) waiters.notify(endedRun);
    },
  });
  const overviews = new Overviews({
    ...{ ledger: remote, fleet, dispatcher, estimates },
    version: '1.2.3',
    now: clock.now,
  });
  const overview = () => overviews.now();
  const events = new EventHub({ ledger: remote, timers: time.timers, progress: () => dispatcher.progress(), overview });
  const frames = new FrameHub({ ledgerId: LEDGER_ID, ledger: remote, transport, fleet, ...time });
  /** Adds a worker that answers, and lets it come online. */
  const join = async (id: string, ping: Parameters<FakeTransport['pings']['set']>[1] = {}): Promise<void> => {
    transport.pings.set(id, ping);
    if (!transport.outboxes.has(id)) transport.outboxes.set(id, {});
    fleet.add({ id, host: id, port: 8_001 });
    await fleet.ping(id);
    await settle();
  };
  const submit = async (runId: string, ...tasks: (string | NewTaskRow)[]): Promise<void> => {
    const rows = tasks.map((task) => (typeof task === 'string' ? newTask(task) : task));
    await remote.submit(runId, rows, null);
    dispatcher.tasksQueued();
    await settle();
  };
  /** Moves the clock, one event after the other. */
  const pass = async (ms: number): Promise<void> => {
    const untilMs = clock.elapsedMs + ms;
    clock.after(ms, () => {});
    while (clock.elapsedMs < untilMs && clock.step()) await settle();
  };
  return {
    ...{
      clock,
      ledger,
      remote,
      transport,
      fleet,
      dispatcher,
      artifacts,
      blobs,
      states,
      waiters,
      logged,
      entries,
      meter,
      estimates,
      events,
      frames,
      history,
      overview,
    },
    ...{ join, submit, pass },
  };
}

/** Lets every promise settle that can. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function newTask(id: string, more: Partial<NewTaskRow> = {}): NewTaskRow {
  return {
    ...{
      id,
      type: 'noop',
      function: 'noop',
      parameters: '{"a":1}',
      description: null,
      priority: 5,
      cost: 1,
      memory: 1,
    },
    ...{ retries: 3, retry_on: '["worker_lost","unavailable","overload"]', timeout_ms: null, ...more },
  };
}
