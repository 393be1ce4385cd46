/** How often what took how long, as plain numbers: what is counted fifty thousand times a second must cost next to nothing. */

/** Upper bounds in seconds for what takes from a millisecond to a day: a no-op, a simulation. */
export const WORK_BOUNDS = [
  0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400,
] as const;

/** A histogram of seconds. */
export class Distribution {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many fell into each interval; the last is for what is above all bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(seconds: number): void {
    let index = 0;
    while (index < this.bounds.length && seconds > this.bounds[index]!) index += 1;
    this.counts[index]! += 1;
    this.sum += seconds;
  }
}

/** Distributions of what was done, by function and by how it ended. */
export class WorkDistributions {
  readonly #byFunction = new Map<string, Map<string, Distribution>>();

  observe(functionName: string, outcome: string, seconds: number): void {
    let outcomes = this.#byFunction.get(functionName);
    if (!outcomes) {
      outcomes = new Map();
      this.#byFunction.set(functionName, outcomes);
    }
    let distribution = outcomes.get(outcome);
    if (!distribution) {
      distribution = new Distribution(WORK_BOUNDS);
      outcomes.set(outcome, distribution);
    }
    distribution.observe(seconds);
  }

  /** What is there, by the values of its labels. */
  *entries(): Generator<[labels: { function: string; outcome: string }, distribution: Distribution]> {
    for (const [name, outcomes] of this.#byFunction)
      for (const [outcome, distribution] of outcomes) yield [{ function: name, outcome }, distribution];
  }
}

/** Counts by one name. */
export class Tally {
  readonly counts = new Map<string, number>();

  /** @param names that are there from the start, at 0: Prometheus cannot see the first step of a counter that was not */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.counts.set(name, 0);
  }

  add(name: string, count = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }
}
