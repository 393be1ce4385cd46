import { Problem } from '../wire/problem.ts';
import type { ThreadOptions } from './function-thread.ts';
import { type Job, NOWHERE } from './job.ts';
import { Slot } from './slot.ts';
import { WINDOW } from './thread-messages.ts';

/** Work that a thread is given at once: enough to hide the way to it and back, little enough to spread. */
const AHEAD_MS = 10;
/** Jobs expected to be shorter than this are reported together and not announced. */
const SHORT_MS = 0.5;
/** How often the pool looks for stuck and idle threads, while some job is with a thread that has not begun it. */
const WATCH_INTERVAL_MS = 4;
/** After so many threads that died while starting, before all were up once, the pool gives up. */
const MAX_FAILED_STARTS = 3;
/** Weight of the newest measurement in the estimate of a function's speed. */
const NEWEST_WEIGHT = 0.2;

export interface PoolOptions extends ThreadOptions {
  /** How many threads. */
  readonly slots: number;
  /** Told when a thread ended that nobody had asked to. */
  readonly onCrash: (why: string) => void;
}

/**
 * Threads that run jobs. Short jobs travel in batches; a job that is with a thread but not begun is taken back
 * when another thread idles, so none waits behind a long one.
 */
export class Pool {
  readonly slots: readonly Slot[];
  #waiting: Job[] = [];
  /** Milliseconds per unit of cost, by function. */
  readonly #speeds = new Map<string, number>();
  #dispatchPlanned = false;
  #watch: NodeJS.Timeout | null = null;
  readonly #firstReady = Promise.withResolvers<void>();
  #hasBegun = false;
  readonly #onCrash: PoolOptions['onCrash'];
  #failedStarts = 0;

  constructor(options: PoolOptions) {
    this.#onCrash = options.onCrash;
    // Whoever does not ask need not handle it.
    this.#firstReady.promise.catch(() => {});
    const owner = {
      ready: (): void => {
        if (this.slots.every((slot) => slot.ready)) this.#begin();
        this.#planDispatch();
      },
      measured: (job: Job, elapsedMs: number): void => this.#learn(job, elapsedMs),
      freed: (): void => this.#planDispatch(),
      handedBack: (jobs: Job[]): void => this.#putBack(jobs),
      crashed: (why: string, wasUp: boolean): void => this.#crashed(why, wasUp),
    };
    this.slots = Array.from({ length: options.slots }, () => new Slot(owner, options));
  }

  /** Resolves once every thread is up; rejects when they die while starting. */
  ready(): Promise<void> {
    return this.#firstReady.promise;
  }

  /** True once every thread has been up, unless all of them now die as they start. */
  get isUp(): boolean {
    return this.#hasBegun && this.slots.some((slot) => !slot.isFailing);
  }

  /** Queues a job. Whoever calls bounds how many. */
  submit(job: Job): void {
    job.place = { at: 'waiting' };
    this.#waiting.push(job);
    this.#planDispatch();
  }

  /**
   * Stops a job. One that was not begun is taken back, and nothing more is heard of it; a begun one ends, at the
   * latest with its thread.
   * @returns true when it was taken back.
   */
  stop(job: Job): boolean {
    const place = job.place;
    if (place.at === 'waiting') {
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      job.place = NOWHERE;
      return true;
    }
    if (place.at !== 'thread') return false;
    if (place.slot.withdraw(job)) return true;
    place.slot.stop(job);
    return false;
  }

  async close(): Promise<void> {
    this.#stopWatching();
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** One dispatch for all that is submitted or reported in this turn of the event loop, so that jobs travel together. */
  #planDispatch(): void {
    if (this.#dispatchPlanned) return;
    this.#dispatchPlanned = true;
    setImmediate(() => {
      this.#dispatchPlanned = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    let taken = 0;
    for (; taken < this.#waiting.length; taken++) {
      const slot = this.#roomiest();
      if (!slot) break;
      const job = this.#waiting[taken]!;
      const expectedMs = this.#expectedMs(job);
      slot.hand(job, expectedMs, expectedMs < SHORT_MS);
    }
    this.#waiting.splice(0, taken);
    for (const slot of this.slots) slot.send();
    this.#watchWhileNeeded();
  }

  /** The slot to give the next job to: the one with the least to do, of those that may be given more. */
  #roomiest(): Slot | null {
    let best: Slot | null = null;
    for (const slot of this.slots) {
      if (!slot.ready || slot.depth >= WINDOW || (slot.loadMs >= AHEAD_MS && slot.depth > 0)) continue;
      // A thread that is awake with little to do is cheaper than one that must be woken.
      if (slot.depth > 0 && slot.loadMs < SHORT_MS) return slot;
      if (!best || slot.loadMs < best.loadMs) best = slot;
    }
    return best;
  }

  /** A function never seen is taken for long, so that the first of its jobs are spread one by one. */
  #expectedMs(job: Job): number {
    const msPerCost = this.#speeds.get(job.type);
    return msPerCost === undefined ? AHEAD_MS : msPerCost * job.cost;
  }

  #learn(job: Job, elapsedMs: number): void {
    const msPerCost = elapsedMs / job.cost;
    const known = this.#speeds.get(job.type) ?? msPerCost;
    this.#speeds.set(job.type, known + NEWEST_WEIGHT * (msPerCost - known));
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#firstReady.resolve();
  }

  #crashed(why: string, wasUp: boolean): void {
    this.#onCrash(why);
    if (wasUp || ++this.#failedStarts < MAX_FAILED_STARTS) return;
    this.#firstReady.reject(new Error(`the function threads cannot start: ${why}`));
  }

  #putBack(jobs: Job[]): void {
    // One that was asked to stop just when its thread went away has nothing more to run for.
    for (const job of jobs)
      if (job.isStopping) job.ended({ ok: false, problem: new Problem('cancelled', 'it was stopped') });
    const waiting = jobs.filter((job) => !job.isStopping);
    for (const job of waiting) job.place = { at: 'waiting' };
    this.#waiting.unshift(...waiting);
    this.#planDispatch();
  }

  #watchWhileNeeded(): void {
    this.#watch ??= setInterval(() => this.#lookAround(), WATCH_INTERVAL_MS);
  }

  /** Notices unreported beginnings, and lets idle threads take over what busy ones have not begun. */
  #lookAround(): void {
    let unbegun = 0;
    let unreported = 0;
    for (const slot of this.slots) {
      const watched = slot.watch();
      unbegun += watched.unbegun;
      unreported += watched.unreported;
      if (watched.stranded.length > 0) this.#putBack(watched.stranded);
    }
    const idle = this.slots.filter((slot) => slot.ready && slot.depth === 0).length;
    if (unbegun > 0 && idle > 0 && this.#waiting.length === 0) this.#putBack(this.#takeBack(unbegun, idle));
    if (unbegun + unreported === 0) this.#stopWatching();
  }

  #stopWatching(): void {
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
  }

  /** Takes back the idle threads' share of the jobs that were handed over and not begun, oldest first. */
  #takeBack(unbegun: number, idle: number): Job[] {
    const share = Math.ceil((unbegun * idle) / this.slots.length);
    const taken: Job[] = [];
    for (const slot of this.slots) {
      for (const job of slot.jobs()) {
        if (taken.length >= share) return taken;
        if (slot.withdraw(job)) taken.push(job);
      }
    }
    return taken;
  }
}
