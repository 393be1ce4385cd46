/** A transport whose workers say what the test says, when it says so. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { OnEvents, Transport, WorkerAddress } from '../../transport/transport.ts';
import type { FrameMessage } from '../../wire/frame-stream.ts';
import {
  type AttemptKey,
  type AttemptRequest,
  type BareEvent,
  type InvocationEvent,
  type Outbox,
  type Ping,
  PROTOCOL_VERSION,
} from '../../wire/invocation.ts';
import { Problem, type ProblemCode } from '../../wire/problem.ts';

export const LEDGER_ID = 'ledger';

/** One stream, of a delivery or of a follow, from the worker's side. */
export class FakeStream {
  readonly worker: string;
  readonly attempts: readonly AttemptRequest[];
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly #reject: (problem: Problem) => void;
  readonly #onEvents: OnEvents;

  constructor(worker: string, attempts: readonly AttemptRequest[], onEvents: OnEvents) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.worker = worker;
    this.attempts = attempts;
    this.ended = promise;
    this.end = resolve;
    this.#reject = reject;
    this.#onEvents = onEvents;
  }

  /** Says something of an attempt: of the first that was delivered, when none is named. */
  say(bare: BareEvent, key: AttemptKey = this.attempts[0]!): void {
    const { ledger_id, run_id, task_id, attempt } = key;
    this.#onEvents([{ ledger_id, run_id, task_id, attempt, seq: 1, ...bare } as InvocationEvent]);
  }

  fail(code: ProblemCode): void {
    this.#reject(new Problem(code, `the worker says ${code}`));
  }
}

/** A stream of frames, from the worker's side. */
export class FakeFrameStream {
  readonly worker: string;
  readonly attempt: AttemptKey;
  /** False once nobody takes from it any more. */
  isOpen = true;
  readonly #signal: AbortSignal;
  readonly #stream: ReadableStream<FrameMessage>;
  #controller!: ReadableStreamDefaultController<FrameMessage>;

  constructor(worker: string, attempt: AttemptKey, signal: AbortSignal) {
    this.worker = worker;
    this.attempt = attempt;
    this.#signal = signal;
    this.#stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }

  say(message: FrameMessage): void {
    this.#controller.enqueue(message);
  }

  end(): void {
    this.#controller.close();
  }

  fail(): void {
    this.#controller.error(new Problem('unavailable', 'the stream broke'));
  }

  async *messages(): AsyncGenerator<FrameMessage> {
    const abort = (): void => this.#controller.error(this.#signal.reason);
    this.#signal.addEventListener('abort', abort, { once: true });
    try {
      yield* this.#stream;
    } finally {
      this.isOpen = false;
      this.#signal.removeEventListener('abort', abort);
    }
  }
}

/** `RUN/TASK#ATTEMPT`. */
export function nameOf({ run_id, task_id, attempt }: AttemptKey): string {
  return `${run_id}/${task_id}#${attempt}`;
}

export const succeeded = (digest = 'd', elapsedMs = 10): BareEvent => ({
  event: 'succeeded',
  result: { digest },
  measured: { elapsed_ms: elapsedMs },
});

export const failed = (code: ProblemCode, status: 'failed' | 'released' | 'cancelled' = 'failed'): BareEvent => ({
  event: 'failed',
  status,
  error: new Problem(code, `the worker says ${code}`).toJSON(),
});

export class FakeTransport implements Transport {
  readonly deliveries: FakeStream[] = [];
  readonly follows: FakeStream[] = [];
  /** Names of attempts. */
  readonly acknowledged: string[] = [];
  readonly cancelled: string[] = [];
  readonly drained: string[] = [];
  /** What workers answer; one that is not here cannot be reached. */
  readonly pings = new Map<string, Partial<Ping>>();
  readonly outboxes = new Map<string, Partial<Outbox>>();
  acknowledgesNothing = false;
  /** What workers have of artifacts, by `RUN/TASK#ATTEMPT NAME`, and how much of it one answer holds. */
  readonly artifacts = new Map<string, Uint8Array>();
  mostArtifactBytes = 3;
  /** What workers were sent, by `WORKER SHA256`. */
  readonly blobs = new Map<string, string>();
  /** What attempts show. */
  readonly frames = new Map<string, Uint8Array>();
  /** Streams of frames, in the order in which they were asked for. */
  readonly frameStreams: FakeFrameStream[] = [];

  async ping({ id }: WorkerAddress): Promise<Ping> {
    const ping = this.pings.get(id);
    if (!ping) throw new Problem('unavailable', `${id} cannot be reached`);
    return {
      ...{ status: 'online', worker_id: id, timestamp: '', current_task: null, current_tasks: [], waiting: 0 },
      ...{ instance: `${id}-1`, protocol: PROTOCOL_VERSION, slots: 1, slot_memory_bytes: 2 ** 30, draining: false },
      ...{ functions: { noop: 'v1' }, ...ping },
    };
  }
  deliver({ id }: WorkerAddress, attempts: readonly AttemptRequest[], onEvents: OnEvents): Promise<void> {
    this.deliveries.push(new FakeStream(id, attempts, onEvents));
    return this.deliveries.at(-1)!.ended;
  }
  follow({ id }: WorkerAddress, _ledgerId: string, onEvents: OnEvents): Promise<void> {
    this.follows.push(new FakeStream(id, [], onEvents));
    return this.follows.at(-1)!.ended;
  }
  async outbox({ id }: WorkerAddress): Promise<Outbox> {
    const outbox = this.outboxes.get(id);
    if (!outbox) throw new Problem('unavailable', `${id} cannot be reached`);
    return { instance: `${id}-1`, running: [], finished: [], ...outbox };
  }
  async acknowledge(_worker: WorkerAddress, attempts: readonly AttemptKey[]): Promise<void> {
    if (this.acknowledgesNothing) throw new Problem('unavailable', 'no answer');
    this.acknowledged.push(...attempts.map(nameOf));
  }
  async readArtifact(_worker: WorkerAddress, attempt: AttemptKey, name: string, offset: number): Promise<Uint8Array> {
    const content = this.artifacts.get(`${nameOf(attempt)} ${name}`);
    if (!content) throw new Problem('unknown_artifact', `there is no artifact "${name}" of this invocation`);
    return content.subarray(offset, offset + this.mostArtifactBytes);
  }
  async holdsBlob({ id }: WorkerAddress, sha256: string): Promise<boolean> {
    return this.blobs.has(`${id} ${sha256}`);
  }
  async sendBlob({ id }: WorkerAddress, sha256: string, _bytes: number, content: Readable): Promise<void> {
    this.blobs.set(`${id} ${sha256}`, await text(content));
  }
  async readBlob({ id }: WorkerAddress, sha256: string): Promise<AsyncIterable<Uint8Array>> {
    const content = this.blobs.get(`${id} ${sha256}`);
    if (content === undefined) throw new Problem('unknown_blob', `there is no blob ${sha256} on this worker`);
    return Readable.from([Buffer.from(content)]);
  }
  async readFrame(_worker: WorkerAddress, attempt: AttemptKey): Promise<Uint8Array | null> {
    return this.frames.get(nameOf(attempt)) ?? null;
  }
  watchFrames({ id }: WorkerAddress, attempt: AttemptKey, signal: AbortSignal): AsyncIterable<FrameMessage> {
    this.frameStreams.push(new FakeFrameStream(id, attempt, signal));
    return this.frameStreams.at(-1)!.messages();
  }
  async cancel(_worker: WorkerAddress, attempt: AttemptKey): Promise<void> {
    this.cancelled.push(nameOf(attempt));
  }
  async drain({ id }: WorkerAddress): Promise<void> {
    this.drained.push(id);
  }
  async close(): Promise<void> {
    for (const stream of [...this.deliveries, ...this.follows]) stream.fail('worker_lost');
  }
}
