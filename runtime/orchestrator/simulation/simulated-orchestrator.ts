/** The orchestrator's process: the real parts put together as `assemble.ts` does, killed and started at will. */

import type { AttemptKey } from '../../wire/invocation.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import type { Registration, RegistrationAnswer } from '../../wire/registration.ts';
import { Dispatcher } from '../dispatch/dispatcher.ts';
import { Estimates } from '../dispatch/estimates.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { FinishEffect, FinishRequest } from '../ledger/ledger-types.ts';
import { AttemptHistory } from '../timeline/attempt-history.ts';
import type { VirtualClock } from './clock.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import { type Disk, SimulatedLedger } from './simulated-ledger.ts';
import { SimulatedTransport } from './simulated-transport.ts';
import type { Trace } from './trace.ts';

export const LEASE_MS = 3_000;
export const LEDGER_ID = 'ledger';
const PING_INTERVAL_MS = 5_000;
const HEARTBEAT_MS = 2_000;
/** Fewer than there are attempts: some are dropped while they run. */
const HISTORY_CAPACITY = 16;

/** What one process is made of; nothing of it outlives it. */
export interface Process {
  isAlive: boolean;
  /** It answers requests. */
  isListening: boolean;
  hasStarted: boolean;
  isStopping: boolean;
  readonly ledger: RemoteLedger;
  readonly thread: SimulatedLedger;
  readonly transport: SimulatedTransport;
  fleet?: Fleet;
  dispatcher?: Dispatcher;
}

/** What it is put into. */
export interface OrchestratorWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly network: Network;
  readonly disk: Disk;
  /** The ledger itself, which stays. */
  readonly inline: RemoteLedger;
  /** Workers of the network file. */
  readonly named: readonly { id: string; host: string; port: number }[];
  readonly speculation: boolean;
  /** The ledger's key of a task. */
  taskKey(runId: string, id: string): number | undefined;
}

export class SimulatedOrchestrator {
  readonly #world: OrchestratorWorld;
  #process: Process | null = null;
  #onDeath = new Set<() => void>();

  constructor(world: OrchestratorWorld) {
    this.#world = world;
  }

  /** The process that answers now; null when none does. */
  get listening(): Process | null {
    return this.#process?.isListening ? this.#process : null;
  }
  get isUp(): boolean {
    return this.#process !== null;
  }

  start(): void {
    if (this.#process) return;
    const { network, clock, trace, inline } = this.#world;
    trace.note('orchestrator starts');
    const caller = { isAlive: () => process.isAlive };
    const thread = new SimulatedLedger(inline, this.#world);
    const transport = new SimulatedTransport(network, caller, LEASE_MS, (workerId, key) =>
      this.#succeededAt(workerId, key),
    );
    const process: Process = {
      ...{ isAlive: true, isListening: false, hasStarted: false, isStopping: false },
      ...{ thread, ledger: thread.remote, transport },
    };
    this.#process = process;
    void this.#boot(process, clock.timers(caller.isAlive));
  }

  /** The order of `assemble.ts` and `main.ts`: it listens before it has read the ledger. */
  async #boot(process: Process, timers: ReturnType<VirtualClock['timers']>): Promise<void> {
    const { clock, named, speculation } = this.#world;
    const { ledger, transport } = process;
    await ledger.identify(LEDGER_ID);
    for (const run of await ledger.unreceived()) {
      this.#world.trace.mark('crash while tasks arrive');
      while (await ledger.discard(run));
    }
    const time = { now: clock.now, timers };
    const fleet: Fleet = new Fleet({
      ...{ transport, ...time, pingIntervalMs: PING_INTERVAL_MS },
      log: (message) => this.#log('fleet', message),
      onChange: (worker) => dispatcher.workerChanged(worker),
      onAnswer: (worker) => dispatcher.workerAnswered(worker),
      onForget: (id) => void ledger.forgetWorker(id),
      onNews: () => {},
    });
    const dispatcher = new Dispatcher({
      artifacts: { collect: () => Promise.resolve() },
      inputs: { send: (_worker, attempts) => Promise.resolve(attempts) },
      checkpoints: { keep: (_worker, _state, record) => record(), sweep: () => {} },
      ...{
        ledgerId: LEDGER_ID,
        ledger: this.#watched(process),
        transport,
        fleet,
        ...time,
        leaseMs: LEASE_MS,
        speculation,
      },
      estimates: new Estimates(await ledger.estimates()),
      watcher: new AttemptHistory(time.now, HISTORY_CAPACITY),
      log: {
        info: (message, about) => this.#log('info', message, about),
        warn: (message, about) => this.#logWarning(process, message, about),
        error: (message, about) => this.#logError(message, about),
      },
      meter: { ended: () => {}, lost: () => {} },
      onRecorded: () => {},
    });
    Object.assign(process, { fleet, dispatcher, isListening: true });
    for (const worker of await ledger.rememberedWorkers()) fleet.add(worker, 'registered');
    for (const worker of named) fleet.add(worker, 'network');
    await dispatcher.start();
    fleet.start();
    process.hasStarted = true;
  }

  /** As `kill -9`: nothing that was under way goes on, and nobody is told. */
  kill(): void {
    const process = this.#process;
    if (!process) return;
    this.#world.trace.note('orchestrator is killed');
    process.isAlive = false;
    process.isListening = false;
    process.thread.kill();
    this.#gone();
  }

  /** As SIGTERM: `stop` of `assemble.ts`, then the process ends. */
  stop(onEnded: () => void): void {
    const process = this.#process;
    if (!process?.hasStarted) return;
    this.#world.trace.note('orchestrator stops');
    if (process.transport.isFollowing) this.#world.trace.mark('graceful stop during a re-attached attempt');
    process.isListening = false;
    process.isStopping = true;
    process.fleet!.stop();
    process.dispatcher!.stop();
    void process.transport.close();
    const { clock } = this.#world;
    const closed = (): void => {
      if (!process.isAlive) return;
      if (process.thread.pending > 0) {
        clock.after(1, closed);
        return;
      }
      process.isAlive = false;
      process.thread.end();
      this.#gone();
      onEnded();
    };
    clock.after(1, closed);
  }

  #gone(): void {
    this.#process = null;
    const waiting = [...this.#onDeath];
    this.#onDeath.clear();
    for (const tell of waiting) tell();
  }

  /**
   * A request of a user's: refused when nobody listens, broken off when the process dies first.
   * @throws Problem what it answered, or `unavailable`
   */
  ask<T>(work: (process: Required<Process>) => Promise<T>): Promise<T> {
    const process = this.listening;
    if (!process) return Promise.reject(new Problem('unavailable', 'nobody listens'));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const died = (): void => reject(new Problem('unavailable', 'the connection broke'));
    this.#onDeath.add(died);
    work(process as Required<Process>)
      .then(resolve, reject)
      .finally(() => this.#onDeath.delete(died));
    return promise;
  }

  /** `POST /workers`. */
  register(registration: Registration): Promise<RegistrationAnswer> {
    return this.ask(async (process) => {
      if (!process.hasStarted) this.#world.trace.mark('registered before the ledger was read');
      const known = process.fleet.get(registration.id);
      const worker = await process.fleet.register(registration, 'nowhere').catch((error) => {
        if (asProblem(error).code === 'worker_id_taken') this.#world.trace.mark('clash of names refused');
        throw error;
      });
      const { id, host, port } = worker;
      if (known?.url !== worker.url) await process.ledger.rememberWorker({ id, host, port });
      return { id, ledger_id: LEDGER_ID, heartbeat_ms: HEARTBEAT_MS };
    });
  }

  /** The ledger, with what outcomes did to it noted; the caller gets the very same promises, at the same time. */
  #watched(process: Process): RemoteLedger {
    const { ledger } = process;
    const finish = (requests: readonly FinishRequest[]): ReturnType<RemoteLedger['finish']> => {
      const answer = ledger.finish(requests);
      answer.then((effects) => {
        for (const [index, effect] of effects.entries()) this.#noteEffect(requests[index]!, effect);
      });
      return answer;
    };
    const keyOf = (runId: string, id: string): ReturnType<RemoteLedger['keyOf']> => {
      const answer = ledger.keyOf(runId, id);
      answer.then((key) => key === null && this.#world.trace.mark('late outcome of an unknown attempt'));
      return answer;
    };
    return { ...ledger, finish, keyOf };
  }

  #noteEffect({ task, attempt, outcome }: FinishRequest, effect: FinishEffect | null): void {
    const { trace } = this.#world;
    trace.note(`recorded ${task}#${attempt} ${outcome.status} -> ${effect ? effect.taskStatus : 'unknown'}`);
    if (!effect) {
      trace.mark('late outcome of an unknown attempt');
      return;
    }
    if (effect.superseded) trace.mark('result superseded');
    if (effect.divergent) trace.mark('divergence');
    if (effect.taskStatus === 'failed' && !effect.superseded) trace.mark('dead letter');
    if (outcome.status === 'released') trace.mark('attempt released by a drain');
    for (const other of effect.stop) trace.mark(attempt > other.attempt ? 'copy won the race' : 'copy lost the race');
  }

  #succeededAt(workerId: string, key: AttemptKey): void {
    const task = this.#world.taskKey(key.run_id, key.task_id);
    if (task !== undefined && this.#process?.thread.isLosing(task, key.attempt))
      this.#world.trace.mark('lease lost in a commit');
    const ready = this.#process?.fleet?.ready(this.#world.clock.now()) ?? [];
    if (ready.some(({ id, isOnProbation }) => id === workerId && isOnProbation))
      this.#world.trace.mark('probation passed');
  }

  #logWarning(process: Process, message: string, about: Record<string, unknown>): void {
    this.#log('warn', message, about);
    if (process.isStopping && message.startsWith('attempt lost'))
      this.#world.trace.violate('a stopping orchestrator gave up an attempt that its successor would have found');
  }

  /** Nothing in a simulation makes the ledger fail: whatever the orchestrator cannot do is a fault of its own. */
  #logError(message: string, about: Record<string, unknown>): void {
    this.#log('error', message, about);
    if (!message.startsWith('divergence')) this.#world.trace.violate(`the orchestrator logged an error: ${message}`);
  }

  #log(level: string, message: string, about: Record<string, unknown> = {}): void {
    const { trace } = this.#world;
    trace.note(`${level}: ${message} ${Object.values(about).join(' ')}`);
    const marker = LOGGED.find(([words]) => message.includes(words))?.[1];
    if (marker) trace.mark(marker);
  }
}

const LOGGED = [
  ['re-attached', 'attempt re-attached'],
  ['is quarantined', 'quarantined'],
  ['did not enforce the deadline', 'deadline enforced by the orchestrator'],
] as const;
