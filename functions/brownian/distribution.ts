import { BINS, type BrownianParameters, type BrownianResult } from './declaration.ts';
import type { BrownianKernel } from './kernel.ts';

/** One row of the histogram. */
export type Bin = BrownianResult['distribution'][number];

/** The histogram ends this many standard deviations from the centre. */
const REACH = 4;
/** Bins that expect fewer say too little. */
const MIN_EXPECTED = 25;

/** All coordinates as they are now, in bins of theory's standard deviation, beside what theory expects. */
export function histogram(kernel: BrownianKernel, { particles, dimensions, steps }: BrownianParameters) {
  const sigma = Math.sqrt(kernel.varianceAfter(steps));
  const coordinates = new Float64Array(kernel.memory.buffer, kernel.positions(), particles * dimensions);
  const counts = new Array<number>(BINS).fill(0);
  for (const x of coordinates) {
    const bin = Math.floor(((x / sigma + REACH) * BINS) / (2 * REACH));
    if (bin >= 0 && bin < BINS) counts[bin]! += 1;
  }
  const border = (bin: number) => (2 * REACH * bin) / BINS - REACH;
  const bins = counts.map((count, bin) => ({
    from: border(bin) * sigma,
    count,
    theory: coordinates.length * kernel.normalPart(border(bin), border(bin + 1)),
  }));
  return { bins, outside: coordinates.length - counts.reduce((sum, count) => sum + count, 0) };
}

/** The largest |count − expected| of the bins that expect enough, in standard deviations of a binomial count. */
export function largestDeviation(bins: readonly Bin[], total: number): number {
  const deviations = bins
    .filter(({ theory }) => theory >= MIN_EXPECTED)
    .map(({ count, theory }) => Math.abs(count - theory) / Math.sqrt(theory * (1 - theory / total)));
  return Math.max(0, ...deviations);
}
