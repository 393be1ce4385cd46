import { describe, expect, test } from 'vitest';
import { ObservableHistory, pathOf } from './history.ts';

describe('the history of observables', () => {
  test('keeps what comes, by name', () => {
    const history = new ObservableHistory();
    history.add({ energy: 1, temperature: 5 });
    history.add({ energy: 2 });
    expect(history.of('energy')).toEqual([1, 2]);
    expect(history.of('temperature')).toEqual([5]);
    expect(history.of('pressure')).toEqual([]);
  });

  test('stays small, and reaches from the beginning to now', () => {
    const history = new ObservableHistory();
    for (let value = 1; value <= 10_000; value++) history.add({ value });
    const kept = history.of('value');
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThanOrEqual(240);
    expect(kept[0]).toBeLessThan(200);
    expect(kept.at(-1)).toBeGreaterThan(9_800);
    const gaps = kept.slice(1).map((value, index) => value - kept[index]!);
    expect(new Set(gaps).size).toBe(1);
  });
});

describe('a line through values', () => {
  test('goes from left to right, the greatest at the top', () => {
    expect(pathOf([0, 1, 0.5], 10, 4)).toBe('M0.0 4.0L5.0 0.0L10.0 2.0');
  });

  test('is level where nothing changes, and none for one value', () => {
    expect(pathOf([3, 3], 10, 4)).toBe('M0.0 2.0L10.0 2.0');
    expect(pathOf([3], 10, 4)).toBe('');
  });
});
