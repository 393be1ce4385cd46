import { createHash } from 'node:crypto';
import type { Artifact } from '../function/artifact.ts';
import type { InvocationContext, KernelExports, Observables, StopSignal } from '../function/context.ts';
import type { Frame } from '../function/frame.ts';
import { instantiateKernel, type Kernels } from '../function/kernel.ts';
import { MAX_CHECKPOINT_BYTES, MAX_INLINE_CHECKPOINT_BYTES } from '../wire/blob.ts';
import { encodeFrame } from '../wire/frame.ts';
import { Problem } from '../wire/problem.ts';
import { LOG_LIMITS } from '../wire/task-log.ts';
import { ArtifactWriters } from './artifact-writer.ts';
import { seal, unseal } from './envelope.ts';
import type { HandedJob, ThreadMessage } from './thread-messages.ts';

/** At most one progress report of a job in this time; what lies between is left out. */
export const PROGRESS_INTERVAL_MS = 100;
/** After a checkpoint the function computes for at least so many times as long as that one held it up. */
const WORK_PER_CHECKPOINT = 20;
/** After a frame likewise, so that what somebody looks at runs 5 % slower at most; but one that took long by chance is soon forgotten. */
const WORK_PER_FRAME = 20;
const MOST_FRAME_PAUSE_MS = 500;
const MAX_LOG_LINES = 1000;

/** What a job's context needs of the thread that runs it. */
export interface JobHost {
  readonly kernels: Kernels;
  readonly checkpointIntervalMs: number;
  /** True when the pool asked for the job at this position to be stopped. */
  mustStop(position: number): boolean;
  /** True once for each time that somebody asks the job at this position for a frame. */
  takesFrame(position: number): boolean;
  /** False while the last checkpoint is still on its way. */
  readonly takesCheckpoint: boolean;
  /** Called whenever a function looks up from its work, so that what waits to be reported gets out. */
  surface(): void;
  send(message: ThreadMessage, transfer?: ArrayBuffer[]): void;
  /** Waits until a piece of an artifact may be sent; sooner when the job at this position is to be stopped. */
  awaitRoom(position: number): void;
}

/** The context of one job: thins out what the function reports, and reads the stop word. */
export class JobContext implements InvocationContext {
  readonly signal: StopSignal;
  readonly resumeFrom: Uint8Array | null;
  readonly #host: JobHost;
  readonly #position: number;
  readonly #artifacts: ArtifactWriters;
  readonly #inputs: Readonly<Record<string, Uint8Array>>;
  #progressAt = Number.NEGATIVE_INFINITY;
  /** Before that no other is taken. */
  #nextCheckpointAt: number;
  #nextFrameAt = Number.NEGATIVE_INFINITY;
  #logLines = 0;

  constructor(host: JobHost, position: number, job: Pick<HandedJob, 'inputs' | 'resumeFrom'>, startedAt: number) {
    this.#host = host;
    this.#position = position;
    this.#inputs = job.inputs ?? {};
    const resumed = job.resumeFrom === null ? null : unseal(job.resumeFrom);
    this.resumeFrom = resumed?.state ?? null;
    this.#artifacts = new ArtifactWriters(
      (name, offset, data) => this.#sendPiece(name, offset, data),
      resumed?.artifacts ?? {},
    );
    this.signal = new JobSignal(host, position);
    this.#nextCheckpointAt = startedAt + host.checkpointIntervalMs;
  }

  progress(done: number, total: number, observables?: Observables): void {
    this.#host.surface();
    const now = performance.now();
    if (now - this.#progressAt < PROGRESS_INTERVAL_MS || !Number.isFinite(done) || !Number.isFinite(total)) return;
    this.#progressAt = now;
    this.#artifacts.flush();
    const shown = observables ? `,"observables":${JSON.stringify(finiteOnly(observables))}` : '';
    this.#host.send({ kind: 'progress', position: this.#position, json: `"done":${done},"total":${total}${shown}` });
  }

  checkpoint(capture: () => Uint8Array): void {
    this.#host.surface();
    if (performance.now() < this.#nextCheckpointAt || !this.#host.takesCheckpoint) return;
    this.#artifacts.flush();
    const startedAt = performance.now();
    this.#sendCheckpoint(capture());
    const endedAt = performance.now();
    const pauseMs = (endedAt - startedAt) * WORK_PER_CHECKPOINT;
    this.#nextCheckpointAt = Math.max(startedAt + this.#host.checkpointIntervalMs, endedAt + pauseMs);
  }

  #sendCheckpoint(captured: Uint8Array): void {
    const artifacts = this.#artifacts.lengths();
    const state = seal({ state: captured, artifacts });
    if (state.byteLength > MAX_CHECKPOINT_BYTES) {
      const limit = `the limit is ${MAX_CHECKPOINT_BYTES}`;
      this.#write('warn', `a checkpoint of ${state.byteLength} bytes was left out: ${limit}`);
      return;
    }
    // A view of something larger (a kernel's memory, Node's buffer pool) is copied rather than taken away whole.
    const owned = isWholeBuffer(state) ? state : new Uint8Array(state);
    const sha256 = owned.length > MAX_INLINE_CHECKPOINT_BYTES ? createHash('sha256').update(owned).digest('hex') : null;
    this.#host.send({ kind: 'checkpoint', position: this.#position, checkpoint: { state: owned, artifacts, sha256 } }, [
      owned.buffer as ArrayBuffer,
    ]);
  }

  frame(look: () => Frame): void {
    const startedAt = performance.now();
    if (startedAt < this.#nextFrameAt || !this.#host.takesFrame(this.#position)) return;
    const data = encodeFrame(look());
    this.#host.send({ kind: 'frame', position: this.#position, data }, [data.buffer]);
    const endedAt = performance.now();
    this.#nextFrameAt = endedAt + Math.min(MOST_FRAME_PAUSE_MS, (endedAt - startedAt) * WORK_PER_FRAME);
  }

  artifact(name: string): Artifact {
    return this.#artifacts.open(name);
  }

  input(sha256: string): Uint8Array {
    const bytes = this.#inputs[sha256];
    if (!bytes) throw new Error(`the blob ${sha256} is not an input of this task`);
    // A copy: other threads read the same memory.
    return bytes.slice();
  }

  /** Sends what is left of the artifacts; called when the function has returned. */
  finish(): void {
    this.#artifacts.flush();
  }

  #sendPiece(name: string, offset: number, data: Uint8Array<ArrayBuffer>): void {
    this.#host.awaitRoom(this.#position);
    this.signal.throwIfAborted();
    this.#host.send({ kind: 'artifact', position: this.#position, name, offset, data }, [data.buffer]);
  }

  instantiate<Exports extends KernelExports>(kernel: string): Exports {
    return instantiateKernel<Exports>(this.#host.kernels, kernel);
  }

  log(message: string): void {
    this.#write('info', String(message));
  }

  #write(level: 'info' | 'warn', message: string): void {
    this.#logLines += 1;
    if (this.#logLines > MAX_LOG_LINES) return;
    const text = this.#logLines === MAX_LOG_LINES ? 'further lines of this invocation are left out' : message;
    this.#host.send({ kind: 'log', position: this.#position, level, message: text.slice(0, LOG_LIMITS.characters) });
  }
}

class JobSignal implements StopSignal {
  readonly #host: JobHost;
  readonly #position: number;

  constructor(host: JobHost, position: number) {
    this.#host = host;
    this.#position = position;
  }

  get aborted(): boolean {
    this.#host.surface();
    return this.#host.mustStop(this.#position);
  }

  throwIfAborted(): void {
    // The host knows whether it was a cancel, a deadline or a drain, and reports that instead.
    if (this.aborted) throw new Problem('cancelled', 'it was asked to stop');
  }
}

function isWholeBuffer(state: Uint8Array): boolean {
  return state.buffer instanceof ArrayBuffer && state.byteLength === state.buffer.byteLength;
}

function finiteOnly(observables: Observables): Observables {
  return Object.fromEntries(Object.entries(observables).filter(([, value]) => Number.isFinite(value)));
}
