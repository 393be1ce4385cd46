/** What is told of a simulation; nothing here changes its state. */
import { column } from '../lib/columns';
import { cellX, cellY, headAt } from './cells';
import {
  cellColumns,
  cellRows,
  count,
  doubleAt,
  height,
  NONE,
  next,
  now,
  ownTimes,
  pairAt,
  positions,
  velocities,
  width,
  wordAt,
} from './state';
import { dot, nearestImage } from './vectors';

/** All positions at this moment, within the box, then all velocities. */
export let snapshot: usize = 0;

/** Reserves the snapshot. */
export function layOutSnapshot(): void {
  snapshot = column(2 * <u64>count, 16);
}

/** Size of the snapshot in bytes. */
export function snapshotBytes(): usize {
  return <usize>count << 5;
}

/** Takes the snapshot. */
export function takeSnapshot(): void {
  const box = f64x2.replace_lane(f64x2.splat(width), 1, height);
  for (let i: u32 = 0; i < count; i++) {
    const age = f64x2.splat(now() - load<f64>(doubleAt(ownTimes, i)));
    const place = f64x2.add(v128.load(pairAt(positions, i)), f64x2.mul(v128.load(pairAt(velocities, i)), age));
    const image = f64x2.floor(f64x2.div(place, box));
    v128.store(pairAt(snapshot, i), f64x2.sub(place, f64x2.mul(box, image)));
  }
  memory.copy(pairAt(snapshot, count), velocities, <usize>count << 4);
}

/** By how much the two nearest disks of a snapshot overlap: 1 less their distance; negative if none touch. */
export function largestOverlap(): f64 {
  let least: f64 = Infinity;
  for (let i: u32 = 0; i < count; i++) {
    for (let k: u32 = 0; k < 9; k++) {
      const x = (cellX(i) + cellColumns + (k % 3) - 1) % cellColumns;
      const y = (cellY(i) + cellRows + k / 3 - 1) % cellRows;
      for (let j = load<i32>(headAt(x, y)); j != NONE; j = load<i32>(wordAt(next, j))) {
        if (j >= <i32>i) continue;
        const d = nearestImage(f64x2.sub(v128.load(pairAt(snapshot, i)), v128.load(pairAt(snapshot, j))));
        least = min(least, dot(d, d));
      }
    }
  }
  return 1 - sqrt(least);
}

/** ½ Σ v² with unit mass. */
export function kineticEnergy(): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const velocity = v128.load(pairAt(velocities, i));
    sum += dot(velocity, velocity);
  }
  return 0.5 * sum;
}

/** |Σ v|. */
export function momentum(): f64 {
  let sum = f64x2.splat(0);
  for (let i: u32 = 0; i < count; i++) sum = f64x2.add(sum, v128.load(pairAt(velocities, i)));
  return sqrt(dot(sum, sum));
}
