import type { TaskStatus } from '../../wire/task.ts';
import type { CounterChange } from './ledger-rows.ts';
import type { Store } from './store.ts';

/** Changes of the runs' counters, gathered so that a batch touches each run once. */
export class RunChanges {
  readonly #changes = new Map<number, CounterChange>();

  move(run: number, from: TaskStatus, to: TaskStatus): void {
    const change = this.#of(run);
    change[from] -= 1;
    change[to] += 1;
  }

  add(run: number, status: TaskStatus, count: number): void {
    this.#of(run)[status] += count;
  }

  #of(run: number): CounterChange {
    const known = this.#changes.get(run);
    if (known) return known;
    const change = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    this.#changes.set(run, change);
    return change;
  }

  /** Writes the counters; gives the keys of the runs that changed. */
  apply(store: Store): number[] {
    for (const [run, change] of this.#changes) store.addToRun(run, change);
    return [...this.#changes.keys()];
  }
}
