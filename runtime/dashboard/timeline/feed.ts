/** Keeps what the timeline shows up to date: all attempts where they are few, a density and what is looked at where not. */
import type { Timeline } from '../../wire/timeline.ts';
import { Attempts } from './attempts.ts';
import { type Span, Stretches } from './stretches.ts';

export interface FeedOptions {
  /** Null: of all runs. */
  readonly runId: string | null;
  readonly get: (path: string, signal: AbortSignal) => Promise<Timeline>;
  /** Something is different. */
  readonly tell: () => void;
  readonly now: () => number;
  readonly timers: { set(callback: () => void, ms: number): unknown; clear(timer: unknown): void };
}

/** Where attempts are told one by one. */
interface Known extends Span {
  /** It goes on as time does. */
  readonly isLive: boolean;
}

/** What ended while an answer was on its way is asked for again. */
const OVERLAP_MS = 1_000;
const AGAIN_MS = 500;
/** With more than these it begins anew: with what is looked at only. */
const MOST_ATTEMPTS = 20_000;
/** Beyond what is looked at, so that panning a little asks for nothing. */
const MARGIN = 0.25;
/** A density of what is looked at has about a piece a pixel. */
const BUCKETS = 1_024;

export class Feed {
  readonly #options: FeedOptions;
  attempts = new Attempts();
  extent: Timeline['extent'] = null;
  missingBefore: number | null = null;
  /** All of it, where the attempts are too many; null where they are all here. */
  density: Timeline | null = null;
  /** Of what is looked at, where that is too much, too. */
  detail: Timeline | null = null;
  /** Null where nothing is known one by one. */
  known: Known | null = null;
  error: Error | null = null;
  /** Milliseconds by which the server's clock is ahead of this one. */
  skew = 0;
  #looked: Span | null = null;
  #isAllDue = true;
  #isNewsDue = false;
  #timer: unknown;
  readonly #abort = new AbortController();
  #isBusy = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#plan(0);
  }

  get now(): number {
    return this.#options.now() + this.skew;
  }

  /** False before the first answer. */
  get isThere(): boolean {
    return this.extent !== null || this.known !== null || this.density !== null;
  }

  /** Something happened. */
  changed(): void {
    this.#isNewsDue = true;
    this.#plan(AGAIN_MS);
  }

  /** This is looked at. */
  look(span: Span): void {
    this.#looked = span;
    if (this.density && !this.#isCovered(span)) this.#plan(AGAIN_MS / 2);
  }

  stop(): void {
    this.#options.timers.clear(this.#timer);
    this.#abort.abort();
  }

  #isCovered({ from, to }: Span): boolean {
    const { known, detail } = this;
    const covers = (whole: Span | null): boolean => whole !== null && whole.from <= from && whole.to >= to;
    if (known && (covers(known) || (known.isLive && known.from <= from))) return true;
    // A density may be looked at twice as closely before a finer one is worth its while.
    return covers(detail) && detail!.to - detail!.from <= 4 * (to - from);
  }

  #plan(ms: number): void {
    if (this.#isBusy || this.#timer !== undefined || this.#abort.signal.aborted) return;
    this.#timer = this.#options.timers.set(() => {
      this.#timer = undefined;
      void this.#work();
    }, ms);
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    try {
      await this.#askWhatIsDue();
      this.error = null;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.error = error as Error;
      this.#isAllDue = true;
    }
    this.#isBusy = false;
    this.#options.tell();
    // That an attempt which waited has begun is told by no event.
    const isLater = this.#isAllDue || this.#isNewsDue || this.attempts.isRunning;
    if (isLater) this.#plan(this.error ? 4 * AGAIN_MS : this.#isNewsDue ? AGAIN_MS : 2 * AGAIN_MS);
  }

  async #askWhatIsDue(): Promise<void> {
    const isNewsDue = this.#isNewsDue || this.attempts.isRunning;
    this.#isNewsDue = false;
    if (this.#isAllDue || (isNewsDue && this.density)) await this.#askAll();
    else if (isNewsDue) await this.#askNews();
    if (this.density && this.#looked) await this.#askLooked(this.#looked, isNewsDue);
  }

  async #askAll(): Promise<void> {
    const answer = await this.#ask({});
    this.#isAllDue = false;
    if (!answer.attempts) {
      this.density = answer;
      return;
    }
    if (this.density) this.attempts = new Attempts();
    this.density = null;
    this.detail = null;
    this.attempts.merge(answer.attempts);
    this.known = { from: Number.NEGATIVE_INFINITY, to: answer.at, isLive: true };
  }

  /** What is different since the last answer: what runs, and what ended since. */
  async #askNews(): Promise<void> {
    if (!this.known?.isLive) return;
    const answer = await this.#ask({ from: Math.max(0, Math.floor(this.known.to - OVERLAP_MS)) });
    if (!answer.attempts || this.attempts.count + answer.attempts.id.length > MOST_ATTEMPTS) {
      this.#forget();
      return;
    }
    this.attempts.merge(answer.attempts);
    this.known = { ...this.known, to: answer.at };
  }

  async #askLooked(looked: Span, isNewsDue: boolean): Promise<void> {
    if (this.#isCovered(looked)) {
      if (isNewsDue) await this.#askNews();
      return;
    }
    const margin = (looked.to - looked.from) * MARGIN;
    const from = Math.max(0, Math.floor(looked.from - margin));
    const isLive = looked.to + margin >= this.now;
    const to = isLive ? {} : { to: Math.ceil(looked.to + margin) };
    const answer = await this.#ask({ from, ...to, limit: MOST_ATTEMPTS, buckets: BUCKETS });
    if (!answer.attempts) {
      [this.known, this.detail] = [null, answer];
      return;
    }
    if (this.attempts.count + answer.attempts.id.length > MOST_ATTEMPTS) this.attempts = new Attempts();
    this.attempts.merge(answer.attempts);
    this.known = { from: answer.from, to: answer.to, isLive };
  }

  #forget(): void {
    this.attempts = new Attempts();
    this.known = null;
    this.#isAllDue = true;
  }

  async #ask(query: { from?: number; to?: number; limit?: number; buckets?: number }): Promise<Timeline> {
    const { runId, get, now } = this.#options;
    const all = { ...query, ...(runId !== null && { run_id: runId }) };
    const parts = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const answer = await get(`/timeline${parts.length > 0 ? '?' : ''}${parts.join('&')}`, this.#abort.signal);
    this.skew = answer.at - now();
    [this.extent, this.missingBefore] = [answer.extent, answer.missing_before];
    return answer;
  }

  /** The idle times until now. */
  gaps(): Span[] {
    if (!this.density) return this.attempts.stretches.gaps(this.now, this.attempts.running());
    const busy = new Stretches();
    for (const answer of [this.density, this.detail]) if (answer) addBusy(busy, answer);
    for (const { from, to } of this.attempts.stretches.spans) busy.add(from, to);
    return busy.gaps(this.now, this.attempts.running());
  }
}

function addBusy(busy: Stretches, { from, density }: Timeline): void {
  const { bucket_ms: bucketMs, workers } = density!;
  for (let bucket = 0; bucket < (workers[0]?.busy.length ?? 0); bucket += 1)
    if (workers.some((worker) => worker.busy[bucket]! > 0 || worker.ended[bucket]! > 0))
      busy.add(from + bucket * bucketMs, from + (bucket + 1) * bucketMs);
}
