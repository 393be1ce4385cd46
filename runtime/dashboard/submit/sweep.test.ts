import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSweep, showSweep } from './sweep.ts';

describe('several values in one field', () => {
  test.each([
    { text: '', values: [] },
    { text: '5', values: [5] },
    { text: ' 1, 2 ,5, ', values: [1, 2, 5] },
    { text: '1..4', values: [1, 2, 3, 4] },
    { text: '10..100 step 30', values: [10, 40, 70, 100] },
    { text: '0..1 step 0.1', values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] },
    { text: '5..3 step -1', values: [5, 4, 3] },
    { text: '1, 10..30 step 10', values: [1, 10, 20, 30] },
    { text: '1e3..3e3 step 1e3', values: [1000, 2000, 3000] },
    { text: '1..10 step 4', values: [1, 5, 9] },
  ])('$text', ({ text, values }) => {
    expect(readSweep(text)).toEqual(values);
  });

  test.each(['abc', '3..1', '1..2 step 0', '1..1e9', '1...3', '1..2 step', 'NaN', 'Infinity'])(
    '%s stays a text, for the orchestrator to refuse',
    (text) => {
      expect(readSweep(text)).toEqual([text]);
    },
  );

  test('a regular list is shown as a range, any other as it is', () => {
    expect(showSweep([1, 2, 3, 4])).toBe('1..4');
    expect(showSweep([10, 20, 30, 40])).toBe('10..40 step 10');
    expect(showSweep([1, 2, 4, 8])).toBe('1, 2, 4, 8');
    expect(showSweep([1, 2, 3])).toBe('1, 2, 3');
    expect(showSweep(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  });

  test('what is shown reads as the same numbers', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 8 }), (values) => {
        expect(readSweep(showSweep(values))).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        (from, tenths, count) => {
          const values = Array.from({ length: count }, (_, i) => Number((from + (i * tenths) / 10).toPrecision(12)));
          expect(readSweep(showSweep(values))).toEqual(values);
        },
      ),
    );
  });
});
