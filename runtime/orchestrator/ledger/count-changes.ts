import type { TaskStatus } from '../../wire/task.ts';
import type { CounterChange, TaskRow } from './ledger-rows.ts';
import type { Store } from './store.ts';

/** The counters that a task is counted in. */
type Counted = Pick<TaskRow, 'run' | 'function'>;

/** Changes of the runs' and the functions' counters, gathered so that a batch touches each of them once. */
export class CountChanges {
  readonly #runs = new Map<number, CounterChange>();
  readonly #functions = new Map<string, CounterChange>();

  move(task: Counted, from: TaskStatus, to: TaskStatus): void {
    this.add(task, from, -1);
    this.add(task, to, 1);
  }

  add(task: Counted, status: TaskStatus, count: number): void {
    changeOf(this.#runs, task.run)[status] += count;
    changeOf(this.#functions, task.function)[status] += count;
  }

  /** Writes the counters; gives the keys of the runs that changed. */
  apply(store: Store): number[] {
    for (const [run, change] of this.#runs) store.addToRun(run, change);
    for (const [name, change] of this.#functions) store.addToFunction(name, change);
    return [...this.#runs.keys()];
  }
}

function changeOf<Key>(changes: Map<Key, CounterChange>, key: Key): CounterChange {
  const known = changes.get(key);
  if (known) return known;
  const change = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  changes.set(key, change);
  return change;
}
