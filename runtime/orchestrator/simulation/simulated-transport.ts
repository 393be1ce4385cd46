import type { OnEvents, Transport, WorkerAddress } from '../../transport/transport.ts';
import type { AttemptKey, AttemptRequest, InvocationEvent, Outbox, Ping } from '../../wire/invocation.ts';
import { isTerminal } from '../../wire/invocation.ts';
import { Problem } from '../../wire/problem.ts';
import { type Caller, type Network, Stream } from './network.ts';
import { label } from './simulated-events.ts';
import type { SimulatedWorker } from './simulated-worker.ts';

/** As short as tests like it: a lost request shows after this long. */
const REQUEST_TIMEOUT_MS = 1_000;

/** The transport of one orchestrator process, over the simulated network. */
export class SimulatedTransport implements Transport {
  readonly #network: Network;
  readonly #caller: Caller;
  readonly #leaseMs: number;
  readonly #onSuccess: (workerId: string, key: AttemptKey) => void;
  readonly #streams = new Set<Stream>();
  readonly #follows = new Set<Stream>();
  #isClosed = false;

  /** @param onSuccess a worker says that an attempt succeeded, and the orchestrator has not heard it yet */
  constructor(
    network: Network,
    caller: Caller,
    leaseMs: number,
    onSuccess: (workerId: string, key: AttemptKey) => void,
  ) {
    this.#network = network;
    this.#caller = caller;
    this.#leaseMs = leaseMs;
    this.#onSuccess = onSuccess;
  }

  ping(worker: WorkerAddress): Promise<Ping> {
    return this.#request(worker, (there) => there.ping());
  }

  outbox(worker: WorkerAddress): Promise<Outbox> {
    return this.#request(worker, (there) => there.outbox());
  }

  acknowledge(worker: WorkerAddress, attempts: readonly AttemptKey[]): Promise<void> {
    const lost = (): void => this.#network.trace.mark('acknowledgement lost');
    return this.#request(worker, (there) => there.acknowledge(attempts), lost);
  }

  /** No simulated function writes one. */
  readArtifact(): Promise<Uint8Array> {
    return Promise.reject(new Problem('unknown_artifact', 'there are no artifacts here'));
  }

  /** No simulated function has inputs. */
  holdsBlob(): Promise<boolean> {
    return Promise.resolve(true);
  }

  readBlob(): Promise<AsyncIterable<Uint8Array>> {
    return Promise.reject(new Error('simulated states are small'));
  }

  sendBlob(): Promise<void> {
    return Promise.resolve();
  }

  /** Nobody looks. */
  readFrame(): Promise<null> {
    return Promise.resolve(null);
  }

  async *watchFrames(): AsyncGenerator<never> {}

  cancel(worker: WorkerAddress, attempt: AttemptKey): Promise<void> {
    this.#network.trace.note(`cancel ${label(attempt)} at ${worker.id}`);
    return this.#request(worker, (there) => there.cancel(attempt)).catch((error) => {
      if (this.#caller.isAlive()) this.#network.trace.mark('cancel lost');
      throw error;
    });
  }

  drain(worker: WorkerAddress): Promise<void> {
    return this.#request(worker, (there) => there.drain(0));
  }

  deliver(worker: WorkerAddress, attempts: readonly AttemptRequest[], onEvents: OnEvents): Promise<void> {
    this.#network.trace.note(`deliver ${attempts.map(label).join(' ')} to ${worker.id}`);
    const stream = this.#stream(worker, onEvents);
    const twice = (): void => this.#network.trace.mark('delivered twice');
    return this.#opened(
      stream,
      this.#network.open(stream, (there) => there.invoke(attempts, stream), twice),
    );
  }

  follow(worker: WorkerAddress, _ledgerId: string, onEvents: OnEvents): Promise<void> {
    this.#network.trace.note(`follow ${worker.id}`);
    const stream = this.#stream(worker, onEvents);
    this.#follows.add(stream);
    return this.#opened(
      stream,
      this.#network.open(stream, (there) => there.follow(stream)),
    ).finally(() => this.#follows.delete(stream));
  }

  get isFollowing(): boolean {
    return this.#follows.size > 0;
  }

  /** Cuts every connection, as closing a pool of them does: whoever waits for one is told. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of [...this.#streams]) stream.fail(new Problem('worker_lost', 'the client is destroyed'));
  }

  #request<T>(worker: WorkerAddress, handle: (worker: SimulatedWorker) => T, answerLost?: () => void): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Problem('unavailable', 'the client is destroyed'));
    return this.#network.request(this.#caller, worker.url, REQUEST_TIMEOUT_MS, handle, answerLost);
  }

  #stream(worker: WorkerAddress, onEvents: OnEvents): Stream {
    const heard = (events: readonly InvocationEvent[]): void => {
      for (const event of events) {
        if (isTerminal(event)) this.#network.trace.note(`hear ${event.event} ${label(event as AttemptKey)}`);
        if (event.event === 'succeeded') this.#onSuccess(worker.id, event as AttemptKey);
      }
      onEvents(events);
    };
    return new Stream(this.#network, this.#caller, worker.url, this.#leaseMs, heard);
  }

  async #opened(stream: Stream, ended: Promise<void>): Promise<void> {
    if (this.#isClosed) stream.fail(new Problem('unavailable', 'the client is destroyed'));
    this.#streams.add(stream);
    await ended.finally(() => this.#streams.delete(stream));
  }
}
