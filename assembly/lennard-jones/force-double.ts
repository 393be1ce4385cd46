/**
 * The forces in double precision: every atom against the halves of clusters of its run in the inner list, two atoms at a
 * time. Both sides get the force, so that an image's has to be folded back afterwards (clusters.ts).
 *
 * Pairs beyond the cutoff are masked out at 1/r²: what follows is then exactly zero, where with the far places of empty
 * slots it would sink into denormal numbers, which are slow. Constants are loaded: the engine would make a splat anew in
 * every turn of the loop. What the four atoms of a cluster get is added up once for all of them: a sum stored by one
 * lane and loaded by the next as part of two would be waited for.
 */
import { clusters, DOUBLE_BYTES } from './clusters';
import { inner, innerEnds } from './prune';
import { Cut, forceShift, isForceShifted, isShifted, Shifted } from './potential';
import { clusterCount } from './sort';
import { cutoff } from './state';

/** Constants of the loop, each in both lanes. */
const constants: usize = memory.data(64, 16);
/** For each atom of a cluster the forces along x, y and z by its run, in two parts that are to be added. */
const parts: usize = memory.data(192, 16);

/** Adds the forces of all pairs. */
export function addDoubleForces(): void {
  v128.store(constants, f64x2.splat(cutoff * cutoff));
  v128.store(constants, f64x2.splat(0.5), 16);
  v128.store(constants, f64x2.splat(forceShift), 32);
  v128.store(constants, f64x2.splat(1), 48);
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
    addAcross<Kind>(own, cutoffSq, half, shift, one);
    addWithinHalves<Kind>(own, cutoffSq, half, shift, one);
    // An empty slot has an empty run.
    for (let lane: usize = 0; lane < 4; lane++) {
      const end = <usize>load<u32>(innerEnds + (<usize>index << 4) + (lane << 2));
      const atom = own + (lane << 3);
      const xi = v128.load64_splat(atom);
      const yi = v128.load64_splat(atom, 32);
      const zi = v128.load64_splat(atom, 64);
      let fx = f64x2.splat(0);
      let fy = f64x2.splat(0);
      let fz = f64x2.splat(0);
      for (; entry < end; entry += 4) {
        const pair = <usize>load<u32>(entry);
        const x = f64x2.sub(xi, v128.load(pair));
        const y = f64x2.sub(yi, v128.load(pair, 32));
        const z = f64x2.sub(zi, v128.load(pair, 64));
        const force = forceOf<Kind>(x, y, z, cutoffSq, half, shift, one);
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
      const part = parts + lane * 48;
      v128.store(part, fx);
      v128.store(part, fy, 16);
      v128.store(part, fz, 32);
    }
    for (let component: usize = 0; component < 3; component++) {
      const force = own + 96 + (component << 5);
      const part = parts + (component << 4);
      addTo(force, sumOf(v128.load(part), v128.load(part, 48)));
      addTo(force + 16, sumOf(v128.load(part, 96), v128.load(part, 144)));
    }
  }
}

/** Adds the forces between the halves of a cluster: of atoms 0 and 1 on 2 and 3, and on 3 and 2. */
// @ts-ignore: decorator
@inline
function addAcross<Kind>(own: usize, cutoffSq: v128, half: v128, shift: v128, one: v128): void {
  const straightX = f64x2.sub(v128.load(own), v128.load(own, 16));
  const straightY = f64x2.sub(v128.load(own, 32), v128.load(own, 48));
  const straightZ = f64x2.sub(v128.load(own, 64), v128.load(own, 80));
  const crossX = f64x2.sub(v128.load(own), turned(v128.load(own, 16)));
  const crossY = f64x2.sub(v128.load(own, 32), turned(v128.load(own, 48)));
  const crossZ = f64x2.sub(v128.load(own, 64), turned(v128.load(own, 80)));
  const straight = forceOf<Kind>(straightX, straightY, straightZ, cutoffSq, half, shift, one);
  const cross = forceOf<Kind>(crossX, crossY, crossZ, cutoffSq, half, shift, one);
  pushApart(own + 96, f64x2.mul(straight, straightX), f64x2.mul(cross, crossX));
  pushApart(own + 128, f64x2.mul(straight, straightY), f64x2.mul(cross, crossY));
  pushApart(own + 160, f64x2.mul(straight, straightZ), f64x2.mul(cross, crossZ));
}

// @ts-ignore: decorator
@inline
function pushApart(place: usize, straight: v128, cross: v128): void {
  addTo(place, f64x2.add(straight, cross));
  v128.store(place, f64x2.sub(v128.load(place, 16), f64x2.add(straight, turned(cross))), 16);
}

/** Adds the forces within the halves of a cluster: of atom 0 on 1, and of 2 on 3. */
// @ts-ignore: decorator
@inline
function addWithinHalves<Kind>(own: usize, cutoffSq: v128, half: v128, shift: v128, one: v128): void {
  const x = differenceOf(v128.load(own), v128.load(own, 16));
  const y = differenceOf(v128.load(own, 32), v128.load(own, 48));
  const z = differenceOf(v128.load(own, 64), v128.load(own, 80));
  const force = forceOf<Kind>(x, y, z, cutoffSq, half, shift, one);
  pullTogether(own + 96, f64x2.mul(force, x));
  pullTogether(own + 128, f64x2.mul(force, y));
  pullTogether(own + 160, f64x2.mul(force, z));
}

/** Gives a force each to two atoms that are neighbours in their half, and its opposite to the other one. */
// @ts-ignore: decorator
@inline
function pullTogether(place: usize, forces: v128): void {
  const opposite = f64x2.neg(forces);
  addTo(place, v128.shuffle<f64>(forces, opposite, 0, 2));
  addTo(place + 16, v128.shuffle<f64>(forces, opposite, 1, 3));
}

/** F/(48 r) of what is inside of the cutoff, 0 elsewhere. */
// @ts-ignore: decorator
@inline
function forceOf<Kind>(x: v128, y: v128, z: v128, cutoffSq: v128, half: v128, shift: v128, one: v128): v128 {
  const distanceSq = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
  const inverseSq = v128.and(f64x2.div(one, distanceSq), f64x2.lt(distanceSq, cutoffSq));
  const inverse6 = f64x2.mul(f64x2.mul(inverseSq, inverseSq), inverseSq);
  const whole = f64x2.mul(f64x2.mul(inverseSq, inverse6), f64x2.sub(inverse6, half));
  if (isShifted<Kind>()) return f64x2.sub(whole, f64x2.mul(shift, f64x2.sqrt(inverseSq)));
  return whole;
}

// @ts-ignore: decorator
@inline
function turned(lanes: v128): v128 {
  return v128.shuffle<f64>(lanes, lanes, 1, 0);
}

/** a₀ + a₁, b₀ + b₁. */
// @ts-ignore: decorator
@inline
function sumOf(a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

/** a₀ − a₁, b₀ − b₁. */
// @ts-ignore: decorator
@inline
function differenceOf(a: v128, b: v128): v128 {
  return f64x2.sub(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, force: v128): void {
  v128.store(place, f64x2.add(v128.load(place), force));
}
