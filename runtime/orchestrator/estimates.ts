/** What was learned of speeds: milliseconds per unit of cost, for each function on each worker. */
import type { QueuedTask } from './ledger-types.ts';
import type { EstimateRow } from './store.ts';

/** Before anything is known: an AssemblyScript kernel does about this much of its unit in a millisecond. */
const PRIOR_MS_PER_UNIT = 5e-6;
/** Until a function has finished once its tasks travel one by one, as if each took this long. */
const UNKNOWN_AT_LEAST_MS = 100;
/** A task is more than its cost: parsing, a fresh instance, the way there and back. */
const OVERHEAD_MS = 0.05;
/** Weight of the newest sample once there are several. */
const NEWEST_WEIGHT = 0.2;

/** Estimates that follow what is observed. A new worker is expected to be as fast as the others are on average. */
export class Estimates {
  readonly #byFunction = new Map<string, Map<string, EstimateRow>>();
  readonly #changed = new Set<EstimateRow>();

  constructor(rows: readonly EstimateRow[] = []) {
    for (const row of rows) this.#workersOf(row.function).set(row.worker_id, { ...row });
  }

  #workersOf(functionName: string): Map<string, EstimateRow> {
    const known = this.#byFunction.get(functionName);
    if (known) return known;
    const workers = new Map<string, EstimateRow>();
    this.#byFunction.set(functionName, workers);
    return workers;
  }

  /** Learns from a finished attempt. */
  learn(task: Pick<QueuedTask, 'function' | 'cost'>, workerId: string, elapsedMs: number): void {
    const sample = elapsedMs / Math.max(1, task.cost);
    const workers = this.#workersOf(task.function);
    const row = workers.get(workerId) ?? {
      function: task.function,
      worker_id: workerId,
      ms_per_unit: sample,
      samples: 0,
    };
    const weight = Math.max(NEWEST_WEIGHT, 1 / (row.samples + 1));
    row.ms_per_unit += weight * (sample - row.ms_per_unit);
    row.samples += 1;
    workers.set(workerId, row);
    this.#changed.add(row);
  }

  /** Expected milliseconds of a task on a worker. */
  ms(task: Pick<QueuedTask, 'function' | 'cost'>, workerId: string): number {
    const workMs = Math.max(1, task.cost) * this.#msPerUnit(task.function, workerId);
    return this.#byFunction.has(task.function) ? OVERHEAD_MS + workMs : Math.max(UNKNOWN_AT_LEAST_MS, workMs);
  }

  #msPerUnit(functionName: string, workerId: string): number {
    const workers = this.#byFunction.get(functionName);
    if (!workers) return PRIOR_MS_PER_UNIT;
    const known = workers.get(workerId);
    if (known) return known.ms_per_unit;
    let sum = 0;
    for (const row of workers.values()) sum += row.ms_per_unit;
    return sum / workers.size;
  }

  /** Rows that changed since the last call, to be kept in the ledger. */
  takeChanged(): EstimateRow[] {
    const rows = [...this.#changed].map((row) => ({ ...row }));
    this.#changed.clear();
    return rows;
  }
}
