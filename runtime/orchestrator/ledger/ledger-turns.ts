import { setTimeout } from 'node:timers/promises';

/**
 * Looks at the ledger one at a time: several in one group of calls would add up, and its commit waits for all. After each
 * the ledger is left alone for as long, so that what came meanwhile is committed without another look.
 */
export class LedgerTurns {
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number, sleep: (ms: number) => Promise<unknown> = setTimeout) {
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Looks when all who came before have. */
  take<Answer>(look: () => Promise<Answer>): Promise<Answer> {
    let begunAt = 0;
    const answer = this.#turn.then(() => {
      begunAt = this.#now();
      return look();
    });
    const rested = (): unknown => this.#rest(this.#now() - begunAt);
    this.#turn = answer.then(rested, rested);
    return answer;
  }

  /** Not at all where no time has passed: a test's clock stands still. */
  #rest(ms: number): Promise<unknown> | undefined {
    return ms > 0 ? this.#sleep(ms) : undefined;
  }
}
