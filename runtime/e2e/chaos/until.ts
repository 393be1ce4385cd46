import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
/** Far beyond what anything here takes on a busy machine. */
export const LONGEST_WAIT_MS = 60_000;

/**
 * Looks until there is something to see.
 * @param look gives what is waited for, or a falsy value while it is not there; what it throws counts as not there
 * @throws Error naming `what` was not seen in time, with what `look` threw last as its cause
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  longestMs: number = LONGEST_WAIT_MS,
): Promise<NonNullable<T>> {
  const giveUpAt = performance.now() + longestMs;
  let cause: unknown;
  while (performance.now() < giveUpAt) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      cause = error;
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`not seen within ${longestMs / 1000} s: ${what}`, { cause });
}
