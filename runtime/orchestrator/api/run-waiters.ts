import type { Run } from '../../wire/task.ts';

/** Requests that wait for a run to end. */
export class RunWaiters {
  readonly #waiting = new Map<string, Set<(run: Run) => void>>();
  readonly #reread: (runId: string) => Promise<Run>;

  /** @param reread asks the ledger for a run as it is now */
  constructor(reread: (runId: string) => Promise<Run>) {
    this.#reread = reread;
  }

  /** The run when it has ended or `timeoutMs` is over, whichever comes first. */
  async ended(run: Run, timeoutMs: number): Promise<Run> {
    if (timeoutMs === 0 || hasEnded(run)) return run;
    const { promise, resolve } = Promise.withResolvers<Run | null>();
    const waiting = this.#waiting.get(run.run_id) ?? new Set();
    this.#waiting.set(run.run_id, waiting.add(resolve));
    const timer = setTimeout(() => resolve(null), timeoutMs);
    // It may have ended between the caller's look at it and ours.
    try {
      const now = await this.#reread(run.run_id);
      const ended = hasEnded(now) ? now : await promise;
      return ended ?? (await this.#reread(run.run_id));
    } finally {
      clearTimeout(timer);
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(run.run_id);
    }
  }

  /** Wakes those who wait for a run that has ended. */
  notify(run: Run): void {
    for (const resolve of this.#waiting.get(run.run_id) ?? []) resolve(run);
  }
}

function hasEnded(run: Run): boolean {
  return run.status !== 'active' && run.status !== 'receiving';
}
