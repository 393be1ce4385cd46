/**
 * A disk's next event: the first of the collisions with the disks around it, as they fly now, and of its way out of its
 * cell.
 *
 * Why one event a disk is enough. Of two disks that will meet at t, look at the one whose event was foreseen last: it
 * knew the other's flight, so its event is due at t or before. If before, it is foreseen anew then. So no meeting is
 * missed, and an event whose partner has collided since is recognised by the partner's counter and only foreseen anew.
 */
import { cellX, cellY, DOWN, headAt, LEFT, RIGHT, UP } from './cells';
import {
  cellColumns,
  cellHeight,
  cellRows,
  cellWidth,
  counters,
  doubleAt,
  eventTimes,
  expected,
  height,
  NONE,
  next,
  now,
  ownTimes,
  pairAt,
  partners,
  positions,
  velocities,
  width,
  wordAt,
} from './state';
import { dot } from './vectors';

/** The best found so far: when, and with whom. */
let due: f64 = 0;
let partner: i32 = NONE;

/** Brings the position of disk `i` up to date. */
export function bringUp(i: u32): void {
  const age = f64x2.splat(now() - load<f64>(doubleAt(ownTimes, i)));
  const here = pairAt(positions, i);
  v128.store(here, f64x2.add(v128.load(here), f64x2.mul(v128.load(pairAt(velocities, i)), age)));
  store<f64>(doubleAt(ownTimes, i), now());
}

/** Foresees the next event of disk `i`, whose position is up to date. */
export function foresee(i: u32): void {
  const x = cellX(i);
  const y = cellY(i);
  foreseeCrossing(i, x, y);
  for (let dy: i32 = -1; dy <= 1; dy++) {
    const row = wrapped(<i32>y + dy, cellRows);
    const offsetY = offsetOf(<i32>y + dy, cellRows, height);
    for (let dx: i32 = -1; dx <= 1; dx++) {
      const offset = f64x2.replace_lane(f64x2.splat(offsetOf(<i32>x + dx, cellColumns, width)), 1, offsetY);
      foreseeCollisions(i, headAt(wrapped(<i32>x + dx, cellColumns), row), offset);
    }
  }
  store<f64>(doubleAt(eventTimes, i), due);
  store<i32>(wordAt(partners, i), partner);
  if (partner >= 0) store<u32>(wordAt(expected, i), load<u32>(wordAt(counters, partner)));
}

/** A cell's number along a side, that of its periodic image in the box. */
// @ts-ignore: decorator
@inline
function wrapped(cell: i32, cells: u32): u32 {
  return cell < 0 ? cells - 1 : <u32>cell == cells ? 0 : <u32>cell;
}

/** What brings a place in the image of a cell to that cell. */
// @ts-ignore: decorator
@inline
function offsetOf(cell: i32, cells: u32, extent: f64): f64 {
  return cell < 0 ? -extent : <u32>cell == cells ? extent : 0;
}

function foreseeCrossing(i: u32, x: u32, y: u32): void {
  due = Infinity;
  partner = NONE;
  const here = pairAt(positions, i);
  const velocity = pairAt(velocities, i);
  foreseeWayOut(load<f64>(here), load<f64>(velocity), x, cellWidth, RIGHT, LEFT);
  foreseeWayOut(load<f64>(here, 8), load<f64>(velocity, 8), y, cellHeight, UP, DOWN);
}

function foreseeWayOut(place: f64, speed: f64, cell: u32, side: f64, ahead: i32, back: i32): void {
  if (speed == 0) return;
  const border = <f64>(speed > 0 ? cell + 1 : cell) * side;
  const time = now() + max(0, (border - place) / speed);
  if (time >= due) return;
  due = time;
  partner = speed > 0 ? ahead : back;
}

/**
 * The collisions of disk `i` with those in a chain. With d and v the place and velocity of the other one, relative to
 * disk i: |d + v t| = 1 at t = (d² − 1)/(√((d·v)² − v²(d² − 1)) − d·v), a form in which nothing cancels.
 */
// @ts-ignore: decorator
@inline
function foreseeCollisions(i: u32, head: usize, offset: v128): void {
  const time = now();
  const here = f64x2.sub(v128.load(pairAt(positions, i)), offset);
  const velocity = v128.load(pairAt(velocities, i));
  for (let j = load<i32>(head); j != NONE; j = load<i32>(wordAt(next, j))) {
    const flight = v128.load(pairAt(velocities, j));
    const age = f64x2.splat(time - load<f64>(doubleAt(ownTimes, j)));
    const d = f64x2.sub(f64x2.add(v128.load(pairAt(positions, j)), f64x2.mul(flight, age)), here);
    const v = f64x2.sub(flight, velocity);
    const approach = dot(d, v);
    if (approach >= 0 || j == <i32>i) continue;
    const gap = dot(d, d) - 1;
    const root = approach * approach - dot(v, v) * gap;
    if (root < 0) continue;
    const meeting = time + max(0, gap / (sqrt(root) - approach));
    if (meeting >= due) continue;
    due = meeting;
    partner = j;
  }
}
