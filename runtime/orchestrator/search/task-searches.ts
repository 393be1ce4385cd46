/**
 * Searches of the ledger's tasks. Each looks through them piece by piece, some milliseconds at a time, and commits go on
 * in between; a list of all that was found is kept, so that one may leaf through it.
 */
import { Problem } from '../../wire/problem.ts';
import { TASK_STATUSES, type Task, type TaskCounts } from '../../wire/task.ts';
import { AskedTogether } from '../asked-together.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { LedgerTurns } from '../ledger/ledger-turns.ts';
import type { ScanRequest, ScanSlice, SortValue } from '../ledger/ledger-types.ts';
import type { Filter, FilterSubject } from '../ledger/search-sql.ts';
import { sortInTurns } from './sort-in-turns.ts';

export interface TaskSearchOptions {
  readonly ledger: Pick<RemoteLedger, 'scan' | 'tasksOf' | 'counts' | 'run' | 'newestEvent'>;
  /** Shared with all who look through many tasks. */
  readonly turns: LedgerTurns;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How a list is ordered; without it tasks stand as they were submitted. */
export interface ListOrder {
  readonly subject: FilterSubject;
  readonly isDescending: boolean;
}

/** All that a search found. */
export interface TaskKeyList {
  /** In order. */
  readonly keys: Float64Array | readonly number[];
  readonly counts: TaskCounts;
  /** The newest event before it was made. */
  readonly asOf: number;
  /** False when something has happened since. */
  readonly isCurrent: boolean;
}

interface Kept extends Omit<TaskKeyList, 'isCurrent'> {
  readonly madeAt: number;
  readonly tookMs: number;
}

/** Memory: eight bytes a key. */
const KEYS_KEPT = 4_000_000;
const LISTS_KEPT = 32;
/** An order needs the values of all, some 100 bytes each, while it is made. */
const MOST_ORDERED = 200_000;
/** A list that is not current is made anew at the earliest after so many times what making it took: searching must not become the main work. */
const REST = 20;
const LEAST_REST_MS = 250;

export class TaskSearches {
  readonly #options: TaskSearchOptions;
  readonly #lists = new Map<string, Kept>();
  readonly #making = new AskedTogether<Kept>();

  constructor(options: TaskSearchOptions) {
    this.#options = options;
  }

  /** Tasks after a key, in the order of submission; `next` is null at the end. */
  async page(
    filter: Filter,
    { after, limit, isBrief }: { after: number; limit: number; isBrief: boolean },
  ): Promise<{ tasks: Task[]; next: number | null }> {
    const keys: number[] = [];
    let next: number | null = after;
    while (next !== null && keys.length < limit) {
      const request: ScanRequest = { filter, order: null, after: next, limit: limit - keys.length };
      const slice: ScanSlice = await this.#options.turns.take(() => this.#options.ledger.scan(request));
      keys.push(...slice.keys);
      next = slice.next;
    }
    return { tasks: await this.read(keys, isBrief), next };
  }

  /** These tasks, as they are now; those that were removed meanwhile are left out. */
  async read(keys: readonly number[], isBrief: boolean): Promise<Task[]> {
    const tasks: Task[] = [];
    for (let from = 0; from < keys.length; ) {
      const piece = await this.#options.turns.take(() => this.#options.ledger.tasksOf(keys.slice(from), isBrief));
      tasks.push(...piece.tasks);
      from += piece.taken;
    }
    return tasks;
  }

  /** How many tasks a search finds now, by status. */
  async count(filter: Filter): Promise<TaskCounts> {
    const counted = await this.#counted(filter);
    if (counted) return counted;
    const name = JSON.stringify([filter, null]);
    const kept = this.#lists.get(name);
    const isCurrent = kept?.asOf === (await this.#options.ledger.newestEvent());
    return (kept && isCurrent ? kept : await this.#made(name, filter, null)).counts;
  }

  /** What the ledger counts anyhow: all tasks, and those of a run. */
  async #counted({ terms }: Filter): Promise<TaskCounts | null> {
    const [term] = terms;
    if (!term) return this.#options.ledger.counts();
    const { isNegated, subject, anyOf } = term;
    const [run] = anyOf;
    const isOneRun = subject.kind === 'field' && subject.name === 'run' && !isNegated && anyOf.length === 1;
    if (terms.length !== 1 || !isOneRun || run?.kind !== 'is') return null;
    return (await this.#options.ledger.run(run.text).catch(() => null))?.tasks ?? null;
  }

  /**
   * All that a search finds, in order.
   * @param asOf a list that was given before, to go on in it as long as it is kept
   * @throws Problem `invalid_query` when there are too many to order, or to list
   */
  async list(filter: Filter, order: ListOrder | null, asOf: number | null = null): Promise<TaskKeyList> {
    const name = JSON.stringify([filter, order]);
    const kept = this.#lists.get(name);
    const newest = await this.#options.ledger.newestEvent();
    if (kept && (kept.asOf === newest || kept.asOf === asOf || this.#mustRest(kept))) {
      // Set anew it is the last to go.
      this.#lists.delete(name);
      this.#lists.set(name, kept);
      return { ...kept, isCurrent: kept.asOf === newest };
    }
    return { ...(await this.#made(name, filter, order)), isCurrent: true };
  }

  #mustRest({ madeAt, tookMs }: Kept): boolean {
    return this.#options.now() < madeAt + Math.max(LEAST_REST_MS, REST * tookMs);
  }

  #made(name: string, filter: Filter, order: ListOrder | null): Promise<Kept> {
    return this.#making.ask(name, async () => this.#keep(name, await this.#make(filter, order)));
  }

  async #make(filter: Filter, order: ListOrder | null): Promise<Kept> {
    const { ledger, now } = this.#options;
    const begunAt = now();
    const asOf = await ledger.newestEvent();
    const { keys, values, counts } = await this.#all(filter, order?.subject ?? null);
    const inOrder = order ? await ordered(keys, values, order.isDescending) : keys;
    return { keys: new Float64Array(inOrder), counts, asOf, madeAt: now(), tookMs: now() - begunAt };
  }

  /** The keys of all that a search finds now, in the order of submission. */
  async keysOf(filter: Filter): Promise<readonly number[]> {
    return (await this.#all(filter, null)).keys;
  }

  async #all(filter: Filter, order: FilterSubject | null) {
    const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    const [keys, values]: [number[], SortValue[]] = [[], []];
    for (let after: number | null = 0; after !== null; ) {
      const request: ScanRequest = { filter, order, after, limit: Number.MAX_SAFE_INTEGER };
      const slice: ScanSlice = await this.#options.turns.take(() => this.#options.ledger.scan(request));
      for (const key of slice.keys) keys.push(key);
      for (const value of slice.values) values.push(value);
      for (const status of TASK_STATUSES) counts[status] += slice.counts[status];
      if (order && keys.length > MOST_ORDERED) throw tooMany('ordered', MOST_ORDERED);
      if (keys.length > KEYS_KEPT) throw tooMany('listed', KEYS_KEPT);
      after = slice.next;
    }
    return { keys, values, counts };
  }

  #keep(name: string, list: Kept): Kept {
    this.#lists.delete(name);
    this.#lists.set(name, list);
    let keys = [...this.#lists.values()].reduce((sum, one) => sum + one.keys.length, 0);
    for (const [oldest, { keys: dropped }] of this.#lists) {
      if (keys <= KEYS_KEPT && this.#lists.size <= LISTS_KEPT) break;
      this.#lists.delete(oldest);
      keys -= dropped.length;
    }
    return list;
  }
}

/** Numbers come before texts; those without a value come last, whichever way. */
async function ordered(
  keys: readonly number[],
  values: readonly SortValue[],
  isDescending: boolean,
): Promise<number[]> {
  const sign = isDescending ? -1 : 1;
  const rows = keys.map((key, index) => ({ key, value: values[index] ?? null }));
  const sorted = await sortInTurns(rows, (a, b) => compare(a.value, b.value, sign) || a.key - b.key);
  return sorted.map(({ key }) => key);
}

function compare(a: SortValue, b: SortValue, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -sign : sign;
}

function tooMany(what: 'ordered' | 'listed', most: number): Problem {
  return new Problem(
    'invalid_query',
    `more than ${most} tasks match: so many cannot be ${what} - narrow the search${what === 'ordered' ? ', or leave out the order' : ''}`,
    { pointer: what === 'ordered' ? '/order' : '/q' },
  );
}
