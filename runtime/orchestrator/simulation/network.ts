/** The network between the orchestrator and its workers: late, lossy, cut, and now and then twice. */
import type { InvocationEvent } from '../../wire/invocation.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import type { Planned, VirtualClock } from './clock.ts';
import type { Random } from './random.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import type { Trace } from './trace.ts';

/** How bad it is; probabilities are of one message. */
export interface NetworkConditions {
  loss: number;
  duplication: number;
  /** A stream breaks with the message. */
  breaks: number;
  /** A message takes up to `slowMs` instead of a moment. */
  slowness: number;
  slowMs: number;
}

export const CALM: NetworkConditions = { loss: 0, duplication: 0, breaks: 0, slowness: 0, slowMs: 0 };

/** Who asks: what comes back after its death reaches nobody. */
export interface Caller {
  isAlive(): boolean;
}

export class Network {
  readonly clock: VirtualClock;
  readonly trace: Trace;
  conditions: NetworkConditions = { ...CALM };
  /** Who listens at which URL. */
  readonly listeners = new Map<string, SimulatedWorker>();
  /** URLs that nothing reaches and that reach nothing. */
  readonly cut = new Set<string>();
  readonly #random: Random;

  constructor(clock: VirtualClock, trace: Trace, random: Random) {
    this.clock = clock;
    this.trace = trace;
    this.#random = random;
  }

  latencyMs(): number {
    const { slowness, slowMs } = this.conditions;
    return this.#random.chance(slowness) ? this.#random.between(5, slowMs) : this.#random.between(0, 3);
  }

  isLost(url: string): boolean {
    return this.cut.has(url) || this.#random.chance(this.conditions.loss);
  }

  breaksNow(): boolean {
    return this.#random.chance(this.conditions.breaks);
  }

  isDuplicated(): boolean {
    return this.#random.chance(this.conditions.duplication);
  }

  /** One request and its answer, as an HTTP client sees them: what is lost shows as silence until the timeout. */
  request<T>(
    caller: Caller,
    url: string,
    timeoutMs: number,
    handle: (worker: SimulatedWorker) => T,
    answerLost: () => void = () => {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const settle = (how: () => void): void => {
      timeout.run = null;
      if (caller.isAlive()) how();
    };
    const unreachable = (why: string): void => settle(() => reject(new Problem('unavailable', `${url} ${why}`)));
    const timeout: Planned = this.clock.after(timeoutMs, () => unreachable('did not answer in time'));
    const arrive = (isFirst: boolean) => (): void => {
      const worker = this.listeners.get(url);
      if (!worker && isFirst) unreachable('refused the connection');
      worker?.receive(() => {
        const answer = outcomeOf(() => handle(worker));
        if (!isFirst) return;
        if (this.isLost(url)) return answerLost();
        if (this.breaksNow()) {
          answerLost();
          this.clock.after(this.latencyMs(), () => unreachable('reset the connection'));
          return;
        }
        this.clock.after(this.latencyMs(), () =>
          settle(() => ('value' in answer ? resolve(answer.value) : reject(answer.problem))),
        );
      });
    };
    if (!this.isLost(url)) this.clock.after(this.latencyMs(), arrive(true));
    if (this.isDuplicated()) this.clock.after(this.latencyMs() + this.latencyMs(), arrive(false));
    return promise;
  }

  /** Opens a stream; the promise settles when it ends, or breaks. */
  open(stream: Stream, accept: (worker: SimulatedWorker) => void, twice: () => void = () => {}): Promise<void> {
    const { url } = stream;
    const arrive = (): void => {
      const worker = this.listeners.get(url);
      if (!worker) stream.fail(new Problem('unavailable', `${url} refused the connection`));
      worker?.receive(() => {
        stream.worker = worker;
        const answer = outcomeOf(() => {
          worker.streams.add(stream);
          accept(worker);
        });
        if ('problem' in answer) this.clock.after(this.latencyMs(), () => stream.fail(answer.problem));
      });
    };
    stream.watch();
    if (this.isLost(url)) return stream.ended;
    this.clock.after(this.latencyMs(), arrive);
    if (!this.isDuplicated()) return stream.ended;
    twice();
    this.clock.after(this.latencyMs() + this.latencyMs(), arrive);
    return stream.ended;
  }
}

function outcomeOf<T>(work: () => T): { value: T } | { problem: Problem } {
  try {
    return { value: work() };
  } catch (error) {
    return { problem: asProblem(error) };
  }
}

/** An answer of many events, in order: some of them arrive, then it ends or breaks. */
export class Stream {
  readonly url: string;
  readonly ended: Promise<void>;
  /** Who sends; null until the request has arrived. */
  worker: SimulatedWorker | null = null;
  readonly #network: Network;
  readonly #caller: Caller;
  readonly #leaseMs: number;
  readonly #onEvents: (events: readonly InvocationEvent[]) => void;
  readonly #settle: { resolve(): void; reject(problem: Problem): void };
  #isOver = false;
  /** Bytes no longer arrive, and nobody has noticed yet. */
  #isSilent = false;
  #hasBegun = false;
  #lastArrivalMs = 0;
  #heardAtMs = 0;

  constructor(
    network: Network,
    caller: Caller,
    url: string,
    leaseMs: number,
    onEvents: (events: readonly InvocationEvent[]) => void,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settle = { resolve, reject };
    this.#network = network;
    this.#caller = caller;
    this.#leaseMs = leaseMs;
    this.#onEvents = onEvents;
    this.url = url;
  }

  get isOver(): boolean {
    return this.#isOver || !this.#caller.isAlive();
  }

  /** Begins to count silence. */
  watch(): void {
    const { clock } = this.#network;
    this.#heardAtMs = clock.now();
    const look = (): void => {
      if (this.isOver) return;
      const leftMs = this.#heardAtMs + this.#leaseMs - clock.now();
      if (leftMs > 0) clock.after(leftMs, look);
      else this.#broke('it was silent for the whole lease');
    };
    clock.after(this.#leaseMs, look);
  }

  /** The worker's side: sends events. */
  push(events: readonly InvocationEvent[]): void {
    if (this.isOver || this.#isSilent || events.length === 0) return;
    if (this.#network.isLost(this.url)) {
      this.#isSilent = true;
      return;
    }
    const repeats = this.#network.isDuplicated() ? 2 : 1;
    this.#deliver(() => {
      this.#hasBegun = true;
      this.#heardAtMs = this.#network.clock.now();
      for (let count = 0; count < repeats; count += 1) this.#onEvents(events);
    });
    if (this.#network.breaksNow()) this.cutOff();
  }

  /** The worker's side: no more will come. */
  end(): void {
    this.worker?.streams.delete(this);
    this.#deliver(() => {
      this.#isOver = true;
      this.#settle.resolve();
    });
  }

  /** A line that is no event. */
  garble(): void {
    this.#network.trace.mark('garbage answered');
    this.#deliver(() => this.#broke('it sent a line that is no event'));
  }

  /** Both sides notice that the connection is gone. */
  cutOff(): void {
    this.worker?.streams.delete(this);
    this.#deliver(() => this.#broke('connection reset'));
    this.#isSilent = true;
  }

  /** The caller's side: fails with a problem that the worker answered, or that there was no worker. */
  fail(problem: Problem): void {
    this.worker?.streams.delete(this);
    if (this.isOver) return;
    this.#isOver = true;
    this.#settle.reject(problem);
  }

  #broke(why: string): void {
    // Before the first byte a client cannot tell whether anything was delivered.
    if (!this.#hasBegun && this.worker) this.#network.trace.mark('delivered, and the answer lost');
    const code = this.#hasBegun ? 'worker_lost' : 'unavailable';
    this.fail(new Problem(code, `the connection to ${this.url} broke: ${why}`));
  }

  /** Runs at the caller's side after the way there, never before what was sent earlier. */
  #deliver(arrived: () => void): void {
    if (this.isOver || this.#isSilent) return;
    const { clock } = this.#network;
    const atMs = Math.max(this.#lastArrivalMs, clock.now() + Math.round(this.#network.latencyMs()));
    this.#lastArrivalMs = atMs;
    clock.after(atMs - clock.now(), () => {
      if (!this.isOver) arrived();
    });
  }
}
