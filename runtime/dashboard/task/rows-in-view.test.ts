import { expect, test } from 'vitest';
import { rowsInView } from './rows-in-view.ts';

test.each([
  { name: 'the top', scrollTop: 0, rows: 10_000, from: 0, to: 21 },
  { name: 'the middle', scrollTop: 50_000, rows: 10_000, from: 4_990, to: 5_021 },
  { name: 'the end', scrollTop: 99_900, rows: 10_000, from: 9_979, to: 10_000 },
  { name: 'beyond the end, when rows went', scrollTop: 99_900, rows: 30, from: 9, to: 30 },
  { name: 'a few rows', scrollTop: 0, rows: 3, from: 0, to: 3 },
])('of many rows only those in view are there: $name', ({ scrollTop, rows, from, to }) => {
  expect(rowsInView({ scrollTop, viewPx: 100, rowPx: 10, rows })).toEqual({ from, to });
});
