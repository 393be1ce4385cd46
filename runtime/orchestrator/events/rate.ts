/** Counts of more than this long ago say nothing of now. */
const SPAN_MS = 10_000;
/** Before it is known for so long a rate is only noise. */
const LEAST_MS = 2_000;
/** Who has not looked for so long begins anew. */
const GAP_MS = 5_000;

/** How fast a count grows. */
export class Rate {
  #samples: { readonly at: number; readonly count: number }[] = [];

  /** @param at milliseconds */
  note(at: number, count: number): void {
    const last = this.#samples.at(-1);
    // A smaller count: something was queued again, or pruned.
    if (last && (at - last.at > GAP_MS || count < last.count)) this.#samples = [];
    this.#samples.push({ at, count });
    while (at - this.#samples[0]!.at > SPAN_MS) this.#samples.shift();
  }

  /** To two digits; null before there is enough to go by. */
  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < LEAST_MS) return null;
    return Number(((1000 * (last.count - first.count)) / (last.at - first.at)).toPrecision(2));
  }
}
