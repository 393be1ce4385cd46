import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

interface Bar {
  readonly from: number;
  till: number;
}

const bars = fc.array(
  fc
    .record({ from: fc.integer({ min: 0, max: 500 }), length: fc.integer({ min: 0, max: 60 }) })
    .map(({ from, length }): Bar => ({ from, till: from + length })),
  { maxLength: 80 },
);

function lanesFor(list: readonly Bar[], slots = 0) {
  const lanes = new Lanes({ from: (place) => list[place]!.from, till: (place) => list[place]!.till });
  lanes.setSlots('w', slots);
  const laneOf = (place: number) => lanes.workers[0]!.lanes.findIndex(({ places }) => places.includes(place));
  return { lanes, laneOf, all: () => lanes.workers[0]!.lanes.map(({ places }) => places.map((place) => list[place]!)) };
}

/** How many of them run at once at most; one that takes no time counts only inside of others. */
function mostAtOnce(list: readonly Bar[]): number {
  return Math.max(0, ...list.map(({ from }) => list.filter((other) => other.from <= from && from < other.till).length));
}

describe('lanes', () => {
  test('hold every bar once, and none overlaps its neighbours, in whatever order they come', () => {
    fc.assert(
      fc.property(bars, (list) => {
        const { lanes, all } = lanesFor(list);
        for (const place of list.keys()) lanes.place('w', place);
        const placed = lanes.workers[0]!.lanes.flatMap(({ places }) => places);
        expect([...placed].sort((a, b) => a - b)).toEqual([...list.keys()]);
        for (const lane of all())
          for (const [index, bar] of lane.slice(1).entries()) {
            expect(bar.from).toBeGreaterThanOrEqual(lane[index]!.till);
            expect(bar.from).toBeGreaterThanOrEqual(lane[index]!.from);
          }
      }),
      { seed: 1 },
    );
  });

  test('are no more than bars at once, when they come in the order of time', () => {
    fc.assert(
      fc.property(bars, (unsorted) => {
        const list = unsorted.filter(({ from, till }) => till > from).sort((a, b) => a.from - b.from);
        const { lanes } = lanesFor(list);
        for (const place of list.keys()) lanes.place('w', place);
        expect(lanes.workers[0]!.lanes.length).toBe(mostAtOnce(list));
      }),
      { seed: 2 },
    );
  });

  test('are never left for another: not by what comes later, and not by an end', () => {
    fc.assert(
      fc.property(bars, (list) => {
        const ends = list.map(({ till }) => till);
        const { lanes, laneOf } = lanesFor(list);
        const first: number[] = [];
        for (const place of list.keys()) {
          // It runs when it is seen first.
          list[place]!.till = Number.POSITIVE_INFINITY;
          lanes.place('w', place);
          first.push(laneOf(place));
          list[place]!.till = ends[place]!;
        }
        expect([...list.keys()].map(laneOf)).toEqual(first);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  test('are as many as slots, also the empty ones, and stay when the worker has gone', () => {
    const { lanes } = lanesFor([{ from: 0, till: 5 }], 3);
    lanes.place('w', 0);
    expect(lanes.workers[0]!.lanes.map(({ places }) => places)).toEqual([[0], [], []]);
    lanes.setSlots('w', 0);
    expect(lanes.workers[0]).toMatchObject({ slots: 3 });
    expect(lanes.workers[0]!.lanes).toHaveLength(3);
  });

  test('take what seems to overlap by some milliseconds, when all slots have a lane', () => {
    const list = [
      { from: 0, till: 1_000 },
      { from: 980, till: 2_000 },
      { from: 1_500, till: 1_600 },
    ];
    const { lanes, all } = lanesFor(list, 1);
    for (const place of list.keys()) lanes.place('w', place);
    expect(all()).toEqual([[list[0], list[1]], [list[2]]]);
  });

  test('stand by the names of workers, numbers by their value', () => {
    const { lanes } = lanesFor([], 1);
    for (const worker of ['worker10', 'worker2', 'a']) lanes.setSlots(worker, 1);
    expect(lanes.workers.map(({ worker }) => worker)).toEqual(['a', 'w', 'worker2', 'worker10']);
  });
});
