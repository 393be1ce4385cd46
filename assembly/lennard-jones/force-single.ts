/**
 * The forces in single precision: every atom against the clusters of its run in the inner list, four atoms at a time.
 * Both sides get the force, so that an image's has to be folded back afterwards (clusters.ts).
 *
 * Pairs beyond the cutoff are masked out at 1/r²: what follows is then exactly zero, where with the far places of empty
 * slots it would sink into denormal numbers, which are slow. Constants are loaded: the engine would make a splat anew in
 * every turn of the loop. What the four atoms of a cluster get is added up once for all of them: a sum stored by one
 * lane and loaded by the next as part of four would be waited for.
 */
import { clusters, SINGLE_BYTES } from './clusters';
import { inner, innerEnds } from './prune';
import { Cut, forceShift, isForceShifted, isShifted, Shifted } from './potential';
import { clusterCount } from './sort';
import { cutoff } from './state';

/** Constants of the loop, each in all lanes. */
const constants: usize = memory.data(64, 16);
/** For each atom of a cluster the forces along x, y and z by its run, in four parts that are to be added. */
const parts: usize = memory.data(192, 16);

/** Adds the forces of all pairs. */
export function addSingleForces(): void {
  v128.store(constants, f32x4.splat(<f32>(cutoff * cutoff)));
  v128.store(constants, f32x4.splat(0.5), 16);
  v128.store(constants, f32x4.splat(<f32>forceShift), 32);
  v128.store(constants, f32x4.splat(1), 48);
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
    addWithin<Kind>(own, cutoffSq, half, shift, one);
    // An empty slot has an empty run.
    for (let lane: usize = 0; lane < 4; lane++) {
      const end = <usize>load<u32>(innerEnds + (<usize>index << 4) + (lane << 2));
      const atom = own + (lane << 2);
      const xi = v128.load32_splat(atom);
      const yi = v128.load32_splat(atom, 16);
      const zi = v128.load32_splat(atom, 32);
      let fx = f32x4.splat(0);
      let fy = f32x4.splat(0);
      let fz = f32x4.splat(0);
      for (; entry < end; entry += 4) {
        const cluster = <usize>load<u32>(entry);
        const x = f32x4.sub(xi, v128.load(cluster));
        const y = f32x4.sub(yi, v128.load(cluster, 16));
        const z = f32x4.sub(zi, v128.load(cluster, 32));
        const force = forceOf<Kind>(x, y, z, cutoffSq, half, shift, one);
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
      const part = parts + lane * 48;
      v128.store(part, fx);
      v128.store(part, fy, 16);
      v128.store(part, fz, 32);
    }
    addTo(own + 48, sumOf(parts));
    addTo(own + 64, sumOf(parts + 16));
    addTo(own + 80, sumOf(parts + 32));
  }
}

/**
 * Adds the forces of a cluster's four atoms on each other: of each on the next one, the last one's being the first, and
 * of each on the next but one, which are the other two pairs from both sides.
 */
// @ts-ignore: decorator
@inline
function addWithin<Kind>(own: usize, cutoffSq: v128, half: v128, shift: v128, one: v128): void {
  const x = v128.load(own);
  const y = v128.load(own, 16);
  const z = v128.load(own, 32);
  const nextX = f32x4.sub(x, turned(x));
  const nextY = f32x4.sub(y, turned(y));
  const nextZ = f32x4.sub(z, turned(z));
  const overX = f32x4.sub(x, turnedTwice(x));
  const overY = f32x4.sub(y, turnedTwice(y));
  const overZ = f32x4.sub(z, turnedTwice(z));
  const next = forceOf<Kind>(nextX, nextY, nextZ, cutoffSq, half, shift, one);
  const over = forceOf<Kind>(overX, overY, overZ, cutoffSq, half, shift, one);
  addTo(own + 48, f32x4.add(ofBoth(f32x4.mul(next, nextX)), f32x4.mul(over, overX)));
  addTo(own + 64, f32x4.add(ofBoth(f32x4.mul(next, nextY)), f32x4.mul(over, overY)));
  addTo(own + 80, f32x4.add(ofBoth(f32x4.mul(next, nextZ)), f32x4.mul(over, overZ)));
}

/** F/(48 r) of what is inside of the cutoff, 0 elsewhere. */
// @ts-ignore: decorator
@inline
function forceOf<Kind>(x: v128, y: v128, z: v128, cutoffSq: v128, half: v128, shift: v128, one: v128): v128 {
  const distanceSq = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
  const inverseSq = v128.and(f32x4.div(one, distanceSq), f32x4.lt(distanceSq, cutoffSq));
  const inverse6 = f32x4.mul(f32x4.mul(inverseSq, inverseSq), inverseSq);
  const whole = f32x4.mul(f32x4.mul(inverseSq, inverse6), f32x4.sub(inverse6, half));
  if (isShifted<Kind>()) return f32x4.sub(whole, f32x4.mul(shift, f32x4.sqrt(inverseSq)));
  return whole;
}

/** What four lanes get whose force on the next one is given, and that of the one before on them. */
// @ts-ignore: decorator
@inline
function ofBoth(force: v128): v128 {
  return f32x4.sub(force, v128.shuffle<f32>(force, force, 3, 0, 1, 2));
}

// @ts-ignore: decorator
@inline
function turned(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 1, 2, 3, 0);
}

// @ts-ignore: decorator
@inline
function turnedTwice(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1);
}

/** The sums of the lanes of four vectors, 48 bytes apart. */
// @ts-ignore: decorator
@inline
function sumOf(vectors: usize): v128 {
  const front = foldedPair(v128.load(vectors), v128.load(vectors, 48));
  const back = foldedPair(v128.load(vectors, 96), v128.load(vectors, 144));
  return f32x4.add(v128.shuffle<f32>(front, back, 0, 1, 4, 5), v128.shuffle<f32>(front, back, 2, 3, 6, 7));
}

/** a₀ + a₂, b₀ + b₂, a₁ + a₃, b₁ + b₃. */
// @ts-ignore: decorator
@inline
function foldedPair(a: v128, b: v128): v128 {
  return f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, force: v128): void {
  v128.store(place, f32x4.add(v128.load(place), force));
}
