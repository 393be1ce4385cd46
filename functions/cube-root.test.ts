import { expect, test } from 'vitest';
import { cubeRoot } from './cube-root.ts';

test.each([1e-30, 1e-9, 0.001, 0.5, 1, 2, 8, 27, 1000, 32_000 / 0.8442, 12_345.678, 1e30])('of %d', (value) => {
  const root = cubeRoot(value);
  expect(Math.abs((root * root * root) / value - 1)).toBeLessThan(1e-15);
});
