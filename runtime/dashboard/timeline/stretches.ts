/** A span of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Shorter idle times are part of the work. */
export const LEAST_GAP_MS = 2_000;

/** When anything ran at all: spans that neither overlap nor nearly touch, in the order of time. */
export class Stretches {
  readonly #spans: { from: number; to: number }[] = [];

  get spans(): readonly Span[] {
    return this.#spans;
  }

  add(from: number, to: number): void {
    const spans = this.#spans;
    const first = firstFrom(spans, from - LEAST_GAP_MS);
    let end = first;
    let [least, most] = [from, to];
    for (; end < spans.length && spans[end]!.from < to + LEAST_GAP_MS; end += 1) {
      least = Math.min(least, spans[end]!.from);
      most = Math.max(most, spans[end]!.to);
    }
    // Nearly always it lies in one that is there, or makes the last one longer.
    if (end - first === 1) Object.assign(spans[first]!, { from: least, to: most });
    else spans.splice(first, end - first, { from: least, to: most });
  }

  /** The idle times between the first work and a time. @param running since when what runs now does */
  gaps(until: number, running: readonly number[]): Span[] {
    const all = new Stretches();
    for (const { from, to } of this.#spans) all.add(from, to);
    for (const from of running) all.add(from, until);
    const { spans } = all;
    const gaps = spans.slice(1).map(({ from }, index) => ({ from: spans[index]!.to, to: from }));
    const last = spans.at(-1);
    if (last && until - last.to >= LEAST_GAP_MS) gaps.push({ from: last.to, to: until });
    return gaps;
  }
}

/** The index of the first span that ends after a time. */
function firstFrom(spans: readonly Span[], time: number): number {
  let [least, most] = [0, spans.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (spans[middle]!.to <= time) least = middle + 1;
    else most = middle;
  }
  return least;
}
