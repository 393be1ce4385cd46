import { describe, expect, test } from 'vitest';
import { estimate, fitLine } from './statistics.ts';

/** Uniform numbers between -1 and 1 (a linear congruential generator: enough for a test). */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** x' = a·x + noise: correlated over some (1 + a) / (1 - a) samples. */
function correlated(count: number, a: number, seed: number): Float64Array {
  const next = noise(seed);
  const samples = new Float64Array(count);
  let x = 0;
  for (let i = -1000; i < count; i++) {
    x = a * x + next();
    if (i >= 0) samples[i] = x;
  }
  return samples;
}

describe('the estimate of an average', () => {
  test.each([
    { name: 'nothing', samples: [], expected: { mean: 0, error: null } },
    { name: 'one sample', samples: [3], expected: { mean: 3, error: null } },
    { name: 'too few for an error', samples: [1, 2, 3], expected: { mean: 2, error: null } },
    { name: 'a constant', samples: [5, 5, 5, 5, 5], expected: { mean: 5, error: 0 } },
  ])('of $name', ({ samples, expected }) => {
    expect(estimate(samples)).toEqual(expected);
  });

  // Variance of a sample: 1/3 / (1 - a²); of the mean: times (1 + a) / (1 - a) / n.
  test.each([0, 0.5, 0.9, 0.98])('has the error of theory at a correlation of %d', (a) => {
    const count = 1 << 16;
    const theory = Math.sqrt(((1 / 3 / (1 - a * a)) * ((1 + a) / (1 - a))) / count);
    const errors = Array.from({ length: 20 }, (_, seed) => estimate(correlated(count, a, seed + 1)).error!);
    const typical = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(typical / theory).toBeGreaterThan(0.85);
    expect(typical / theory).toBeLessThan(1.15);
  });

  test('brackets the true mean about as often as an error of one standard deviation should', () => {
    const estimates = Array.from({ length: 200 }, (_, seed) => estimate(correlated(4096, 0.8, seed + 1)));
    const within = estimates.filter(({ mean, error }) => Math.abs(mean) <= error!).length;
    expect(within).toBeGreaterThan(200 * 0.58);
    expect(within).toBeLessThan(200 * 0.78);
  });
});

test('a line is fitted through its points', () => {
  expect(fitLine([0, 1, 2, 3], [1, 3, 5, 7])).toEqual({ slope: 2, intercept: 1 });
  expect(fitLine([2, 2], [1, 3])).toEqual({ slope: 0, intercept: 2 });
});
