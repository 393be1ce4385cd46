import type { MessagePort } from 'node:worker_threads';
import type { Outcome, Run } from '../function/declaration.ts';
import { Problem } from '../wire/problem.ts';
import { problemOf } from './failure.ts';
import { JobContext, type JobHost } from './job-context.ts';
import { stringifyResult } from './json-safety.ts';
import { measure } from './measured.ts';
import {
  ARTIFACTS_INDEX,
  CHECKPOINTS_INDEX,
  CLAIMS,
  claimIndex,
  type EndedJob,
  FRAME_INDEX,
  type HandedJob,
  MOST_ARTIFACT_BYTES,
  positionWord,
  STOP_INDEX,
  type ThreadData,
  type ThreadMessage,
} from './thread-messages.ts';

/** Results wait at most this long for company: one message each would cost more than a short function itself. */
const REPORT_INTERVAL_MS = 2;
/** A result beyond this is an error of its function; larger data belongs into an artifact. */
const MAX_RESULT_LENGTH = 8 * 1024 * 1024;

/** While it waits for room a thread looks this often whether it is to stop. */
const ROOM_POLL_MS = 10;

/** Functions by name: what a thread can run. */
export type Work = Readonly<Record<string, Run>>;

/** Runs the jobs that the pool hands to this thread, one after the other, and reports on them. */
export class Invoker implements JobHost {
  readonly kernels: ThreadData['kernels'];
  readonly checkpointIntervalMs: number;
  readonly #work: Work;
  readonly #versions: ThreadData['versions'];
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  #queue: HandedJob[] = [];
  #busy = false;
  /** The position of the next job to look at. */
  #next = 0;
  #running: number | null = null;
  #ended: EndedJob[] = [];
  /** True while a beginning or an end is not reported. */
  #unreported = false;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #checkpointsSent = 0;

  constructor(work: Work, port: MessagePort, data: ThreadData) {
    this.#work = work;
    this.#port = port;
    this.#control = new Int32Array(data.control);
    this.#versions = data.versions;
    this.kernels = data.kernels;
    this.checkpointIntervalMs = data.checkpointIntervalMs;
  }

  /** Takes jobs from the pool until the thread is terminated. */
  serve(): void {
    this.#port.on('message', (jobs: HandedJob[]) => {
      for (const job of jobs) this.#queue.push(job);
      if (!this.#busy) void this.#workOff();
    });
    this.send({ kind: 'ready' });
  }

  mustStop(position: number): boolean {
    return Atomics.load(this.#control, STOP_INDEX) === positionWord(position);
  }

  takesFrame(position: number): boolean {
    const word = positionWord(position);
    return Atomics.compareExchange(this.#control, FRAME_INDEX, word, 0) === word;
  }

  get takesCheckpoint(): boolean {
    return Atomics.load(this.#control, CHECKPOINTS_INDEX) === this.#checkpointsSent;
  }

  surface(): void {
    if (this.#unreported && performance.now() - this.#reportedAt >= REPORT_INTERVAL_MS) this.#report();
  }

  send(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
    // What was reported later must not arrive earlier.
    if (message.kind !== 'report' && this.#unreported) this.#report();
    if (message.kind === 'checkpoint') this.#checkpointsSent += 1;
    if (message.kind === 'artifact') Atomics.add(this.#control, ARTIFACTS_INDEX, message.data.byteLength);
    this.#port.postMessage(message, transfer);
  }

  awaitRoom(position: number): void {
    this.surface();
    for (;;) {
      const waiting = Atomics.load(this.#control, ARTIFACTS_INDEX);
      if (waiting < MOST_ARTIFACT_BYTES || this.mustStop(position)) return;
      Atomics.wait(this.#control, ARTIFACTS_INDEX, waiting, ROOM_POLL_MS);
    }
  }

  async #workOff(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const job of batch) {
        const position = this.#next++;
        if (!this.#claim(position)) continue;
        // Awaiting only real promises keeps synchronous functions on one turn of the event loop.
        const later = this.#run(job, position);
        if (later) await later;
      }
    }
    this.#busy = false;
    this.#report();
  }

  #claim(position: number): boolean {
    const index = claimIndex(position);
    return Atomics.compareExchange(this.#control, index, CLAIMS.offered, CLAIMS.running) === CLAIMS.offered;
  }

  #run(job: HandedJob, position: number): Promise<void> | undefined {
    this.#running = position;
    this.#unreported = true;
    if (!job.short) this.#report();
    const startedAt = performance.now();
    try {
      const run = this.#work[job.type];
      if (!run) throw new Problem('unknown_function', `this worker has no work for ${job.type} - build it again`);
      const context = new JobContext(this, position, job, startedAt);
      const outcome = run(job.parameters as never, context);
      const succeed = (ended: Outcome<unknown>): void => this.#succeed(job, position, startedAt, ended, context);
      if (!(outcome instanceof Promise)) succeed(outcome);
      else return outcome.then(succeed, (error: unknown) => this.#fail(position, startedAt, error));
    } catch (error) {
      this.#fail(position, startedAt, error);
    }
    return undefined;
  }

  #succeed(job: HandedJob, position: number, startedAt: number, outcome: Outcome<unknown>, context: JobContext): void {
    const elapsedMs = performance.now() - startedAt;
    try {
      context.finish();
      const result = stringifyResult(outcome?.result);
      if (result.length > MAX_RESULT_LENGTH)
        throw new Problem(
          'function_error',
          `the result is ${result.length} characters long; the limit is ${MAX_RESULT_LENGTH}`,
        );
      const measured = measure(elapsedMs, outcome.amounts, this.#versions[job.type] ?? 'unknown');
      this.#end([position, true, `"result":${result},"measured":${JSON.stringify(measured)}`, elapsedMs]);
    } catch (error) {
      this.#fail(position, startedAt, error);
    }
  }

  #fail(position: number, startedAt: number, error: unknown): void {
    const problem = problemOf(error);
    if (!(error instanceof Problem)) this.#logStack(position, error);
    this.#end([position, false, JSON.stringify(problem), performance.now() - startedAt]);
  }

  #logStack(position: number, error: unknown): void {
    const message = error instanceof Error && error.stack ? error.stack : String(error);
    this.send({ kind: 'log', position, level: 'error', message: message.slice(0, 4000) });
  }

  #end(ended: EndedJob): void {
    Atomics.store(this.#control, claimIndex(ended[0]), CLAIMS.done);
    this.#ended.push(ended);
    this.#running = null;
    this.#unreported = true;
    if (performance.now() - this.#reportedAt >= REPORT_INTERVAL_MS) this.#report();
  }

  #report(): void {
    const passed = this.#running ?? this.#next;
    this.#port.postMessage({
      kind: 'report',
      passed,
      begun: this.#running,
      ended: this.#ended,
    } satisfies ThreadMessage);
    this.#ended = [];
    this.#unreported = false;
    this.#reportedAt = performance.now();
  }
}
