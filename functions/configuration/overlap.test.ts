import { describe, expect, test } from 'vitest';
import { seededRandom } from '../benchmark/random.ts';
import { findOverlap } from './overlap.ts';

describe('an overlap', () => {
  test.each([
    { name: 'within', positions: [1, 1, 1, 5, 5, 5, 5.3, 5, 5.4], first: 1, second: 2, distance: 0.5 },
    { name: 'over a border', positions: [0.1, 2, 2, 9.8, 2, 2], first: 0, second: 1, distance: 0.3 },
    { name: 'in other images', positions: [0, 2, 2, 30, -8, 12], first: 0, second: 1, distance: 0 },
  ])('is found: $name', ({ positions, distance, first, second }) => {
    const overlap = findOverlap(new Float64Array(positions), [10, 10, 10], 0.6);
    expect(overlap).toMatchObject({ first, second });
    expect(overlap!.distance).toBeCloseTo(distance, 12);
  });

  test('is not seen where particles are just far enough apart', () => {
    expect(findOverlap(new Float64Array([0, 0, 0, 0.6, 0, 0]), [10, 10, 10], 0.6)).toBeNull();
    expect(findOverlap(new Float64Array([0, 0, 0]), [0.1, 10, 10], 0.6)).toBeNull();
    expect(findOverlap(new Float64Array(), [10, 10, 10], 0.6)).toBeNull();
  });

  test('is found where the double loop finds one, in boxes of all shapes', () => {
    const random = seededRandom(1);
    for (let box = 0; box < 300; box++) {
      const edges = [1 + 5 * random(), 1 + 5 * random(), 1 + 5 * random()] as const;
      const positions = Float64Array.from({ length: 3 * 12 }, (_, i) => edges[i % 3]! * (3 * random() - 1));
      const found = findOverlap(positions, edges, 0.5);
      expect(found !== null).toBe(nearestOf(positions, edges) < 0.5);
    }
  });
});

function nearestOf(positions: Float64Array, edges: readonly number[]): number {
  let nearest = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    for (let j = 0; j < i; j += 3) {
      const apart = edges.map((edge, axis) => {
        const by = positions[i + axis]! - positions[j + axis]!;
        return by - edge * Math.round(by / edge);
      });
      nearest = Math.min(nearest, Math.hypot(...apart));
    }
  }
  return nearest;
}
