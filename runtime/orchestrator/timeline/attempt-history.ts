/**
 * The newest attempts in memory, for whoever looks at the timeline: so that this costs the ledger nothing, and no index
 * on its way to disk. It follows what the dispatcher does, and is filled from the ledger after a start.
 *
 * ```
 *   places  … first ────────────────────────────── next …     a place is a number for good; its row is  place & MASK
 *             ▲ older ones come from the ledger     ▲ attempts that start
 * ```
 */
import { ATTEMPT_STATUSES, type AttemptStatus } from '../../wire/task.ts';
import type { AttemptWatcher } from '../dispatch/attempt-watcher.ts';
import type { Live } from '../dispatch/live-attempts.ts';
import type { PastAttemptRow } from '../ledger/ledger-rows.ts';
import { Names } from './names.ts';

/** So many are held, in some 20 MB when it is full. */
const CAPACITY = 2 ** 18;
/** Attempts whose checkpoints are kept, and the newest so many of each. */
const CHECKPOINTED_KEPT = 4_096;
const CHECKPOINTS_KEPT = 32;

/** Rows whose times are summed up together, so that most are passed over without a look; they are dropped together, too. */
const BLOCK_ROWS = 1_024;

const RUNNING = ATTEMPT_STATUSES.indexOf('running');

export class AttemptHistory implements AttemptWatcher {
  readonly #now: () => number;
  readonly #mask: number;
  #first = 0;
  #next = 0;
  #missingBefore: number | null = null;
  readonly #live = new Map<Live, number>();
  readonly #checkpoints = new Map<number, number[]>();

  readonly workers = new Names();
  readonly types = new Names();
  readonly errors = new Names();
  readonly #runId: string[];
  readonly #taskId: string[];
  readonly #task: Float64Array;
  readonly #attempt: Uint32Array;
  readonly #worker: Uint32Array;
  readonly #type: Uint32Array;
  /** 0 is none. */
  readonly #error: Uint32Array;
  readonly #status: Uint8Array;
  readonly #isCopy: Uint8Array;
  readonly #isResumed: Uint8Array;
  readonly #started: Float64Array;
  /** NaN while it waits. */
  readonly #begun: Float64Array;
  /** Infinity while it runs. */
  readonly #ended: Float64Array;
  readonly #blockRows: number;
  /** Of each block: the first start, the last end, and how many run. */
  readonly #blockFirst: Float64Array;
  readonly #blockLast: Float64Array;
  readonly #blockRunning: Uint32Array;

  /** @param capacity a power of two */
  constructor(now: () => number, capacity = CAPACITY) {
    this.#now = now;
    this.#mask = capacity - 1;
    this.errors.indexOf('');
    [this.#runId, this.#taskId] = [new Array(capacity).fill(''), new Array(capacity).fill('')];
    const [doubles, integers, bytes] = [
      () => new Float64Array(capacity),
      () => new Uint32Array(capacity),
      () => new Uint8Array(capacity),
    ];
    [this.#task, this.#started, this.#begun, this.#ended] = [doubles(), doubles(), doubles(), doubles()];
    [this.#attempt, this.#worker, this.#type, this.#error] = [integers(), integers(), integers(), integers()];
    [this.#status, this.#isCopy, this.#isResumed] = [bytes(), bytes(), bytes()];
    this.#blockRows = Math.max(1, Math.min(BLOCK_ROWS, capacity / 4));
    const blocks = capacity / this.#blockRows;
    this.#blockFirst = new Float64Array(blocks).fill(Number.POSITIVE_INFINITY);
    this.#blockLast = new Float64Array(blocks).fill(Number.NEGATIVE_INFINITY);
    this.#blockRunning = new Uint32Array(blocks);
  }

  // ---- what is asked ----

  get first(): number {
    return this.#first;
  }
  /** One after the last place. */
  get next(): number {
    return this.#next;
  }
  get hasRoom(): boolean {
    return this.#next - this.#first <= this.#mask;
  }
  get missingBefore(): number | null {
    return this.#missingBefore;
  }
  runIdAt(place: number): string {
    return this.#runId[place & this.#mask]!;
  }
  taskIdAt(place: number): string {
    return this.#taskId[place & this.#mask]!;
  }
  attemptAt(place: number): number {
    return this.#attempt[place & this.#mask]!;
  }
  workerAt(place: number): number {
    return this.#worker[place & this.#mask]!;
  }
  typeAt(place: number): number {
    return this.#type[place & this.#mask]!;
  }
  statusAt(place: number): AttemptStatus {
    return ATTEMPT_STATUSES[this.#status[place & this.#mask]!]!;
  }
  isCopyAt(place: number): boolean {
    return this.#isCopy[place & this.#mask] === 1;
  }
  isResumedAt(place: number): boolean {
    return this.#isResumed[place & this.#mask] === 1;
  }
  /** Null without one. */
  errorAt(place: number): string | null {
    return this.errors.list[this.#error[place & this.#mask]!] || null;
  }
  startedAt(place: number): number {
    return this.#started[place & this.#mask]!;
  }
  /** NaN while it waits at its worker. */
  begunAt(place: number): number {
    return this.#begun[place & this.#mask]!;
  }
  /** Infinity while it runs. */
  endedAt(place: number): number {
    return this.#ended[place & this.#mask]!;
  }
  checkpointsAt(place: number): readonly number[] {
    return this.#checkpoints.get(place) ?? [];
  }
  /** The place of an attempt, looked for from the newest; null when it is not held. */
  find(task: number, attempt: number): number | null {
    for (let place = this.#next - 1; place >= this.#first; place -= 1) {
      const row = place & this.#mask;
      if (this.#task[row] === task && this.#attempt[row] === attempt) return place;
    }
    return null;
  }

  /**
   * The places of attempts that overlap a span, of a run or, with null, of all; a block at a time, so that others may get
   * their turn in between. What starts meanwhile comes last; what is dropped meanwhile no longer comes.
   */
  *placesIn(from: number, to: number, runId: string | null): Generator<number[]> {
    const [started, ended, runIds, mask] = [this.#started, this.#ended, this.#runId, this.#mask];
    let [last, isWanted] = ['', false];
    for (const [begin, end] of this.#blocksIn(from, to)) {
      const places: number[] = [];
      for (let place = begin; place < end; place += 1) {
        const row = place & mask;
        if (started[row]! > to || ended[row]! < from) continue;
        // Neighbours mostly are of one run and share its name: names are seldom compared.
        if (runId !== null && runIds[row] !== last) {
          last = runIds[row]!;
          isWanted = last === runId;
        }
        if (runId === null || isWanted) places.push(place);
      }
      yield places;
    }
  }

  /** The first start and the last end of all, which is not later than now; null without any. */
  extent(now: number): { first: number; last: number } | null {
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let block = 0; block < this.#blockFirst.length; block += 1) {
      first = Math.min(first, this.#blockFirst[block]!);
      last = Math.max(last, this.#blockRunning[block]! > 0 ? now : this.#blockLast[block]!);
    }
    return first === Number.POSITIVE_INFINITY ? null : { first, last: Math.max(first, last) };
  }

  /** The columns that a density is made of, by row: the row of a place is `place & mask`. */
  get columns() {
    const [begun, ended, worker, status] = [this.#begun, this.#ended, this.#worker, this.#status];
    return { begun, ended, worker, status, mask: this.#mask };
  }

  /** Pieces of blocks in which something may overlap a span. */
  *#blocksIn(from: number, to: number): Generator<[begin: number, end: number]> {
    for (let begin = this.#first; begin < this.#next; ) {
      const end = Math.min(this.#next, (Math.floor(begin / this.#blockRows) + 1) * this.#blockRows);
      const block = this.#blockOf(begin);
      const last = this.#blockRunning[block]! > 0 ? Number.POSITIVE_INFINITY : this.#blockLast[block]!;
      if (this.#blockFirst[block]! <= to && last >= from) yield [begin, end];
      begin = Math.max(end, this.#first);
    }
  }

  #blockOf(place: number): number {
    return Math.floor((place & this.#mask) / this.#blockRows);
  }

  /** Takes over from what is live since when it computes. */
  refresh(): void {
    for (const [live, place] of this.#live)
      if (place >= this.#first) this.#begun[place & this.#mask] = live.begunAt ?? Number.NaN;
  }

  // ---- what happens ----

  started(live: Live, isResumed: boolean): void {
    while (!this.hasRoom) this.#dropOldest();
    const place = this.#next;
    this.#next += 1;
    const row = place & this.#mask;
    this.#name(row, live.task.runId, live.task.id, live.task.type, live.workerId);
    this.#task[row] = live.task.key;
    this.#attempt[row] = live.attempt;
    this.#error[row] = 0;
    this.#status[row] = RUNNING;
    this.#isCopy[row] = live.isCopy ? 1 : 0;
    this.#isResumed[row] = isResumed ? 1 : 0;
    this.#started[row] = live.startedAt;
    this.#begun[row] = Number.NaN;
    this.#ended[row] = Number.POSITIVE_INFINITY;
    this.#live.set(live, place);
    this.#sumUp(place, 1);
  }

  checkpointed(live: Live): void {
    const place = this.#live.get(live);
    if (place !== undefined) this.#noteCheckpoint(place, this.#now());
  }

  ended(live: Live, status: AttemptStatus, error: string | null): void {
    const place = this.#live.get(live);
    this.#live.delete(live);
    if (place === undefined || place < this.#first) return;
    const row = place & this.#mask;
    const now = this.#now();
    this.#status[row] = ATTEMPT_STATUSES.indexOf(status);
    this.#error[row] = error === null ? 0 : this.errors.indexOf(error);
    // One that never began is a moment.
    this.#begun[row] = live.begunAt ?? now;
    this.#ended[row] = now;
    this.#sumUp(place, -1);
  }

  superseded(task: number, attempt: number): void {
    const place = this.find(task, attempt);
    if (place === null) return;
    const row = place & this.#mask;
    this.#status[row] = ATTEMPT_STATUSES.indexOf('superseded');
    this.#ended[row] = this.#now();
    this.#sumUp(place, 0);
  }

  /** Puts one before all others; there is room. */
  prepend(past: PastAttemptRow): void {
    this.#first -= 1;
    const row = this.#first & this.#mask;
    this.#name(row, past.run_id, past.id, past.type, past.worker_id);
    this.#task[row] = past.task;
    this.#attempt[row] = past.attempt;
    this.#error[row] = past.error === null ? 0 : this.errors.indexOf(past.error);
    this.#status[row] = ATTEMPT_STATUSES.indexOf(past.status);
    this.#started[row] = past.started_at;
    this.#begun[row] = past.begun_at ?? past.started_at;
    this.#ended[row] = past.ended_at ?? Number.POSITIVE_INFINITY;
    this.#sumUp(this.#first, past.ended_at === null ? 1 : 0);
    this.note(this.#first, past);
  }

  /** Notes what only the ledger knows of an attempt that was running at the start. */
  note(place: number, { is_copy, is_resumed, checkpoint_at }: PastAttemptRow): void {
    this.#isCopy[place & this.#mask] = is_copy;
    this.#isResumed[place & this.#mask] = is_resumed;
    if (checkpoint_at !== null && !this.#checkpoints.has(place)) this.#noteCheckpoint(place, checkpoint_at);
  }

  /** Forgets the attempts of runs that are gone from the ledger. */
  forget(runs: readonly string[]): void {
    if (runs.length === 0) return;
    const gone = new Set(runs);
    const blocks = new Set<number>();
    let [last, isGone] = ['', false];
    for (let place = this.#first; place < this.#next; place += 1) {
      const row = place & this.#mask;
      // As in placesIn.
      if (this.#runId[row] !== last) {
        last = this.#runId[row]!;
        isGone = gone.has(last);
      }
      if (!isGone) continue;
      // It overlaps no span any more.
      this.#started[row] = Number.POSITIVE_INFINITY;
      this.#ended[row] = Number.NEGATIVE_INFINITY;
      blocks.add(this.#blockOf(place));
    }
    for (const block of blocks) this.#sumUpBlock(block);
  }

  /** Some that ended before a time are not held. */
  missBefore(time: number): void {
    this.#missingBefore = Math.max(this.#missingBefore ?? time, time);
  }

  #noteCheckpoint(place: number, at: number): void {
    const times = this.#checkpoints.get(place) ?? [];
    this.#checkpoints.set(place, [...times.slice(1 - CHECKPOINTS_KEPT), at]);
    if (this.#checkpoints.size > CHECKPOINTED_KEPT) this.#checkpoints.delete(this.#checkpoints.keys().next().value!);
  }

  /** Makes room of a whole block, whose sums begin anew. */
  #dropOldest(): void {
    const end = Math.min(this.#next, (Math.floor(this.#first / this.#blockRows) + 1) * this.#blockRows);
    this.#forgetSums(this.#blockOf(this.#first));
    for (; this.#first < end; this.#first += 1) {
      const ended = this.endedAt(this.#first);
      if (ended > 0) this.missBefore(Math.min(ended, this.#now()));
      this.#checkpoints.delete(this.#first);
    }
  }

  /** @param running how many more run in its block */
  #sumUp(place: number, running: -1 | 0 | 1): void {
    const [row, block] = [place & this.#mask, this.#blockOf(place)];
    if (this.#started[row]! < this.#blockFirst[block]!) this.#blockFirst[block] = this.#started[row]!;
    const ended = this.#ended[row]!;
    if (ended !== Number.POSITIVE_INFINITY && ended > this.#blockLast[block]!) this.#blockLast[block] = ended;
    this.#blockRunning[block]! += running;
  }

  #forgetSums(block: number): void {
    this.#blockFirst[block] = Number.POSITIVE_INFINITY;
    this.#blockLast[block] = Number.NEGATIVE_INFINITY;
    this.#blockRunning[block] = 0;
  }

  #sumUpBlock(block: number): void {
    this.#forgetSums(block);
    for (let row = block * this.#blockRows; row < (block + 1) * this.#blockRows; row += 1) {
      const place = this.#first + ((row - this.#first) & this.#mask);
      if (place < this.#next) this.#sumUp(place, this.endedAt(place) === Number.POSITIVE_INFINITY ? 1 : 0);
    }
  }

  #name(row: number, runId: string, taskId: string, type: string, worker: string): void {
    // Neighbours are of one run mostly: they share its name.
    const before = this.#runId[(row - 1) & this.#mask]!;
    this.#runId[row] = before === runId ? before : runId;
    this.#taskId[row] = taskId;
    this.#type[row] = this.types.indexOf(type);
    this.#worker[row] = this.workers.indexOf(worker);
  }
}
