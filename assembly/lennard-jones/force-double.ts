/**
 * The forces in double precision: every atom against the halves of clusters of its run in the inner list, two atoms at a
 * time. Both sides get the force, so that an image's has to be folded back afterwards (clusters.ts).
 *
 * Pairs beyond the cutoff are masked out at 1/r²: what follows is then exactly zero, where with the far places of empty
 * slots it would sink into denormal numbers, which are slow. Constants are loaded: the engine would make a splat anew in
 * every turn of the loop.
 */
import { clusters, DOUBLE_BYTES } from './clusters';
import { inner, innerEnds } from './prune';
import { Cut, forceShift, isForceShifted, isShifted, Shifted } from './potential';
import { clusterCount, members, NOBODY } from './sort';
import { cutoff } from './state';

/** Constants of the loop, each in all lanes, and behind them which lanes come after each lane of a cluster. */
const constants: usize = memory.data(192, 16);
const laterLanes: usize = constants + 64;

/** Adds the forces of all pairs. */
export function addDoubleForces(): void {
  v128.store(constants, f64x2.splat(cutoff * cutoff));
  v128.store(constants, f64x2.splat(0.5), 16);
  v128.store(constants, f64x2.splat(forceShift), 32);
  v128.store(constants, f64x2.splat(1), 48);
  for (let lane: usize = 0; lane < 4; lane++) {
    for (let other: usize = 0; other < 4; other++) {
      store<i64>(laterLanes + (((lane << 2) + other) << 3), other > lane ? -1 : 0);
    }
  }
  if (isForceShifted) addForces<Shifted>();
  else addForces<Cut>();
}

// @ts-ignore: decorator
@inline
function addForces<Kind>(): void {
  const cutoffSq = v128.load(constants);
  const half = v128.load(constants, 16);
  const shift = v128.load(constants, 32);
  const one = v128.load(constants, 48);
  let entry = inner;
  for (let index: u32 = 0; index < clusterCount; index++) {
    const own = clusters + <usize>index * DOUBLE_BYTES;
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) == NOBODY) break;
      const end = <usize>load<u32>(innerEnds + slot);
      const atom = own + (lane << 3);
      const xi = v128.load64_splat(atom);
      const yi = v128.load64_splat(atom, 32);
      const zi = v128.load64_splat(atom, 64);
      let fx = f64x2.splat(0);
      let fy = f64x2.splat(0);
      let fz = f64x2.splat(0);
      for (let part: usize = 0; part < 32; part += 16) {
        const later = v128.load(laterLanes + (lane << 5) + part);
        const near = own + part;
        const x = f64x2.sub(xi, v128.load(near));
        const y = f64x2.sub(yi, v128.load(near, 32));
        const z = f64x2.sub(zi, v128.load(near, 64));
        const distanceSq = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
        const inverseSq = v128.and(f64x2.div(one, distanceSq), v128.and(f64x2.lt(distanceSq, cutoffSq), later));
        const force = forceOf<Kind>(inverseSq, half, shift);
        const forceX = f64x2.mul(force, x);
        const forceY = f64x2.mul(force, y);
        const forceZ = f64x2.mul(force, z);
        v128.store(near, f64x2.sub(v128.load(near, 96), forceX), 96);
        v128.store(near, f64x2.sub(v128.load(near, 128), forceY), 128);
        v128.store(near, f64x2.sub(v128.load(near, 160), forceZ), 160);
        fx = f64x2.add(fx, forceX);
        fy = f64x2.add(fy, forceY);
        fz = f64x2.add(fz, forceZ);
      }
      for (; entry < end; entry += 4) {
        const pair = <usize>load<u32>(entry);
        const x = f64x2.sub(xi, v128.load(pair));
        const y = f64x2.sub(yi, v128.load(pair, 32));
        const z = f64x2.sub(zi, v128.load(pair, 64));
        const distanceSq = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
        const inverseSq = v128.and(f64x2.div(one, distanceSq), f64x2.lt(distanceSq, cutoffSq));
        const force = forceOf<Kind>(inverseSq, half, shift);
        const forceX = f64x2.mul(force, x);
        const forceY = f64x2.mul(force, y);
        const forceZ = f64x2.mul(force, z);
        v128.store(pair, f64x2.sub(v128.load(pair, 96), forceX), 96);
        v128.store(pair, f64x2.sub(v128.load(pair, 128), forceY), 128);
        v128.store(pair, f64x2.sub(v128.load(pair, 160), forceZ), 160);
        fx = f64x2.add(fx, forceX);
        fy = f64x2.add(fy, forceY);
        fz = f64x2.add(fz, forceZ);
      }
      store<f64>(atom, load<f64>(atom, 96) + sumOf(fx), 96);
      store<f64>(atom, load<f64>(atom, 128) + sumOf(fy), 128);
      store<f64>(atom, load<f64>(atom, 160) + sumOf(fz), 160);
    }
  }
}

/** F/(48 r) of what is inside of the cutoff, 0 where `inverseSq` is 0. */
// @ts-ignore: decorator
@inline
function forceOf<Kind>(inverseSq: v128, half: v128, shift: v128): v128 {
  const inverse6 = f64x2.mul(f64x2.mul(inverseSq, inverseSq), inverseSq);
  const whole = f64x2.mul(f64x2.mul(inverseSq, inverse6), f64x2.sub(inverse6, half));
  if (isShifted<Kind>()) return f64x2.sub(whole, f64x2.mul(shift, f64x2.sqrt(inverseSq)));
  return whole;
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}
