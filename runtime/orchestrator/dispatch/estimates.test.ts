import { describe, expect, test } from 'vitest';
import { Estimates } from './estimates.ts';

const row = (worker: string, msPerUnit: number) => ({
  ...{ function: 'f', worker_id: worker, ms_per_unit: msPerUnit, samples: 3 },
});

describe('the least that a task can be expected to take', () => {
  test('is the prior where nothing is known', () => {
    expect(new Estimates().leastMs('f', 1e9)).toBeCloseTo(5_000);
  });

  test('is what the function says of its units', () => {
    const estimates = new Estimates([], (name) => (name === 'f' ? 70 : 5));
    expect(estimates.leastMs('f', 1e9)).toBeCloseTo(70_000);
    expect(estimates.leastMs('g', 1e9)).toBeCloseTo(5_000);
    expect(estimates.ms({ function: 'f', cost: 1e9 }, 'w')).toBeCloseTo(70_000);
    estimates.learn({ function: 'f', cost: 1e9 }, 'w', 40_000);
    expect(estimates.leastMs('f', 1e9)).toBeCloseTo(40_000);
  });

  test('is that of the fastest worker where one is faster than the prior', () => {
    const estimates = new Estimates([row('slow', 4e-6), row('fast', 1e-6)]);
    expect(estimates.leastMs('f', 1e9)).toBeCloseTo(1_000);
    expect(estimates.leastMs('g', 1e9)).toBeCloseTo(5_000);
  });

  test('is not raised by speeds that were learned from tiny tasks', () => {
    const estimates = new Estimates();
    estimates.learn({ function: 'f', cost: 1 }, 'w', 3);
    expect(estimates.leastMs('f', 1e9)).toBeCloseTo(5_000);
  });
});
