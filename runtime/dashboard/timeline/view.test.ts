import { describe, expect, test } from 'vitest';
import { Attempts } from './attempts.ts';
import { hit, nearest, neighbour } from './hit.ts';
import { bandsOf, heightOf, LANE_PX, laneAt } from './rows.ts';
import { Scale } from './scale.ts';
import { follow, type Ground, pan, scaleOf, seen, show, type View, zoom } from './view.ts';

/** Work from 0 to 10 s and from 100 s to now, with nothing between. */
const ground: Ground = { gaps: [{ from: 10_000, to: 100_000 }], first: 0, now: 110_000, widthPx: 800 };

describe('what is looked at', () => {
  test('fits all of it, from the first attempt to now, with some room', () => {
    const scale = scaleOf({ mode: 'fit' }, ground);
    expect(scale.x(0)).toBeCloseTo(12, 3);
    expect(scale.x(110_000)).toBeCloseTo(788, 3);
    const later = scaleOf({ mode: 'fit' }, { ...ground, now: 120_000 });
    expect(later.x(120_000)).toBeCloseTo(788, 3);
  });

  test('follows now, however time goes on', () => {
    for (const now of [110_000, 250_000]) {
      const scale = scaleOf({ mode: 'follow', msPerPx: 10 }, { ...ground, now });
      expect(scale.x(now)).toBeCloseTo(788, 3);
      expect(scale.msPerPx).toBe(10);
    }
  });

  test('before anything ran is the last minute', () => {
    const scale = scaleOf({ mode: 'fit' }, { gaps: [], first: null, now: 500_000, widthPx: 624 });
    expect(scale.x(440_000)).toBeCloseTo(12, 3);
  });

  test.each([0.5, 1.3, 4])(
    'zooming by %d leaves what is at the pointer where it is, also inside of a fold',
    (factor) => {
      for (const x of [50, 395, 400, 700]) {
        const before = scaleOf({ mode: 'fit' }, ground);
        const view = zoom({ mode: 'fit' }, ground, factor, x);
        const after = scaleOf(view, ground);
        expect(view.mode).toBe('free');
        expect(after.msPerPx).toBeCloseTo(before.msPerPx / factor, 6);
        expect(after.x(before.time(x))).toBeCloseTo(x, 3);
      }
    },
  );

  test('zooming while now is followed goes on following', () => {
    expect(zoom({ mode: 'follow', msPerPx: 10 }, ground, 2, 100)).toEqual({ mode: 'follow', msPerPx: 5 });
  });

  test('zooming ends somewhere', () => {
    let view: View = { mode: 'fit' };
    for (let turn = 0; turn < 100; turn += 1) view = zoom(view, ground, 3, 400);
    expect(scaleOf(view, ground).msPerPx).toBe(0.01);
    for (let turn = 0; turn < 200; turn += 1) view = zoom(view, ground, 1 / 3, 400);
    expect(scaleOf(view, ground).msPerPx).toBe(86_400_000);
  });

  test('panning moves by pixels and stops following', () => {
    const before = scaleOf({ mode: 'follow', msPerPx: 10 }, ground);
    const view = pan({ mode: 'follow', msPerPx: 10 }, ground, -100);
    expect(view.mode).toBe('free');
    expect(scaleOf(view, ground).x(before.time(200))).toBeCloseTo(300, 3);
  });

  test('following begins with what is seen, five minutes of it at most', () => {
    expect(follow({ mode: 'free', msPerPx: 7, left: 0 }, ground)).toEqual({ mode: 'follow', msPerPx: 7 });
    expect(follow({ mode: 'free', msPerPx: 86_400, left: 0 }, ground)).toEqual({ mode: 'follow', msPerPx: 375 });
  });

  test('a span is shown as wide as there is room', () => {
    const scale = scaleOf(show(ground, { from: 2_000, to: 4_000 }), ground);
    expect([scale.x(2_000), scale.x(4_000)]).toEqual([expect.closeTo(12, 3), expect.closeTo(788, 3)]);
    const span = seen(scale, 800);
    expect(span.from).toBeLessThan(2_000);
    expect(span.to).toBeGreaterThan(4_000);
  });
});

describe('what is pointed at', () => {
  const attempts = new Attempts();
  const times = [
    [0, 100],
    [100, 100],
    [300, 700],
    [2_000, null],
  ] as const;
  attempts.merge({
    ...{ runs: ['r'], workers: ['w'], types: ['t'], copies: [], resumed: [], errors: [], checkpoints: [] },
    ...{ run: [0, 0, 0, 0], worker: [0, 0, 0, 0], type: [0, 0, 0, 0], attempt: [1, 1, 1, 1], id: ['a', 'b', 'c', 'd'] },
    status: ['succeeded', 'lost', 'succeeded', 'running'],
    started: times.map(([from]) => from),
    begun: times.map(([from]) => from),
    ended: times.map(([, till]) => till),
  });
  const [lane] = attempts.lanes.workers[0]!.lanes;
  const scale = new Scale([], 10, 0);

  test.each([
    { x: 5, id: 'a' },
    { x: 10, id: 'b' },
    { x: 13, id: 'b' },
    { x: 20, id: null },
    { x: 27, id: 'c' },
    { x: 70, id: 'c' },
    { x: 73.5, id: 'c' },
    { x: 120, id: null },
    { x: 240, id: 'd' },
    { x: 260, id: null },
  ])('at $x is $id', ({ x, id }) => {
    const place = hit(attempts, lane!, scale, x, 2_500);
    expect(place === null ? null : attempts.at(place).id).toBe(id);
  });

  test('keys go to the neighbours, and to the nearest of another lane', () => {
    expect(neighbour(lane!, 1, 1)).toBe(2);
    expect(neighbour(lane!, 0, -1)).toBeNull();
    expect(neighbour(lane!, 3, 1)).toBeNull();
    expect([-50, 150, 260, 900, 1_900, 9_000].map((time) => nearest(attempts, lane!, time))).toEqual([
      0, 1, 2, 2, 3, 3,
    ]);
  });

  test('lanes are found by their height, and between workers there is none', () => {
    attempts.lanes.setSlots('w', 2);
    attempts.lanes.setSlots('x', 1);
    const bands = bandsOf(attempts.lanes.workers);
    const at = (y: number) => {
      const found = laneAt(bands, y);
      return found && `${found.band.worker}${found.index}`;
    };
    expect([0, 4, 4 + LANE_PX, 4 + 2 * LANE_PX, heightOf(bands) - 20, heightOf(bands)].map(at)).toEqual([
      ...[null, 'w0', 'w1', null, 'x0', null],
    ]);
  });
});
