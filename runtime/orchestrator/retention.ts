/** Removes what is older or larger than the operator wants to keep, a little at a time. */
import { asProblem } from '../wire/problem.ts';
import type { RemoteLedger } from './ledger/ledger-host.ts';
import type { Timers } from './ports.ts';

export interface RetentionOptions {
  readonly ledger: Pick<RemoteLedger, 'prune'>;
  /** Ended runs older than this go; null keeps them whatever their age. */
  readonly keepMs: number | null;
  /** The oldest ended runs go while the ledger holds more; null keeps them whatever its size. */
  readonly keepBytes: number | null;
  /** What else there is of these runs goes as well. */
  readonly onPruned: (runs: readonly string[]) => Promise<void>;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: { info(message: string): void; warn(message: string): void };
}

const ROUND_MS = 60_000;
/** Steps in one round: the rest waits for the next, so that users' calls come in between. */
const STEPS_A_ROUND = 200;

export class Retention {
  readonly #options: RetentionOptions;
  #timer: unknown;
  #isStopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.keepMs === null && this.#options.keepBytes === null) return;
    void this.round().finally(() => {
      if (!this.#isStopped) this.#timer = this.#options.timers.set(() => this.start(), ROUND_MS);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.timers.clear(this.#timer);
  }

  /** Prunes once, and says in the log what went. */
  async round(): Promise<void> {
    const { ledger, keepMs, keepBytes, onPruned, now, log } = this.#options;
    const gone: string[] = [];
    try {
      const endedBefore = keepMs === null ? null : now() - keepMs;
      for (let step = 0; step < STEPS_A_ROUND && !this.#isStopped; step += 1) {
        const { runs, isPartial } = await ledger.prune(endedBefore, keepBytes);
        gone.push(...runs);
        await onPruned(runs);
        if (!isPartial) break;
      }
    } catch (error) {
      log.warn(`pruning failed: ${asProblem(error).message}`);
    }
    if (gone.length > 0)
      log.info(`pruned ${gone.length} run${gone.length === 1 ? '' : 's'} that ended long ago: ${gone.join(', ')}`);
  }
}
