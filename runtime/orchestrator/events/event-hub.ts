/**
 * Tells those who watch what happens. Each reads the journal at his own pace, so nobody has a backlog in memory: the
 * newest events are kept once for all, older ones come from the ledger. While nobody watches, nothing is read.
 */
import type { PassingEvent, Progress, RecordedEvent } from '../../wire/events.ts';
import type { Overview } from '../../wire/overview.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { Timers } from '../ports.ts';

export interface EventHubOptions {
  readonly ledger: Pick<RemoteLedger, 'newestEvent' | 'eventsAfter'>;
  readonly timers: Timers;
  /** How far every running attempt is. */
  readonly progress: () => readonly Progress[];
  readonly overview: () => Promise<Overview>;
}

/** How often progress and overview are looked at, and recorded events fetched, while somebody watches. */
const TICK_MS = 250;
/** An overview is told again when nothing in it changed for so long: whoever hears none has lost the connection. */
const OVERVIEW_AGAIN_MS = 5_000;
/** Rows fetched in one call. */
const PAGE_ROWS = 200;
/** Entries held for all. */
const HELD_ENTRIES = 1_000;
/** More may not watch at once: they are people, and each costs something. */
const MOST_WATCHERS = 256;

/** What a watcher gets: a recorded event with its id, or one of the moment. */
export type Told =
  | { readonly id: number; readonly event: RecordedEvent }
  | {
      readonly id: null;
      readonly event: PassingEvent | ({ readonly event: 'overview' } & Overview) | { event: 'idle' };
    };

export class EventHub {
  readonly #options: EventHubOptions;
  #watchers = 0;
  /** The newest entries, oldest first, without a gap. */
  #held: JournalEntry[] = [];
  /** Everything up to here was fetched. */
  #fetched = 0;
  #isFetching = false;
  /** By name of the attempt: what it said last, and in which turn it was news. */
  #progress = new Map<string, { readonly text: string; readonly turn: number; readonly progress: Progress }>();
  #overview: { readonly text: string; readonly turn: number; readonly overview: Overview } | null = null;
  #turn = 0;
  #timer: unknown;
  #news = Promise.withResolvers<void>();

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  /** Null when too many watch already. */
  watch(after: number | null): Watcher | null {
    if (this.#watchers === MOST_WATCHERS) return null;
    this.#watchers += 1;
    if (this.#watchers === 1) this.#tick();
    return new Watcher(this, after);
  }

  /** @internal A watcher went. */
  leave(): void {
    this.#watchers -= 1;
    if (this.#watchers > 0) return;
    this.#options.timers.clear(this.#timer);
    this.#held = [];
    this.#fetched = 0;
    this.#progress.clear();
    this.#overview = null;
  }

  /** @internal Resolves at the next turn: there may be something new. */
  get news(): Promise<void> {
    return this.#news.promise;
  }

  get turn(): number {
    return this.#turn;
  }

  /** @internal The newest event there is. */
  newest(): Promise<number> {
    return this.#options.ledger.newestEvent();
  }

  /** @internal What came after an event, from memory where that reaches back so far; null where nobody knows. */
  async after(seq: number): Promise<{ entries: readonly JournalEntry[]; last: number } | null> {
    const first = this.#held[0];
    if (first && seq >= first.seq - 1 && seq <= this.#fetched) {
      const entries = this.#held.filter((entry) => entry.seq > seq);
      return { entries, last: this.#fetched };
    }
    if (seq === this.#fetched) return { entries: [], last: seq };
    const { entries, last, isBroken } = await this.#options.ledger.eventsAfter(seq, PAGE_ROWS);
    return isBroken ? null : { entries, last };
  }

  /** @internal Progress that is news since a turn. */
  progressSince(turn: number): Progress[] {
    return [...this.#progress.values()].filter((one) => one.turn > turn).map(({ progress }) => progress);
  }

  /** @internal The overview, when it is news since a turn. */
  overviewSince(turn: number): Overview | null {
    return this.#overview && this.#overview.turn > turn ? this.#overview.overview : null;
  }

  #tick(): void {
    this.#timer = this.#options.timers.set(() => this.#tick(), TICK_MS);
    if (this.#isFetching) return;
    this.#isFetching = true;
    void this.#look()
      // The ledger has failed: the orchestrator ends for that reason elsewhere.
      .catch(() => {})
      .finally(() => {
        this.#isFetching = false;
      });
  }

  async #look(): Promise<void> {
    await this.#fetch();
    const overview = await this.#options.overview();
    if (this.#watchers === 0) return;
    this.#turn += 1;
    this.#noteProgress();
    this.#noteOverview(overview);
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }

  async #fetch(): Promise<void> {
    if (this.#held.length === 0 && this.#fetched === 0) this.#fetched = await this.newest();
    for (;;) {
      const { entries, last, isBroken } = await this.#options.ledger.eventsAfter(this.#fetched, PAGE_ROWS);
      if (isBroken) this.#held = [];
      this.#fetched = last;
      this.#held = [...this.#held, ...entries].slice(-HELD_ENTRIES);
      if (entries.length < PAGE_ROWS || this.#watchers === 0) return;
    }
  }

  #noteProgress(): void {
    const before = this.#progress;
    this.#progress = new Map();
    for (const progress of this.#options.progress()) {
      const name = `${progress.run_id}/${progress.attempt}/${progress.id}`;
      const text = JSON.stringify(progress);
      const known = before.get(name);
      this.#progress.set(name, known?.text === text ? known : { text, turn: this.#turn, progress });
    }
  }

  #noteOverview(overview: Overview): void {
    const { at, ...rest } = overview;
    const text = JSON.stringify(rest);
    const isOld = at - (this.#overview?.overview.at ?? 0) >= OVERVIEW_AGAIN_MS;
    if (isOld || this.#overview?.text !== text) this.#overview = { text, turn: this.#turn, overview };
  }
}

/** One who watches: asks for the next things again and again, and closes at the end. */
export class Watcher {
  readonly #hub: EventHub;
  /** Everything up to here was told; null until it is known where to begin. */
  #last: number | null;
  #turn = 0;
  #isClosed = false;

  constructor(hub: EventHub, after: number | null) {
    this.#hub = hub;
    this.#last = after;
  }

  /** What there is to tell, waiting for it; `idle` when nothing came for a while; nothing once closed. */
  async next(idle: Promise<void>): Promise<readonly Told[]> {
    this.#last ??= await this.#hub.newest();
    for (let isIdle = false; !this.#isClosed; ) {
      const told = [...(await this.#recorded()), ...this.#passing()];
      if (told.length > 0) return told;
      if (isIdle) return [{ id: null, event: { event: 'idle' } }];
      isIdle = await Promise.race([this.#hub.news.then(() => false), idle.then(() => true)]);
    }
    return [];
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#hub.leave();
  }

  async #recorded(): Promise<Told[]> {
    const found = await this.#hub.after(this.#last!);
    if (!found) {
      this.#last = await this.#hub.newest();
      return [{ id: null, event: { event: 'reset' } }];
    }
    this.#last = found.last;
    return found.entries.map(({ seq, event }) => ({ id: seq, event }));
  }

  #passing(): Told[] {
    const since = this.#turn;
    this.#turn = this.#hub.turn;
    const told: Told[] = [];
    const tasks = this.#hub.progressSince(since);
    if (tasks.length > 0) told.push({ id: null, event: { event: 'progress', tasks } });
    const overview = this.#hub.overviewSince(since);
    if (overview) told.push({ id: null, event: { event: 'overview', ...overview } });
    return told;
  }
}
