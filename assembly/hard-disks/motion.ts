/** The first half of a step: every disk moves, then meets the walls. */
import { at, count, countWallCollision, height, positions, radius, timestep, velocities, wallRestitution, width } from './state';

/**
 * Moves every disk by `velocity · timestep` and turns it back at the walls. A disk's walls concern nobody else, so one
 * pass does for both what the model does in two. x and y share a vector: its lanes are rounded like scalars.
 */
export function move(): void {
  const time = f64x2.splat(timestep);
  const reach = f64x2.splat(radius);
  const box = f64x2.replace_lane(f64x2.splat(width), 1, height);
  for (let i: u32 = 0; i < count; i++) {
    const here = at(positions, i);
    const moved = f64x2.add(v128.load(here), f64x2.mul(v128.load(at(velocities, i)), time));
    v128.store(here, moved);
    if (isOutside(moved, reach, box)) meetWalls(i);
  }
}

/** True when the disk reaches over a wall in either direction; never for a NaN. */
// @ts-ignore: decorator
@inline
function isOutside(position: v128, reach: v128, box: v128): bool {
  const low = f64x2.lt(f64x2.sub(position, reach), f64x2.splat(0));
  const high = f64x2.gt(f64x2.add(position, reach), box);
  return v128.any_true(v128.or(low, high));
}

/** Puts disk `i` back inside and turns its velocity; touching two walls in one step counts once. */
function meetWalls(i: u32): void {
  const position = at(positions, i);
  const velocity = at(velocities, i);
  const turnedX = meetWallPair(position, velocity, width);
  const turnedY = meetWallPair(position + 8, velocity + 8, height);
  if (turnedX || turnedY) countWallCollision();
}

/** One direction: the wall at 0 and the one at `extent`. */
function meetWallPair(position: usize, velocity: usize, extent: f64): bool {
  const place = load<f64>(position);
  if (place - radius < 0) store<f64>(position, radius);
  else if (place + radius > extent) store<f64>(position, extent - radius);
  else return false;
  store<f64>(velocity, load<f64>(velocity) * -wallRestitution);
  return true;
}
