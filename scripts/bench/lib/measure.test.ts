import { describe, expect, test } from 'vitest';
import { formatRow, interleave, keepsBound, median, medianRatio, medianRow, percentile, spread } from './measure.ts';

describe('measure', () => {
  test.each([
    { values: [3], middle: 3 },
    { values: [9, 1, 2], middle: 2 },
    { values: [4, 1, 3, 100], middle: 3.5 },
  ])('the median of $values is $middle', ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });

  test('there is no median of no values', () => {
    expect(() => median([])).toThrow('no median');
  });

  test.each([
    { percent: 50, value: 2 },
    { percent: 75, value: 3 },
    { percent: 99, value: 4 },
    { percent: 0, value: 1 },
  ])('$percent % of 1 to 4 do not exceed $value', ({ percent, value }) => {
    expect(percentile([4, 2, 1, 3], percent)).toBe(value);
  });

  test('there is no percentile of no values', () => {
    expect(() => percentile([], 99)).toThrow('no percentile');
  });

  test('a row of rounds has their median and their spread', () => {
    expect(medianRow('speed', [8, 9, 10, 11, 12], '×', { note: 'n' })).toMatchObject({ value: 10, spread: 0.2 });
  });

  test('the spread is relative to the median', () => {
    expect(spread([10, 10, 10])).toBe(0);
    expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.2);
  });

  test('candidates take turns, and the first round is dropped', async () => {
    const calls: string[] = [];
    let a = 0;
    const values = await interleave(2, {
      a: () => {
        calls.push('a');
        return a++;
      },
      b: async () => calls.push('b'),
    });
    expect(calls.join('')).toBe('ababab');
    expect(values).toEqual({ a: [1, 2], b: [4, 6] });
    expect(medianRatio(values.b, values.a)).toBe(3.5);
  });

  test('a row says whether it keeps its bound', () => {
    const row = { what: 'speed', value: 2.34567, unit: '×', note: 'a note' };
    expect(keepsBound(row)).toBe(true);
    expect(keepsBound({ ...row, bound: { atLeast: 3 } })).toBe(false);
    expect(formatRow({ ...row, bound: { atLeast: 3 } })).toBe('! speed: 2.346 × (at least 3) - a note');
    expect(formatRow({ ...row, bound: { atMost: 3 } })).toBe('  speed: 2.346 × (at most 3) - a note');
  });
});
