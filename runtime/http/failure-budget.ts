/** Wrong guesses of one address at first, and how soon it gets another. */
const GUESSES = 5;
export const GUESS_EVERY_SECONDS = 12;
/** Addresses remembered; the one that guessed longest ago is forgotten first. */
const MAX_ADDRESSES = 1_000;

/** Bounds how often an address may guess wrongly: five times, then once in twelve seconds. */
export class FailureBudget {
  /** When the guesses of an address are all back, in milliseconds since 1970. */
  readonly #fullAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the address may guess now. */
  allows(address: string): boolean {
    const waitMs = (this.#fullAt.get(address) ?? 0) - this.#now();
    return waitMs <= (GUESSES - 1) * GUESS_EVERY_SECONDS * 1000;
  }

  /** Counts a wrong guess. */
  note(address: string): void {
    const now = this.#now();
    const fullAt = Math.max(now, this.#fullAt.get(address) ?? 0) + GUESS_EVERY_SECONDS * 1000;
    this.#fullAt.delete(address);
    this.#fullAt.set(address, fullAt);
    if (this.#fullAt.size > MAX_ADDRESSES) this.#fullAt.delete(this.#fullAt.keys().next().value!);
  }
}
