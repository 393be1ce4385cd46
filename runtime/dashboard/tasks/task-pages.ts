/** The list that a search finds, fetched page by page as somebody scrolls through it. */
import type { TaskList } from '../../wire/orchestrator-api.ts';
import type { Task, TaskCounts } from '../../wire/task.ts';

export const PAGE_ROWS = 100;
/** Pages kept beyond those in view: scrolling back finds them at once. */
const PAGES_KEPT = 30;

export interface TaskPagesOptions {
  readonly get: (path: string, signal: AbortSignal) => Promise<TaskList>;
  /** Something came, or did not. */
  readonly changed: () => void;
}

export class TaskPages {
  readonly #options: TaskPagesOptions;
  #path = '';
  #pages = new Map<number, { readonly tasks: readonly Task[]; isOld: boolean }>();
  #inView: readonly [from: number, to: number] = [0, PAGE_ROWS];
  #flight: { readonly page: number; readonly abort: AbortController } | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** How many match; null before the first answer. */
  total: number | null = null;
  counts: TaskCounts | null = null;
  error: Error | null = null;

  constructor(options: TaskPagesOptions) {
    this.#options = options;
  }

  /** Another search or order begins anew; what was shown is gone. */
  search(q: string, order: string): void {
    const path = `/tasks?${new URLSearchParams({ q, ...(order !== '' && { order }), brief: 'yes', limit: String(PAGE_ROWS) })}`;
    if (path === this.#path) return;
    this.stop();
    this.#path = path;
    this.#pages = new Map();
    [this.total, this.counts, this.error] = [null, null, null];
    this.#options.changed();
    this.#next();
  }

  /** Rows from one up to before another are looked at. */
  look(from: number, to: number): void {
    this.#inView = [from, to];
    this.#next();
  }

  /** What is shown may be different by now. */
  refresh(): void {
    for (const page of this.#pages.values()) page.isOld = true;
    this.error = null;
    this.#next();
  }

  stop(): void {
    clearTimeout(this.#again);
    this.#flight?.abort.abort();
    this.#flight = null;
  }

  /**
   * Rows from one up to before another, also those that are not here; null when another search has begun meanwhile, or
   * they did not come, which `error` says.
   */
  async read(from: number, to: number): Promise<Task[] | null> {
    const path = this.#path;
    const tasks = Array.from({ length: to - from }, (_, index) => this.row(from + index));
    try {
      for (let at = tasks.indexOf(null); at >= 0; at = tasks.indexOf(null, at)) {
        const answer = await this.#options.get(`${path}&offset=${from + at}`, new AbortController().signal);
        if (path !== this.#path) return null;
        if (answer.tasks.length === 0) break;
        for (const [index, task] of answer.tasks.entries()) if (at + index < tasks.length) tasks[at + index] ??= task;
      }
    } catch (error) {
      if (path !== this.#path) return null;
      this.error = error as Error;
      this.#options.changed();
      return null;
    }
    return tasks.filter((task) => task !== null);
  }

  row(index: number): Task | null {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.tasks[index % PAGE_ROWS] ?? null;
  }

  /** All tasks that are here now. */
  loaded(): Task[] {
    return [...this.#pages.entries()].sort(([a], [b]) => a - b).flatMap(([, { tasks }]) => tasks);
  }

  /** One page at a time, first those that are missing, then those that are old. */
  #next(): void {
    if (this.#flight || this.#path === '' || this.error) return;
    const wanted = this.#pagesInView();
    const page = wanted.find((one) => !this.#pages.has(one)) ?? wanted.find((one) => this.#pages.get(one)?.isOld);
    if (page !== undefined) void this.#fetch(page);
  }

  #pagesInView(): number[] {
    const [from, to] = this.#inView;
    const last = Math.floor((Math.max(1, Math.min(to, this.total ?? 1)) - 1) / PAGE_ROWS);
    const first = Math.min(Math.floor(from / PAGE_ROWS), last);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  async #fetch(page: number): Promise<void> {
    const flight = { page, abort: new AbortController() };
    this.#flight = flight;
    try {
      const answer = await this.#options.get(`${this.#path}&offset=${page * PAGE_ROWS}`, flight.abort.signal);
      if (this.#flight === flight) this.#take(page, answer);
    } catch (error) {
      if (this.#flight === flight) this.error = error as Error;
    }
    if (this.#flight !== flight) return;
    this.#flight = null;
    this.#options.changed();
    this.#next();
  }

  #take(page: number, answer: TaskList): void {
    this.total = answer.total ?? answer.tasks.length;
    this.counts = answer.counts ?? null;
    this.#pages.delete(page);
    this.#pages.set(page, { tasks: answer.tasks, isOld: false });
    const inView = this.#pagesInView();
    for (const one of this.#pages.keys())
      if (this.#pages.size > PAGES_KEPT && !inView.includes(one)) this.#pages.delete(one);
    if (answer.is_current === false) this.#askAgain();
  }

  /** The list was not of this moment: it is made anew a little later. */
  #askAgain(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.refresh(), AGAIN_MS);
  }
}

const AGAIN_MS = 1_000;
