/** What was learned of speeds: milliseconds per unit of cost, for each function on each worker. */

import { USUAL_UNIT_NS } from '../../function/declaration.ts';
import type { EstimateRow } from '../ledger/ledger-rows.ts';
import type { QueuedTask } from '../ledger/ledger-types.ts';

/** Until a function has finished once its tasks travel one by one, as if each took this long. */
const UNKNOWN_AT_LEAST_MS = 100;
/** A task is more than its cost: parsing, a fresh instance, the way there and back. */
const OVERHEAD_MS = 0.05;
/** Weight of the newest sample once there are several. */
const NEWEST_WEIGHT = 0.2;

/** How long a worker takes for a function's tasks: a line over their cost, in milliseconds. */
export interface Speed {
  readonly fixedMs: number;
  readonly msPerUnit: number;
  /** However little a task costs. */
  readonly atLeastMs: number;
}

/** Expected milliseconds of a task of this cost. */
export function expectedMs(speed: Speed, cost: number): number {
  return Math.max(speed.atLeastMs, speed.fixedMs + speed.msPerUnit * Math.max(1, cost));
}

/** False for what is assumed of a function that has never finished anywhere. */
export function isLearned(speed: Speed): boolean {
  return speed.atLeastMs === 0;
}

/** What is known of a function: a row for each worker, and the sum of their `ms_per_unit`, kept as it is asked for all the time. */
interface Known {
  readonly workers: Map<string, EstimateRow>;
  sum: number;
}

/** Estimates that follow what is observed. A new worker is expected to be as fast as the others are on average. */
export class Estimates {
  readonly #byFunction = new Map<string, Known>();
  readonly #changed = new Set<EstimateRow>();
  readonly #unitNsOf: (functionName: string) => number;

  /** @param unitNsOf nanoseconds that a unit of a function's cost is taken to need before it has ever run */
  constructor(rows: readonly EstimateRow[] = [], unitNsOf: (functionName: string) => number = () => USUAL_UNIT_NS) {
    this.#unitNsOf = unitNsOf;
    for (const row of rows) {
      const known = this.#knownOf(row.function);
      known.workers.set(row.worker_id, { ...row });
      known.sum += row.ms_per_unit;
    }
  }

  #knownOf(functionName: string): Known {
    let known = this.#byFunction.get(functionName);
    if (!known) {
      known = { workers: new Map(), sum: 0 };
      this.#byFunction.set(functionName, known);
    }
    return known;
  }

  /** Learns from a finished attempt. */
  learn(task: Pick<QueuedTask, 'function' | 'cost'>, workerId: string, elapsedMs: number): void {
    const sample = elapsedMs / Math.max(1, task.cost);
    const known = this.#knownOf(task.function);
    const row = known.workers.get(workerId) ?? {
      function: task.function,
      worker_id: workerId,
      ms_per_unit: sample,
      samples: 0,
    };
    const weight = Math.max(NEWEST_WEIGHT, 1 / (row.samples + 1));
    const before = row.samples === 0 ? 0 : row.ms_per_unit;
    row.ms_per_unit += weight * (sample - row.ms_per_unit);
    row.samples += 1;
    known.sum += row.ms_per_unit - before;
    known.workers.set(workerId, row);
    this.#changed.add(row);
  }

  /** Expected milliseconds of a task on a worker. */
  ms(task: Pick<QueuedTask, 'function' | 'cost'>, workerId: string): number {
    return expectedMs(this.speed(task.function, workerId), task.cost);
  }

  /**
   * The least that a task can be expected to take, in milliseconds: at the speed of the fastest worker, or at the one
   * that is assumed before anything is known, if that is faster. Speeds learned from tiny tasks alone are far too
   * low, and nobody's task should be refused for that.
   */
  leastMs(functionName: string, cost: number): number {
    const learned = [...(this.#byFunction.get(functionName)?.workers.values() ?? [])].map((row) => row.ms_per_unit);
    return Math.min(this.#priorMsPerUnit(functionName), ...learned) * cost;
  }

  #priorMsPerUnit(functionName: string): number {
    return this.#unitNsOf(functionName) / 1e6;
  }

  /** How fast a worker is at a function. */
  speed(functionName: string, workerId: string): Speed {
    const known = this.#byFunction.get(functionName);
    if (!known) return { fixedMs: 0, msPerUnit: this.#priorMsPerUnit(functionName), atLeastMs: UNKNOWN_AT_LEAST_MS };
    const msPerUnit = known.workers.get(workerId)?.ms_per_unit ?? known.sum / known.workers.size;
    return { fixedMs: OVERHEAD_MS, msPerUnit, atLeastMs: 0 };
  }

  /** Units of a function's cost that a slot does in a second, on average over the workers. */
  unitsPerSecond(): Map<string, number> {
    const known = [...this.#byFunction].filter(([, { sum }]) => sum > 0);
    return new Map(known.map(([name, { workers, sum }]) => [name, (1000 * workers.size) / sum]));
  }

  /**
   * How fast a worker is against the average of all, over the functions that it has run: the geometric mean, so that twice
   * as fast at one and half as fast at another is neither; null where nothing is known.
   */
  relativeSpeed(workerId: string): number | null {
    const logs = [...this.#byFunction.values()].flatMap(({ workers, sum }) => {
      const row = workers.get(workerId);
      return row ? [Math.log(sum / workers.size / row.ms_per_unit)] : [];
    });
    if (logs.length === 0) return null;
    return Math.exp(logs.reduce((total, log) => total + log, 0) / logs.length);
  }

  /** Rows that changed since the last call, to be kept in the ledger. */
  takeChanged(): EstimateRow[] {
    const rows = [...this.#changed].map((row) => ({ ...row }));
    this.#changed.clear();
    return rows;
  }
}
