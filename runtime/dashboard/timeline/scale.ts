import type { Span } from './stretches.ts';

/** Idle time is not wider than this, however long it is. */
export const FOLD_PX = 44;

/**
 * From time to pixels, with idle times folded. A gap that would be wider than `FOLD_PX` is just so wide: what is saved
 * before a time is taken off its place.
 */
export class Scale {
  readonly gaps: readonly Span[];
  readonly msPerPx: number;
  /** Pixels saved up to the end of each gap. */
  readonly #saved: Float64Array;
  readonly #origin: number;

  /** @param left the time at pixel 0 */
  constructor(gaps: readonly Span[], msPerPx: number, left: number) {
    this.gaps = gaps;
    this.msPerPx = msPerPx;
    this.#saved = new Float64Array(gaps.length);
    let saved = 0;
    for (const [index, { from, to }] of gaps.entries()) {
      const width = (to - from) / msPerPx;
      saved += width - Math.min(width, FOLD_PX);
      this.#saved[index] = saved;
    }
    this.#origin = this.#place(left);
  }

  x(time: number): number {
    return this.#place(time) - this.#origin;
  }

  /** True where a gap is narrower than it is long. */
  isFolded({ from, to }: Span): boolean {
    return (to - from) / this.msPerPx > FOLD_PX;
  }

  time(x: number): number {
    const place = x + this.#origin;
    const { gaps, msPerPx } = this;
    let [least, most] = [0, gaps.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.#place(gaps[middle]!.to) < place) least = middle + 1;
      else most = middle;
    }
    const saved = least === 0 ? 0 : this.#saved[least - 1]!;
    const plain = (place + saved) * msPerPx;
    const gap = gaps[least];
    if (!gap || plain <= gap.from || !this.isFolded(gap)) return plain;
    return gap.from + ((plain - gap.from) / msPerPx / FOLD_PX) * (gap.to - gap.from);
  }

  /** The gap in which a time lies, or the first one after it. */
  #gapAt(time: number): number {
    let [least, most] = [0, this.gaps.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.gaps[middle]!.to < time) least = middle + 1;
      else most = middle;
    }
    return least;
  }

  /** Pixels from 1970, without what is saved. */
  #place(time: number): number {
    const index = this.#gapAt(time);
    const saved = index === 0 ? 0 : this.#saved[index - 1]!;
    const gap = this.gaps[index];
    if (!gap || time <= gap.from) return time / this.msPerPx - saved;
    const part = (time - gap.from) / (gap.to - gap.from);
    return time / this.msPerPx - saved - part * (this.#saved[index]! - saved);
  }
}

/** Nobody needs to see less than a hundredth of a millisecond in a pixel, nor more than a day. */
export const LEAST_MS_PER_PX = 0.01;
export const MOST_MS_PER_PX = 86_400_000;

/** How many milliseconds a pixel must be for a span to fit into a width. */
export function msPerPxToFit(gaps: readonly Span[], { from, to }: Span, widthPx: number): number {
  let [least, most] = [LEAST_MS_PER_PX, MOST_MS_PER_PX];
  for (let turn = 0; turn < 60; turn += 1) {
    const middle = Math.sqrt(least * most);
    if (new Scale(gaps, middle, from).x(to) > widthPx) least = middle;
    else most = middle;
  }
  return most;
}
