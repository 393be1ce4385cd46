import type { Readable } from 'node:stream';
import type { FrameMessage } from '../wire/frame-stream.ts';
import type { AttemptKey, AttemptRequest, InvocationEvent, Outbox, Ping } from '../wire/invocation.ts';

/** Where a worker answers. */
export interface WorkerAddress {
  readonly id: string;
  readonly url: string;
}

/** Receives the events of a stream, in order, as many as arrived together. */
export type OnEvents = (events: readonly InvocationEvent[]) => void;

/**
 * Carries attempts to a worker and events back. Failures are `Problem`s: `unavailable` when the worker was not
 * reached (nothing was delivered), `worker_lost` when it was and then went silent or away, `overload` or `draining`
 * when it declined, so that callers need not know what carries.
 */
export interface Transport {
  /** @throws Problem `unavailable` */
  ping(worker: WorkerAddress, signal?: AbortSignal): Promise<Ping>;
  /** Delivers attempts and feeds back their events until all have ended. */
  deliver(worker: WorkerAddress, attempts: readonly AttemptRequest[], onEvents: OnEvents): Promise<void>;
  /** Feeds back the events of all that a worker holds of a ledger, running or finished, until nothing runs. */
  follow(worker: WorkerAddress, ledgerId: string, onEvents: OnEvents): Promise<void>;
  /** What a worker runs of a ledger, and the outcomes that wait to be acknowledged. */
  outbox(worker: WorkerAddress, ledgerId: string): Promise<Outbox>;
  /** Lets a worker forget outcomes that are recorded. */
  acknowledge(worker: WorkerAddress, attempts: readonly AttemptKey[]): Promise<void>;
  /**
   * What a worker has of an attempt's artifact from `offset` on, a few megabytes at most. The worker forgets what lies
   * before.
   */
  readArtifact(worker: WorkerAddress, attempt: AttemptKey, name: string, offset: number): Promise<Uint8Array>;
  /** A look at the particles of a running attempt, as `wire/frame.ts` has it; null when it shows none, or has ended. */
  readFrame(worker: WorkerAddress, attempt: AttemptKey): Promise<Uint8Array | null>;
  /**
   * The same again and again, as `wire/frame-stream.ts` has it, until the attempt ends, `signal` is raised, or the caller
   * asks for no more; nothing of an attempt that is gone. @throws Problem `unavailable` when the stream breaks
   */
  watchFrames(worker: WorkerAddress, attempt: AttemptKey, signal: AbortSignal): AsyncIterable<FrameMessage>;
  /** Whether a worker has a blob at hand. */
  holdsBlob(worker: WorkerAddress, sha256: string): Promise<boolean>;
  /** Sends a blob to a worker, which keeps it for the tasks that name it. */
  sendBlob(worker: WorkerAddress, sha256: string, bytes: number, content: Readable): Promise<void>;
  /** The bytes of a blob that a worker has, as they come. @throws Problem `unknown_blob` */
  readBlob(worker: WorkerAddress, sha256: string): Promise<AsyncIterable<Uint8Array>>;
  /** Stops an attempt; one that has ended already is no error. */
  cancel(worker: WorkerAddress, attempt: AttemptKey): Promise<void>;
  /** Asks a worker to take no more, and to hand back what it cannot finish within its grace. */
  drain(worker: WorkerAddress): Promise<void>;
  close(): Promise<void>;
}
