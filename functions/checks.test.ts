import { expect, test } from 'vitest';
import { checkAtMost } from './checks.ts';

test.each([
  { name: 'below the bound', value: 1, bound: 2, ok: true },
  { name: 'exactly the bound', value: 2, bound: 2, ok: true },
  { name: 'above the bound', value: 3, bound: 2, ok: false },
  { name: 'far below zero', value: -3, bound: 2, ok: false },
  { name: 'not a number', value: Number.NaN, bound: 2, ok: false },
])('a value $name is judged by its size', ({ value, bound, ok }) => {
  expect(checkAtMost('drift', value, bound)).toEqual({ name: 'drift', value: Math.abs(value), bound, ok });
});
