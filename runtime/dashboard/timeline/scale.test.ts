import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOLD_PX, LEAST_MS_PER_PX, msPerPxToFit, Scale } from './scale.ts';
import { LEAST_GAP_MS, type Span, Stretches } from './stretches.ts';
import { stepFor, ticksOf } from './ticks.ts';

const spans = fc.array(
  fc
    .record({ from: fc.integer({ min: 0, max: 200_000 }), length: fc.integer({ min: 0, max: 9_000 }) })
    .map(({ from, length }) => ({ from, to: from + length })),
  { minLength: 1, maxLength: 40 },
);

function stretchesOf(list: readonly Span[]): Stretches {
  const stretches = new Stretches();
  for (const { from, to } of list) stretches.add(from, to);
  return stretches;
}

/** The same, the slow way: sorted and swept. */
function gapsBySweep(list: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const { from, to } of [...list].sort((a, b) => a.from - b.from)) {
    if (from - end >= LEAST_GAP_MS) gaps.push({ from: end, to: from });
    end = Math.max(to, Number.isFinite(end) ? end : to);
  }
  return gaps;
}

describe('idle time', () => {
  test('is what nothing covers for two seconds, in whatever order the attempts come', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const last = Math.max(...list.map(({ to }) => to));
        expect(stretchesOf(list).gaps(last, [])).toEqual(gapsBySweep(list));
      }),
      { seed: 1 },
    );
  });

  test('is none while something runs, and begins again when it has ended', () => {
    const stretches = stretchesOf([{ from: 0, to: 1_000 }]);
    expect(stretches.gaps(90_000, [900])).toEqual([]);
    expect(stretches.gaps(90_000, [60_000])).toEqual([{ from: 1_000, to: 60_000 }]);
    expect(stretches.gaps(90_000, [])).toEqual([{ from: 1_000, to: 90_000 }]);
    expect(stretches.gaps(1_500, [])).toEqual([]);
  });
});

describe('the scale', () => {
  const cases = fc.record({
    list: spans,
    msPerPx: fc.double({ min: 0.05, max: 2_000, noNaN: true }),
    left: fc.nat(200_000),
  });

  test('goes to pixels and back', () => {
    fc.assert(
      fc.property(cases, fc.nat(210_000), ({ list, msPerPx, left }, time) => {
        const scale = new Scale(stretchesOf(list).gaps(209_000, []), msPerPx, left);
        expect(scale.x(left)).toBeCloseTo(0, 6);
        expect(Math.abs(scale.time(scale.x(time)) - time)).toBeLessThan(0.01);
      }),
      { seed: 2 },
    );
  });

  test('never turns back, and shows work as long as it is', () => {
    fc.assert(
      fc.property(cases, ({ list, msPerPx, left }) => {
        const scale = new Scale(stretchesOf(list).gaps(209_000, []), msPerPx, left);
        const xs = Array.from({ length: 300 }, (_, index) => scale.x(index * 700));
        for (const [index, x] of xs.slice(1).entries()) expect(x).toBeGreaterThan(xs[index]! - 1e-9);
        for (const { from, to } of list) expect(scale.x(to) - scale.x(from)).toBeCloseTo((to - from) / msPerPx, 4);
        for (const { from, to } of scale.gaps)
          expect(scale.x(to) - scale.x(from)).toBeCloseTo(Math.min(FOLD_PX, (to - from) / msPerPx), 4);
      }),
      { seed: 3 },
    );
  });

  test('fits a span into a width', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 200, max: 4_000 }), (list, width) => {
        const gaps = stretchesOf(list).gaps(209_000, []);
        const span = { from: Math.min(...list.map(({ from }) => from)), to: 209_000 };
        const msPerPx = msPerPxToFit(gaps, span, width);
        expect(msPerPx).toBeGreaterThanOrEqual(LEAST_MS_PER_PX);
        expect(new Scale(gaps, msPerPx, span.from).x(span.to)).toBeLessThanOrEqual(width + 0.01);
      }),
      { seed: 4 },
    );
  });
});

describe('ticks', () => {
  test.each([
    { least: 0.3, step: 1 },
    { least: 3_000, step: 5_000 },
    { least: 61_000, step: 120_000 },
    { least: 4e12, step: 364 * 86_400_000 },
  ])('at least $least ms apart are every $step ms', ({ least, step }) => {
    expect(stepFor(least)).toBe(step);
  });

  test('are round on the clock on the wall', () => {
    const hour = 3_600_000;
    expect(ticksOf(10 * hour + 1, 37 * hour, 12 * hour, 2 * hour)).toEqual([22 * hour, 34 * hour]);
    expect(ticksOf(5, 9, 10, 0)).toEqual([]);
  });
});
