/**
 * The forces in single precision: every atom against the clusters of its run in the inner list, four atoms at a time.
 * Both sides get the force, so that an image's has to be folded back afterwards (clusters.ts).
 *
 * Pairs beyond the cutoff are masked out at 1/r²: what follows is then exactly zero, where with the far places of empty
 * slots it would sink into denormal numbers, which are slow. Constants are loaded: the engine would make a splat anew in
 * every turn of the loop.
 */
import { clusters, SINGLE_BYTES } from './clusters';
import { inner, innerEnds } from './prune';
import { Cut, forceShift, isForceShifted, isShifted, Shifted } from './potential';
import { clusterCount, members, NOBODY } from './sort';
import { cutoff } from './state';

/** Constants of the loop, each in all lanes, and behind them which lanes come after each lane of a cluster. */
const constants: usize = memory.data(128, 16);
const laterLanes: usize = constants + 64;

/** Adds the forces of all pairs. */
export function addSingleForces(): void {
  v128.store(constants, f32x4.splat(<f32>(cutoff * cutoff)));
  v128.store(constants, f32x4.splat(0.5), 16);
  v128.store(constants, f32x4.splat(<f32>forceShift), 32);
  v128.store(constants, f32x4.splat(1), 48);
  for (let lane: usize = 0; lane < 4; lane++) {
    for (let other: usize = 0; other < 4; other++) {
      store<i32>(laterLanes + (((lane << 2) + other) << 2), other > lane ? -1 : 0);
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
    const own = clusters + <usize>index * SINGLE_BYTES;
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) == NOBODY) break;
      const end = <usize>load<u32>(innerEnds + slot);
      const atom = own + (lane << 2);
      const xi = v128.load32_splat(atom);
      const yi = v128.load32_splat(atom, 16);
      const zi = v128.load32_splat(atom, 32);
      let fx = f32x4.splat(0);
      let fy = f32x4.splat(0);
      let fz = f32x4.splat(0);
      {
        const later = v128.load(laterLanes + (lane << 4));
        const x = f32x4.sub(xi, v128.load(own));
        const y = f32x4.sub(yi, v128.load(own, 16));
        const z = f32x4.sub(zi, v128.load(own, 32));
        const distanceSq = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
        const inverseSq = v128.and(f32x4.div(one, distanceSq), v128.and(f32x4.lt(distanceSq, cutoffSq), later));
        const force = forceOf<Kind>(inverseSq, half, shift);
        const forceX = f32x4.mul(force, x);
        const forceY = f32x4.mul(force, y);
        const forceZ = f32x4.mul(force, z);
        v128.store(own, f32x4.sub(v128.load(own, 48), forceX), 48);
        v128.store(own, f32x4.sub(v128.load(own, 64), forceY), 64);
        v128.store(own, f32x4.sub(v128.load(own, 80), forceZ), 80);
        fx = f32x4.add(fx, forceX);
        fy = f32x4.add(fy, forceY);
        fz = f32x4.add(fz, forceZ);
      }
      for (; entry < end; entry += 4) {
        const cluster = <usize>load<u32>(entry);
        const x = f32x4.sub(xi, v128.load(cluster));
        const y = f32x4.sub(yi, v128.load(cluster, 16));
        const z = f32x4.sub(zi, v128.load(cluster, 32));
        const distanceSq = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
        const inverseSq = v128.and(f32x4.div(one, distanceSq), f32x4.lt(distanceSq, cutoffSq));
        const force = forceOf<Kind>(inverseSq, half, shift);
        const forceX = f32x4.mul(force, x);
        const forceY = f32x4.mul(force, y);
        const forceZ = f32x4.mul(force, z);
        v128.store(cluster, f32x4.sub(v128.load(cluster, 48), forceX), 48);
        v128.store(cluster, f32x4.sub(v128.load(cluster, 64), forceY), 64);
        v128.store(cluster, f32x4.sub(v128.load(cluster, 80), forceZ), 80);
        fx = f32x4.add(fx, forceX);
        fy = f32x4.add(fy, forceY);
        fz = f32x4.add(fz, forceZ);
      }
      store<f32>(atom, load<f32>(atom, 48) + sumOf(fx), 48);
      store<f32>(atom, load<f32>(atom, 64) + sumOf(fy), 64);
      store<f32>(atom, load<f32>(atom, 80) + sumOf(fz), 80);
    }
  }
}

/** F/(48 r) of what is inside of the cutoff, 0 where `inverseSq` is 0. */
// @ts-ignore: decorator
@inline
function forceOf<Kind>(inverseSq: v128, half: v128, shift: v128): v128 {
  const inverse6 = f32x4.mul(f32x4.mul(inverseSq, inverseSq), inverseSq);
  const whole = f32x4.mul(f32x4.mul(inverseSq, inverse6), f32x4.sub(inverse6, half));
  if (isShifted<Kind>()) return f32x4.sub(whole, f32x4.mul(shift, f32x4.sqrt(inverseSq)));
  return whole;
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): f32 {
  const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
