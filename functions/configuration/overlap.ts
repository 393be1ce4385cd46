import type { Vector } from './configuration.ts';

/** Two particles that are too near to each other, counted from 0. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

/** Cells along an edge at most: their numbers must stay exact. */
const MAX_CELLS = 100_000;

/**
 * The first pair, over the periodic borders too, that is nearer than `distance`; null when there is none. It takes time
 * in proportion to the particles: a crowded cell ends the search, because it has such a pair.
 */
export function findOverlap(positions: Float64Array, box: Vector, distance: number): Overlap | null {
  const counts = box.map((edge) => Math.max(1, Math.min(MAX_CELLS, Math.floor(edge / distance))));
  const cells = new Map<number, number[]>();
  for (let i = 0; i < positions.length / 3; i++) {
    const at = [0, 1, 2].map((axis) => cellOf(positions[3 * i + axis]!, box[axis]!, counts[axis]!));
    for (const cell of neighboursOf(at, counts)) {
      for (const other of cells.get(cell) ?? []) {
        const apart = distanceOf(positions, box, other, i);
        if (apart < distance) return { first: other, second: i, distance: apart };
      }
    }
    const own = numberOf(at[0]!, at[1]!, at[2]!, counts);
    const members = cells.get(own);
    if (members) members.push(i);
    else cells.set(own, [i]);
  }
  return null;
}

function cellOf(coordinate: number, edge: number, count: number): number {
  const part = Math.floor((coordinate / edge - Math.floor(coordinate / edge)) * count);
  return Math.min(part, count - 1);
}

function numberOf(x: number, y: number, z: number, counts: readonly number[]): number {
  return (x * counts[1]! + y) * counts[2]! + z;
}

/** The cells around one and itself, each once. */
function neighboursOf(at: readonly number[], counts: readonly number[]): Set<number> {
  const [xs, ys, zs] = at.map((cell, axis) => [-1, 0, 1].map((by) => (cell + by + counts[axis]!) % counts[axis]!));
  const numbers = new Set<number>();
  for (const x of xs!) for (const y of ys!) for (const z of zs!) numbers.add(numberOf(x, y, z, counts));
  return numbers;
}

function distanceOf(positions: Float64Array, box: Vector, i: number, j: number): number {
  let sumSq = 0;
  for (let axis = 0; axis < 3; axis++) {
    const by = positions[3 * i + axis]! - positions[3 * j + axis]!;
    const nearest = by - box[axis]! * Math.round(by / box[axis]!);
    sumSq += nearest * nearest;
  }
  return Math.sqrt(sumSq);
}
