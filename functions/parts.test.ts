import { describe, expect, test } from 'vitest';
import { bytesOf, joinParts, numbersOf, splitParts } from './parts.ts';

const bytes = (...numbers: number[]) => new Uint8Array(numbers);

describe('parts', () => {
  test.each([{ parts: [] }, { parts: [bytes()] }, { parts: [bytes(1, 2, 3), bytes(), bytes(4)] }])(
    'that were joined come apart again: $parts',
    ({ parts }) => {
      expect(splitParts(joinParts(parts), parts.length)).toEqual(parts);
    },
  );

  test.each([
    { name: 'too few bytes', joined: bytes(1, 0), count: 1 },
    { name: 'another count', joined: joinParts([bytes(1), bytes(2)]), count: 1 },
    { name: 'a missing end', joined: joinParts([bytes(1, 2, 3)]).slice(0, -1), count: 1 },
    { name: 'something behind', joined: bytes(...joinParts([bytes(1)]), 9), count: 1 },
  ])('are refused: $name', ({ joined, count }) => {
    expect(() => splitParts(joined, count)).toThrow('not');
  });

  test('are numbers again', () => {
    const numbers = new Float64Array([1.5, Number.NEGATIVE_INFINITY, 1e-300]);
    const [part] = splitParts(joinParts([bytesOf(numbers)]), 1);
    expect(numbersOf(part!, 3)).toEqual(numbers);
    expect(() => numbersOf(part!, 2)).toThrow('24 bytes, but 16 are needed');
  });
});
