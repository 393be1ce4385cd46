/** Keeps work from a worker that fails one task after another, and gives it a second chance. */

/** So many different tasks failed by a worker, without a success between, and it is set aside. */
const FAILURES = 3;
/** Attempts lost together are one failure: they fail within so short a time. */
const ONE_FAILURE_MS = 100;
const FIRST_TERM_MS = 30_000;
const LONGEST_TERM_MS = 600_000;

interface Record {
  readonly failedTasks: Set<number>;
  lastFailureAt: number;
  /** Terms in a row. */
  terms: number;
  until: number;
}

export type Standing = 'good' | 'quarantined' | 'probation';

/** Standing of workers by id. After its term a worker is on probation: one success clears it, one failure sets it aside for twice as long. */
export class Quarantine {
  readonly #records = new Map<string, Record>();

  standing(workerId: string, now: number): Standing {
    const record = this.#records.get(workerId);
    if (!record || record.terms === 0) return 'good';
    return now < record.until ? 'quarantined' : 'probation';
  }

  /** When its term ends; null when it has none. */
  until(workerId: string): number | null {
    const record = this.#records.get(workerId);
    return record && record.terms > 0 ? record.until : null;
  }

  noteSuccess(workerId: string): void {
    this.#records.delete(workerId);
  }

  /** @returns true when this failure set the worker aside */
  noteFailure(workerId: string, task: number, now: number): boolean {
    const record = this.#records.get(workerId) ?? {
      failedTasks: new Set(),
      lastFailureAt: Number.NEGATIVE_INFINITY,
      terms: 0,
      until: 0,
    };
    this.#records.set(workerId, record);
    if (now < record.until || now - record.lastFailureAt < ONE_FAILURE_MS) return false;
    record.lastFailureAt = now;
    record.failedTasks.add(task);
    if (record.terms === 0 && record.failedTasks.size < FAILURES) return false;
    record.until = now + Math.min(LONGEST_TERM_MS, FIRST_TERM_MS * 2 ** record.terms);
    record.terms += 1;
    record.failedTasks.clear();
    return true;
  }
}
