import { expect, test } from 'vitest';
import { isWithin, spanText, toSpan } from './span.ts';

test('a span goes into the address and out of it again, to whole milliseconds', () => {
  expect(spanText({ from: 10.7, to: 20.2 })).toBe('10..21');
  expect(toSpan('10..21')).toEqual({ from: 10, to: 21 });
  expect(spanText({ from: -5, to: -5 })).toBe('0..1');
});

test.each(['', '..', '5', '5..5', '9..5', '1e3..2e3', '-1..5', '1..2..3', 'a..b', '1.5..2', '1..99999999999999999'])(
  '"%s" is none',
  (text) => {
    expect(toSpan(text)).toBeNull();
  },
);

test('what overlaps it is within, and without one everything is', () => {
  const span = { from: 10, to: 20 };
  expect(isWithin(span, 0, 9)).toBe(false);
  expect(isWithin(span, 0, 10)).toBe(true);
  expect(isWithin(span, 20, null)).toBe(true);
  expect(isWithin(span, 21, null)).toBe(false);
  expect(isWithin(null, 21, 22)).toBe(true);
});
