/** The workers: who they are, whether they answer, what they can do. */

import * as v from 'valibot';
import { serverUrl } from '../../http/serve.ts';
import type { Transport } from '../../transport/transport.ts';
import type { WorkerChange } from '../../wire/events.ts';
import { type Ping, PROTOCOL_VERSION } from '../../wire/invocation.ts';
import type { PingAll, Worker } from '../../wire/orchestrator-api.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import { type Registration, RegistrationSchema } from '../../wire/registration.ts';
import type { Failure } from '../ledger/ledger-types.ts';
import type { Timers } from '../ports.ts';
import { Quarantine } from './quarantine.ts';

/** A worker as the orchestrator knows it. */
export interface FleetWorker {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** `network`: named in the network file; `registered`: it came by itself. */
  readonly source: 'network' | 'registered';
  /** Where the network file has it: there it is looked for again when it does not answer elsewhere. */
  readonly home: Pick<FleetWorker, 'host' | 'port' | 'url'> | null;
  readonly online: boolean;
  readonly draining: boolean;
  /** What it says is wrong with itself: it gets no work. */
  readonly fault: string | null;
  /** Null until it has answered once. */
  readonly instance: string | null;
  readonly slots: number;
  readonly slotMemoryBytes: number;
  readonly functions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 of its last answer; null before the first. */
  readonly lastSeenAt: number | null;
  /** Milliseconds since 1970; null while it is online. */
  readonly offlineSince: number | null;
}

export interface FleetOptions {
  readonly transport: Pick<Transport, 'ping'>;
  readonly now: () => number;
  readonly timers: Timers;
  /** How often every worker is pinged. */
  readonly pingIntervalMs: number;
  readonly log: (message: string, worker: string) => void;
  /** A worker came online, went offline, or became another instance. */
  readonly onChange: (worker: FleetWorker) => void;
  /** A worker answered a ping. */
  readonly onAnswer: (worker: FleetWorker) => void;
  /** What users may want to be told of a worker. `detail` says why, where there is more to say. */
  readonly onNews: (worker: FleetWorker, change: WorkerChange, detail: string | null) => void;
  /** A worker that had registered itself has been away for so long that it is no longer listed. */
  readonly onForget: (id: string) => void;
}

/** No worker takes on more invocations; the scheduler keeps something for each slot. */
const MAX_SLOTS = 4_096;
/** How long a worker that came by itself is listed as offline before it is forgotten. */
const FORGET_AFTER_MS = 600_000;
/** Workers that may ask for the same id. */
const MOST_NAMESAKES = 1000;

/** Workers by id. Records are replaced, never changed, so that a view taken stays as it was. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #workers = new Map<string, FleetWorker>();
  readonly #quarantine = new Quarantine();
  #timer: unknown;
  #isStopped = true;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Adds workers of the network file, or remembered ones: offline until they answer. */
  add(
    worker: { id: string; host: string; port: number; tls?: boolean | number },
    source: FleetWorker['source'] = 'network',
  ): void {
    const { id, host, port } = worker;
    const url = serverUrl(host, port, Boolean(worker.tls));
    const home = source === 'network' ? { host, port, url } : null;
    const known = this.#workers.get(id);
    if (known?.online) {
      // It has registered already, while the ledger was read.
      this.#workers.set(id, { ...known, source, home });
      return;
    }
    const unknown = {
      online: false,
      draining: false,
      fault: null,
      instance: null,
      slots: 0,
      slotMemoryBytes: 0,
      functions: {},
      lastSeenAt: null,
      offlineSince: this.#options.now(),
    };
    this.#workers.set(id, { id, host, port, url, source, home, ...unknown });
  }

  list(): FleetWorker[] {
    return [...this.#workers.values()];
  }

  get(id: string): FleetWorker | undefined {
    return this.#workers.get(id);
  }

  /** Workers that may get tasks now, those on probation marked. */
  ready(now: number): (FleetWorker & { isOnProbation: boolean })[] {
    return this.list().flatMap((worker) => {
      const standing = this.#quarantine.standing(worker.id, now);
      if (!worker.online || worker.draining || worker.fault !== null || standing === 'quarantined') return [];
      return [{ ...worker, isOnProbation: standing === 'probation' }];
    });
  }

  /** `ready`, or why it gets nothing, as `GET /workers` says it. */
  condition(worker: FleetWorker): Worker['condition'] {
    if (worker.draining) return 'draining';
    if (worker.fault !== null) return 'faulty';
    return this.#quarantine.standing(worker.id, this.#options.now()) === 'quarantined' ? 'quarantined' : 'ready';
  }

  noteSuccess(workerId: string): void {
    this.#quarantine.noteSuccess(workerId);
  }

  /** Counts failures that are the worker's own: a function's exception or a deadline says nothing of the worker. */
  noteFailure(workerId: string, task: number, failure: Failure): void {
    const isItsOwn =
      failure.status === 'lost' ||
      (failure.status === 'failed' && ['internal', 'unavailable'].includes(failure.error.code));
    if (!isItsOwn || !this.#quarantine.noteFailure(workerId, task, this.#options.now())) return;
    const until = new Date(this.#quarantine.until(workerId)!).toISOString();
    const why = `until ${until}: it failed several tasks, the last with "${failure.error.detail}"`;
    this.#options.log(`worker ${workerId} is quarantined ${why}`, workerId);
    const worker = this.#workers.get(workerId);
    if (worker) this.#options.onNews(worker, 'quarantined', why);
  }

  /** Forgets workers that came by themselves and have been away for long; those of the network file stay listed. */
  #forgetGone(): void {
    const longAgo = this.#options.now() - FORGET_AFTER_MS;
    for (const worker of this.list()) {
      const { id, source, offlineSince } = worker;
      if (source !== 'registered' || offlineSince === null || offlineSince > longAgo) continue;
      this.#workers.delete(id);
      this.#options.log(`worker ${id} has been away for long and is no longer listed`, id);
      this.#options.onForget(id);
      this.#options.onNews(worker, 'forgotten', null);
    }
  }

  /**
   * Takes a worker in, or renews what is known of it; under another id if its own is taken and it asked for that.
   * @param remoteAddress where the request came from: the host, when it names none
   * @throws Problem `foreign_protocol`, `invalid_body` for more slots than anybody has, or `worker_id_taken` while another instance answers under that id
   */
  async register(registration: Registration, remoteAddress: string): Promise<FleetWorker> {
    if (registration.protocol !== PROTOCOL_VERSION) {
      throw new Problem(
        'foreign_protocol',
        `${registration.id} speaks protocol ${registration.protocol}, this orchestrator ${PROTOCOL_VERSION} - run the same version of motes on both`,
      );
    }
    if (registration.slots > MAX_SLOTS) {
      const detail = `slots: must be at most ${MAX_SLOTS} (given ${registration.slots})`;
      throw new Problem('invalid_body', detail, { pointer: '/slots' });
    }
    const host = registration.host ?? remoteAddress;
    const { port, instance, slots, functions, draining } = registration;
    let id = registration.id;
    for (let count = 1; ; ) {
      const holder = this.#otherHolder(id, instance);
      if (!holder) break;
      if (await this.#stillAnswers(holder)) id = nextId(registration, ++count, holder);
      // Yet another may have taken the name meanwhile.
      else if (this.#workers.get(id)?.instance === holder.instance) break;
    }
    // No waiting between the check and the entry: of two that ask for one name, the second sees the first.
    const known = this.#workers.get(id);
    const source = known?.source ?? 'registered';
    const home = known?.home ?? null;
    return this.#update({
      ...{
        id,
        host,
        port,
        url: serverUrl(host, port, registration.tls),
        source,
        home,
        online: true,
        draining,
        fault: registration.fault ?? null,
        instance,
        slots,
        functions,
      },
      slotMemoryBytes: registration.slot_memory_bytes,
      lastSeenAt: this.#options.now(),
      offlineSince: null,
    });
  }

  /** Whoever has this id, if it is another than the instance that asks for it. */
  #otherHolder(id: string, instance: string): FleetWorker | null {
    const known = this.#workers.get(id);
    return known?.instance == null || known.instance === instance ? null : known;
  }

  async #stillAnswers(worker: FleetWorker): Promise<boolean> {
    const report = await this.#options.transport.ping(worker).catch(() => null);
    return report?.instance === worker.instance;
  }

  /** Pings one worker and records what came of it. */
  async ping(id: string): Promise<FleetWorker | undefined> {
    const worker = this.#workers.get(id);
    if (!worker) return undefined;
    try {
      return this.#answered(worker, await this.#options.transport.ping(worker));
    } catch (error) {
      return this.markOffline(worker, asProblem(error).message);
    }
  }

  #answered(asked: FleetWorker, report: Ping): FleetWorker | undefined {
    const worker = this.#workers.get(asked.id);
    if (worker?.url !== asked.url) return worker;
    if (report.worker_id !== worker.id) return this.markOffline(worker, `${worker.url} answers as ${report.worker_id}`);
    if (report.protocol !== PROTOCOL_VERSION)
      return this.markOffline(worker, `it speaks protocol ${report.protocol}, this orchestrator ${PROTOCOL_VERSION}`);
    const { instance, slots, draining, functions } = report;
    if (!Number.isInteger(slots) || slots < 1 || slots > MAX_SLOTS)
      return this.markOffline(worker, `it says that it has ${slots} slots, 1 to ${MAX_SLOTS} are allowed`);
    const seen = { instance, slots, draining, functions, fault: report.fault ?? null };
    const updated = this.#update({
      ...worker,
      ...seen,
      slotMemoryBytes: report.slot_memory_bytes,
      online: true,
      lastSeenAt: this.#options.now(),
      offlineSince: null,
    });
    this.#options.onAnswer(updated);
    return updated;
  }

  async pingAll(): Promise<PingAll> {
    await Promise.all(this.list().map((worker) => this.ping(worker.id)));
    return this.summary();
  }

  /** Notes that a worker declined because it drains: it gets no more, until it says otherwise. */
  noteDraining(id: string): void {
    const worker = this.#workers.get(id);
    if (worker) this.#update({ ...worker, draining: true });
  }

  /** Notes that a worker does not answer where it was asked; by now it may have registered from elsewhere. */
  markOffline(asked: FleetWorker, why: string): FleetWorker | undefined {
    const worker = this.#workers.get(asked.id);
    if (!worker?.online || worker.url !== asked.url || worker.instance !== asked.instance) return worker;
    this.#options.log(`worker ${worker.id} is offline: ${why}`, worker.id);
    return this.#update({ ...worker, ...worker.home, online: false, offlineSince: this.#options.now() }, why);
  }

  #update(next: FleetWorker, why: string | null = null): FleetWorker {
    const before = this.#workers.get(next.id);
    this.#workers.set(next.id, next);
    const isNews =
      before?.online !== next.online ||
      before.instance !== next.instance ||
      before.draining !== next.draining ||
      before.fault !== next.fault ||
      before.url !== next.url;
    if (!isNews) return next;
    if (next.online && before?.online !== true)
      this.#options.log(
        `worker ${next.id} is online at ${next.url}, ${next.slots} slot${next.slots === 1 ? '' : 's'}`,
        next.id,
      );
    if (next.fault !== null && before?.fault !== next.fault)
      this.#options.log(`worker ${next.id} gets no work: ${next.fault}`, next.id);
    this.#options.onChange(next);
    this.#options.onNews(next, 'changed', why);
    return next;
  }

  summary(): PingAll {
    const workers = this.list();
    const status = Object.fromEntries(
      workers.map(({ id, online }) => [id, online ? ('online' as const) : ('offline' as const)]),
    );
    return { online_workers: workers.filter(({ online }) => online).length, total_workers: workers.length, status };
  }

  /** Pings everybody now and from then on at the interval; a round that is still under way is not overtaken. */
  start(): void {
    this.#isStopped = false;
    const { timers, pingIntervalMs } = this.#options;
    const round = async (): Promise<void> => {
      await this.pingAll();
      this.#forgetGone();
      if (!this.#isStopped) this.#timer = timers.set(round, pingIntervalMs);
    };
    this.#timer = timers.set(round, 0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.timers.clear(this.#timer);
  }
}

/**
 * The id to try after one that is taken: `worker1-2` for the second `worker1`, and so on.
 * @throws Problem `worker_id_taken` when the worker wants its own id or none, or there are too many of them
 */
function nextId(registration: Registration, count: number, holder: FleetWorker): string {
  const id = `${registration.id}-${count}`;
  if (registration.on_clash === 'suffix' && count <= MOST_NAMESAKES && v.is(RegistrationSchema.entries.id, id))
    return id;
  throw new Problem(
    'worker_id_taken',
    `a worker ${holder.id} is alive at ${holder.url} - start this one with another --id, or with --on-clash suffix`,
  );
}

/** What became of a worker, as events tell it. */
export function describeNews(
  { id, online, fault }: FleetWorker,
  condition: Worker['condition'],
  change: WorkerChange,
  detail: string | null,
) {
  const status = online ? ('online' as const) : ('offline' as const);
  return { worker_id: id, change, status, condition, detail: detail ?? fault };
}

/** A worker as `GET /workers` shows it. */
export function describeWorker(
  worker: FleetWorker,
  condition: Worker['condition'],
  currentTasks: readonly string[],
): Worker {
  return {
    host: worker.host,
    port: worker.port,
    url: worker.url,
    last_ping: worker.lastSeenAt === null ? null : worker.lastSeenAt / 1000,
    status: worker.online ? 'online' : 'offline',
    condition,
    fault: worker.fault,
    instance: worker.instance,
    slots: worker.slots,
    running: currentTasks.length,
    current_tasks: [...currentTasks],
    functions: { ...worker.functions },
  };
}
