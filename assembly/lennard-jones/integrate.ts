/** Velocity Verlet on the bodies, in double precision whatever the forces are. */
import { BODY_BYTES, bodies, clusterBytes, clusters, ORIGIN_BYTES, publishSingle, references } from './clusters';
import { clusterCount } from './sort';
import { isDouble, timestep } from './state';

/** Adds half a step's worth of force to the velocities. */
export function kick(): void {
  const half = f64x2.splat(24 * timestep);
  const end = bodies + <usize>clusterCount * BODY_BYTES;
  for (let body = bodies, cluster = clusters; body < end; body += BODY_BYTES, cluster += clusterBytes()) {
    for (let part: usize = 0; part < 96; part += 16) {
      const place = body + part;
      v128.store(place, f64x2.add(v128.load(place, 96), f64x2.mul(half, forceAt(cluster, part))), 96);
    }
  }
}

/**
 * Adds half a step's worth of force to the velocities, once or twice, moves the bodies by a step, and shows them to the
 * forces, which are cleared. Twice is the end of one step and the beginning of the next, with the bits of both.
 * @returns the greatest squared speed on the way.
 */
export function kickAndMove(isTwice: bool): f64 {
  const half = f64x2.splat(24 * timestep);
  const whole = f64x2.splat(timestep);
  const end = bodies + <usize>clusterCount * BODY_BYTES;
  let fastest = f64x2.splat(0);
  for (let body = bodies, cluster = clusters; body < end; body += BODY_BYTES, cluster += clusterBytes()) {
    for (let part: usize = 0; part < 32; part += 16) {
      let squares = f64x2.splat(0);
      for (let row: usize = 0; row < 96; row += 32) {
        const place = body + row + part;
        const push = f64x2.mul(half, forceAt(cluster, row + part));
        let speed = f64x2.add(v128.load(place, 96), push);
        if (isTwice) speed = f64x2.add(speed, push);
        v128.store(place, speed, 96);
        v128.store(place, f64x2.add(v128.load(place), f64x2.mul(speed, whole)));
        squares = f64x2.add(squares, f64x2.mul(speed, speed));
      }
      fastest = f64x2.max(fastest, squares);
    }
    if (isDouble) {
      for (let part: usize = 0; part < 96; part += 16) {
        v128.store(cluster + part, v128.load(body + part));
        v128.store(cluster + part, i64x2.splat(0), 96);
      }
    } else {
      publishSingle(body, cluster);
      publishSingle(body + 32, cluster + 16);
      publishSingle(body + 64, cluster + 32);
    }
  }
  return max(f64x2.extract_lane(fastest, 0), f64x2.extract_lane(fastest, 1));
}

/** Two components of the force divided by 48, at `part` of a row of doubles. */
// @ts-ignore: decorator
@inline
function forceAt(cluster: usize, part: usize): v128 {
  if (isDouble) return v128.load(cluster + part, 96);
  return f64x2.promote_low_f32x4(v128.load64_zero(cluster + (part >> 1), 48));
}

/** The greatest squared distance of a body from where it was when the list was made; NaN when one is nowhere. */
export function greatestStraySq(): f64 {
  let greatest = f64x2.splat(0);
  for (let index: u32 = 0; index < clusterCount; index++) {
    const body = bodies + <usize>index * BODY_BYTES;
    const reference = references + <usize>index * ORIGIN_BYTES;
    for (let part: usize = 0; part < 32; part += 16) {
      let squares = f64x2.splat(0);
      for (let row: usize = part; row < 96; row += 32) {
        const d = f64x2.sub(v128.load(body + row), v128.load(reference + row));
        squares = f64x2.add(squares, f64x2.mul(d, d));
      }
      greatest = f64x2.max(greatest, squares);
    }
  }
  return max(f64x2.extract_lane(greatest, 0), f64x2.extract_lane(greatest, 1));
}
