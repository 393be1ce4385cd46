/**
 * Averages over time series, with +, −, ×, ÷ and square roots only: these are the same bits on every machine and in
 * every version of the host, which logarithms and powers are not.
 */

/** An average and how far it may be off. */
export interface Estimate {
  readonly mean: number;
  /** One standard deviation of the mean; null where a series is too short to tell. */
  readonly error: number | null;
}

/** A series of fewer samples says nothing of its own correlation. */
const FEWEST_SAMPLES = 4;

/**
 * The mean of correlated samples, with a standard error by blocking (Flyvbjerg and Petersen 1989): neighbours are
 * averaged pairwise until the blocks are independent. The block size is the first with B³ > 2n·(σ_B/σ_1)⁴ (Lee et al.
 * 2011, Phys. Rev. E 83, 066706); where no size is, the series is too short and the largest error is taken.
 */
export function estimate(samples: ArrayLike<number>): Estimate {
  const count = samples.length;
  if (count === 0) return { mean: 0, error: null };
  const mean = meanOf(samples);
  if (count < FEWEST_SAMPLES) return { mean, error: null };
  let blocks: ArrayLike<number> = samples;
  const plainSq = squaredErrorOf(blocks);
  let largestSq = plainSq;
  for (let size = 1; blocks.length >= FEWEST_SAMPLES; size *= 2, blocks = halved(blocks)) {
    const errorSq = squaredErrorOf(blocks);
    if (plainSq === 0 || size * size * size > 2 * count * (errorSq / plainSq) * (errorSq / plainSq))
      return { mean, error: Math.sqrt(errorSq) };
    largestSq = Math.max(largestSq, errorSq);
  }
  return { mean, error: Math.sqrt(largestSq) };
}

/** The straight line of least squares through points; a slope of 0 where all have one x. */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { readonly slope: number; readonly intercept: number } {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [products, squares] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    products += (x[i]! - meanX) * (y[i]! - meanY);
    squares += (x[i]! - meanX) * (x[i]! - meanX);
  }
  const slope = squares > 0 ? products / squares : 0;
  return { slope, intercept: meanY - slope * meanX };
}

function meanOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/** The squared standard error of the mean of independent samples. */
function squaredErrorOf(samples: ArrayLike<number>): number {
  const mean = meanOf(samples);
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i]! - mean) * (samples[i]! - mean);
  return sum / (samples.length * (samples.length - 1));
}

/** Averages of neighbours; a last one without a neighbour is left out. */
function halved(samples: ArrayLike<number>): Float64Array {
  const half = new Float64Array(samples.length >> 1);
  for (let i = 0; i < half.length; i++) half[i] = (samples[2 * i]! + samples[2 * i + 1]!) / 2;
  return half;
}
