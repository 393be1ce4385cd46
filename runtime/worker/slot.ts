import type { Worker } from 'node:worker_threads';
import { Problem, type ProblemDocument, problemFromDocument } from '../wire/problem.ts';
import { startThread, type ThreadOptions } from './function-thread.ts';
import { type Job, NOWHERE, type ThreadPlace } from './job.ts';
import {
  ARTIFACTS_INDEX,
  CHECKPOINTS_INDEX,
  CLAIMS,
  CONTROL_BYTES,
  claimIndex,
  FRAME_INDEX,
  type HandedJob,
  positionWord,
  STOP_INDEX,
  type ThreadMessage,
  WINDOW,
} from './thread-messages.ts';

/** How long a job that was asked to stop may take to notice, before its thread is terminated. */
const STOP_GRACE_MS = 50;
/** So many looks without a report mean that a thread is stuck in a job: some 20 ms, where it reports every 2. */
const STUCK_WATCHES = 5;
/** Terminating takes milliseconds; if it does not end at all, the job's owner is told so after this time. */
const TERMINATE_DEADLINE_MS = 5_000;
/** The pause before a thread that died while starting is started again: doubled each time, to a limit. */
const RESTART_PAUSE_MS = 100;
const MAX_RESTART_PAUSE_MS = 5_000;

/** What a look at a thread's claims shows. */
export interface Watched {
  /** How many jobs the thread has not begun. */
  readonly unbegun: number;
  /** How many it has ended and not reported. */
  readonly unreported: number;
  /** Jobs whose results are stuck in the thread; they are no longer with it. */
  readonly stranded: Job[];
}

/** What a slot tells the pool. */
export interface SlotOwner {
  ready(slot: Slot): void;
  /** A job succeeded after so many milliseconds. */
  measured(job: Job, elapsedMs: number): void;
  /** The slot has room again. */
  freed(): void;
  /** The thread is gone before it began (or reported) these; oldest first. */
  handedBack(jobs: Job[]): void;
  /** A thread ended that nobody had asked to; `wasUp` tells whether it had ever been ready. */
  crashed(why: string, wasUp: boolean): void;
}

/** One thread and the jobs that are with it. The thread is replaced when it crashes or has to be terminated. */
export class Slot {
  /** True while a thread is up and takes jobs. */
  ready = false;
  /** Milliseconds that the jobs with the thread are expected to take together. */
  loadMs = 0;
  readonly #owner: SlotOwner;
  readonly #options: ThreadOptions;
  #thread!: Worker;
  #control!: Int32Array;
  #handed = 0;
  #passed = 0;
  /** Jobs by position modulo the window. */
  #jobs: (Job | undefined)[] = [];
  #batch: HandedJob[] = [];
  /** Looks in a row that found results unreported while a job ran: a report between them starts the count anew. */
  #silentWatches = 0;
  #startFailures = 0;
  #closed = false;

  constructor(owner: SlotOwner, options: ThreadOptions) {
    this.#owner = owner;
    this.#options = options;
    this.#start();
  }

  /** True while its threads die as they start. */
  get isFailing(): boolean {
    return this.#startFailures > 0;
  }

  /** How many positions the thread has not passed; 0 means idle. */
  get depth(): number {
    return this.#handed - this.#passed;
  }

  /** Adds a job to the next batch; `send` sends it. */
  hand(job: Job, expectedMs: number, short: boolean): void {
    const position = this.#handed++;
    job.place = { at: 'thread', slot: this, position, expectedMs, started: false };
    this.#jobs[position % WINDOW] = job;
    this.loadMs += expectedMs;
    Atomics.store(this.#control, claimIndex(position), CLAIMS.offered);
    const { type, parameters, inputs, resumeFrom } = job;
    this.#batch.push({ type, parameters, inputs, resumeFrom, short });
  }

  /** Sends the batch that `hand` has gathered. */
  send(): void {
    if (this.#batch.length === 0) return;
    this.#thread.postMessage(this.#batch);
    this.#batch = [];
  }

  /** Takes a job back that the thread has not begun; false when it is too late. */
  withdraw(job: Job): boolean {
    const place = job.place;
    if (place.at !== 'thread' || place.slot !== this) return false;
    const index = claimIndex(place.position);
    if (Atomics.compareExchange(this.#control, index, CLAIMS.offered, CLAIMS.withdrawn) !== CLAIMS.offered)
      return false;
    this.#forget(job);
    return true;
  }

  /** Asks a begun job to stop, and terminates the thread when it does not. */
  stop(job: Job): void {
    const place = job.place;
    if (place.at !== 'thread' || place.slot !== this) return;
    Atomics.store(this.#control, STOP_INDEX, positionWord(place.position));
    setTimeout(() => {
      if (job.place === place && this.#claim(place.position) === CLAIMS.running) this.#terminate(job);
    }, STOP_GRACE_MS);
  }

  /** Asks a job for its next frame. */
  wantFrame(job: Job): void {
    const place = job.place;
    if (place.at === 'thread' && place.slot === this)
      Atomics.store(this.#control, FRAME_INDEX, positionWord(place.position));
  }

  /** Jobs that are with the thread, oldest first. */
  jobs(): Job[] {
    const found: Job[] = [];
    for (let position = this.#passed; position < this.#handed; position++) {
      const job = this.#jobs[position % WINDOW];
      if (job) found.push(job);
    }
    return found;
  }

  /** Looks at the claims: what the thread has done and cannot say, because it is stuck in a job, shows there. */
  watch(): Watched {
    let unbegun = 0;
    let isRunning = false;
    const unreported: Job[] = [];
    for (const job of this.jobs()) {
      const claim = this.#claim((job.place as ThreadPlace).position);
      if (claim === CLAIMS.offered) unbegun++;
      else if (claim === CLAIMS.done) unreported.push(job);
      else isRunning = true;
      if (claim === CLAIMS.running) this.#begun(job);
    }
    this.#silentWatches = isRunning && unreported.length > 0 ? this.#silentWatches + 1 : 0;
    return { unbegun, unreported: unreported.length, stranded: this.#strand(unreported) };
  }

  /** A job that was to be short and is not keeps the results before it: those jobs are cheap to run again. */
  #strand(unreported: Job[]): Job[] {
    if (this.#silentWatches < STUCK_WATCHES) return [];
    for (const job of unreported) this.#forget(job);
    return unreported;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.ready = false;
    this.#thread.removeAllListeners();
    this.#thread.on('error', () => {});
    await this.#thread.terminate();
  }

  #start(): void {
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#control = new Int32Array(control);
    this.#handed = this.#passed = this.loadMs = 0;
    this.#jobs = new Array(WINDOW);
    this.#batch = [];
    const thread = startThread(this.#options, control);
    this.#thread = thread;
    let why: string | null = null;
    thread.on('message', (message: ThreadMessage) => this.#receive(message));
    thread.on('error', (error: Error & { code?: string }) => {
      why = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : `${error.name}: ${error.message}`;
    });
    thread.on('exit', (code) => this.#crashed(why ?? `it exited with code ${code}`));
  }

  #receive(message: ThreadMessage): void {
    if (message.kind === 'report') this.#reported(message);
    else if (message.kind === 'ready') this.#readied();
    else this.#heard(message);
  }

  #readied(): void {
    this.ready = true;
    this.#startFailures = 0;
    this.#owner.ready(this);
  }

  #heard(message: Exclude<ThreadMessage, { kind: 'ready' | 'report' }>): void {
    const job = this.#jobs[message.position % WINDOW];
    if (message.kind === 'artifact') this.#wrote(job, message);
    else if (message.kind === 'checkpoint') this.#checkpointed(job, message);
    else if (!job) return;
    else if (message.kind === 'progress') job.progressed(message.json);
    else if (message.kind === 'frame') job.framed(message.data);
    else job.logged(message.level, message.message);
  }

  #checkpointed(job: Job | undefined, { checkpoint }: ThreadMessage & { kind: 'checkpoint' }): void {
    const control = this.#control;
    const taken = (): void => void Atomics.add(control, CHECKPOINTS_INDEX, 1);
    if (job) job.checkpointed(checkpoint, taken);
    else taken();
  }

  #wrote(job: Job | undefined, { name, offset, data }: ThreadMessage & { kind: 'artifact' }): void {
    const control = this.#control;
    const taken = (): void => {
      Atomics.sub(control, ARTIFACTS_INDEX, data.byteLength);
      Atomics.notify(control, ARTIFACTS_INDEX);
    };
    if (job) job.wrote(name, offset, data, taken);
    else taken();
  }

  #reported(report: ThreadMessage & { kind: 'report' }): void {
    for (const [position, ok, json, elapsedMs] of report.ended) {
      const job = this.#jobs[position % WINDOW];
      if (!job) continue;
      this.#begun(job);
      this.#forget(job);
      if (ok) this.#owner.measured(job, elapsedMs);
      if (ok) job.ended({ ok, json, elapsedMs });
      else job.ended({ ok, problem: problemFromDocument(JSON.parse(json) as ProblemDocument), elapsedMs });
    }
    this.#passed = report.passed;
    this.#silentWatches = 0;
    const begun = report.begun === null ? undefined : this.#jobs[report.begun % WINDOW];
    if (begun) this.#begun(begun);
    this.#owner.freed();
  }

  #begun(job: Job): void {
    const place = job.place;
    if (place.at !== 'thread' || place.started) return;
    place.started = true;
    job.started();
  }

  #forget(job: Job): void {
    const place = job.place as ThreadPlace;
    this.#jobs[place.position % WINDOW] = undefined;
    this.loadMs -= place.expectedMs;
    job.place = NOWHERE;
  }

  #claim(position: number): number {
    return Atomics.load(this.#control, claimIndex(position));
  }

  /** Ends the thread under a job that does not stop. The other jobs go on elsewhere. */
  #terminate(job: Job): void {
    const thread = this.#thread;
    thread.removeAllListeners();
    thread.on('error', () => {});
    const others = this.jobs().filter((other) => other !== job);
    this.#forget(job);
    for (const other of others) this.#forget(other);
    this.ready = false;
    const ended = (): void => job.ended({ ok: false, problem: new Problem('cancelled', 'its thread was terminated') });
    void Promise.race([thread.terminate(), deadline(TERMINATE_DEADLINE_MS)]).then(ended, ended);
    this.#start();
    this.#owner.handedBack(others);
  }

  #crashed(why: string): void {
    if (this.#closed) return;
    const wasReady = this.ready;
    this.ready = false;
    const jobs = this.jobs();
    const running = jobs.find((job) => this.#claim((job.place as ThreadPlace).position) === CLAIMS.running);
    for (const job of jobs) this.#forget(job);
    this.#restart(wasReady);
    this.#owner.crashed(why, wasReady);
    if (running) {
      running.started();
      running.ended({ ok: false, problem: new Problem('function_error', `the function ended its thread: ${why}`) });
    }
    this.#owner.handedBack(jobs.filter((job) => job !== running));
  }

  /** A thread that cannot even start must not be started in a tight loop. */
  #restart(wasReady: boolean): void {
    if (wasReady) {
      this.#start();
      return;
    }
    const pauseMs = Math.min(MAX_RESTART_PAUSE_MS, RESTART_PAUSE_MS * 2 ** this.#startFailures++);
    this.#thread.removeAllListeners();
    setTimeout(() => {
      if (!this.#closed) this.#start();
    }, pauseMs).unref();
  }
}

function deadline(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
