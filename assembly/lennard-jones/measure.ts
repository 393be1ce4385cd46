/**
 * The potential energy, the virial and how far atoms are apart, in double precision from the bodies, whatever the
 * forces are computed in. Steps do not need them; they are summed over the inner list when somebody asks, two and two
 * atoms at a time, as in force-double.ts.
 */
import { column } from '../lib/columns';
import { BODY_BYTES, bodies, halfOf, sourceOf, translationOf } from './clusters';
import { energyShift, forceShift, isForceShifted } from './potential';
import { inner, innerEnds } from './prune';
import { clusterCount, members, NOBODY } from './sort';
import { cutoff, isDouble } from './state';

/** U of all pairs. */
export let energy: f64 = 0;
/** W = −Σ r · dU/dr of all pairs. */
export let virial: f64 = 0;
/** Pairs within the cutoff. */
export let pairs: u32 = 0;

/** No histogram of distances has more bins. */
export const MAX_BINS: u32 = 1000;
/** How many pairs are how far apart, in bins of equal width from 0 to the cutoff (u32). */
export let distances: usize = 0;
let bins: u32 = 0;
let binsPerLength: f64 = 0;

/** A cluster that is not an image is this far away. */
const zeroTranslation: usize = memory.data(48, 16);
/** Which lanes come after each lane of a cluster. */
const laterLanes: usize = memory.data(128, 16);

/** The sums in the making, two lanes each. */
let energies: v128 = f64x2.splat(0);
let virials: v128 = f64x2.splat(0);

/** Reserves the histogram, which has no bins at first. */
export function layOutMeasure(): void {
  distances = column(MAX_BINS, 4);
  bins = 0;
}

/** Sets how many bins the histogram has from now on, `MAX_BINS` at most; 0 for none. */
export function setBins(bins_: u32): void {
  bins = bins_;
  binsPerLength = <f64>bins / cutoff;
}

/** Sets `energy`, `virial`, `pairs` and the histogram. */
export function measure(): void {
  energies = f64x2.splat(0);
  virials = f64x2.splat(0);
  pairs = 0;
  memory.fill(distances, 0, <usize>bins << 2);
  for (let lane: usize = 0; lane < 4; lane++) {
    for (let other: usize = 0; other < 4; other++) {
      store<i64>(laterLanes + (((lane << 2) + other) << 3), other > lane ? -1 : 0);
    }
  }
  let entry = inner;
  for (let index: u32 = 0; index < clusterCount; index++) {
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) == NOBODY) break;
      const end = <usize>load<u32>(innerEnds + slot);
      addAtom(bodies + <usize>index * BODY_BYTES, lane, entry, end);
      entry = end;
    }
  }
  energy = f64x2.extract_lane(energies, 0) + f64x2.extract_lane(energies, 1);
  virial = f64x2.extract_lane(virials, 0) + f64x2.extract_lane(virials, 1);
}

/** Adds the pairs of the atom in a lane of a body with the later ones of this body, and with those of its run. */
function addAtom(own: usize, lane: usize, begin: usize, end: usize): void {
  const atom = own + (lane << 3);
  const later = laterLanes + (lane << 5);
  const all = i32x4.splat(-1);
  addPairs(atom, own, zeroTranslation, v128.load(later));
  addPairs(atom, own + 16, zeroTranslation, v128.load(later, 16));
  for (let entry = begin; entry < end; entry += 4) {
    const cluster = <usize>load<u32>(entry);
    const body = bodies + <usize>sourceOf(cluster) * BODY_BYTES;
    const translation = translationOf(cluster);
    if (isDouble) {
      addPairs(atom, body + halfOf(cluster), translation, all);
    } else {
      addPairs(atom, body, translation, all);
      addPairs(atom, body + 16, translation, all);
    }
  }
}

/** Adds the pairs of an atom with two others, as far as `lanes` allows. */
// @ts-ignore: decorator
@inline
function addPairs(atom: usize, others: usize, translation: usize, lanes: v128): void {
  const x = apart(atom, others, translation, 0);
  const y = apart(atom, others, translation, 1);
  const z = apart(atom, others, translation, 2);
  const distanceSq = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
  const near = v128.and(f64x2.lt(distanceSq, f64x2.splat(cutoff * cutoff)), lanes);
  const inverseSq = v128.and(f64x2.div(f64x2.splat(1), distanceSq), near);
  const inverse6 = f64x2.mul(f64x2.mul(inverseSq, inverseSq), inverseSq);
  let pairEnergies = f64x2.mul(f64x2.mul(f64x2.splat(4), inverse6), f64x2.sub(inverse6, f64x2.splat(1)));
  let pairVirials = f64x2.mul(inverse6, f64x2.sub(inverse6, f64x2.splat(0.5)));
  pairEnergies = f64x2.sub(pairEnergies, f64x2.splat(energyShift));
  const which = <u32>i64x2.bitmask(near);
  if (isForceShifted || bins > 0) {
    const distance = f64x2.sqrt(distanceSq);
    const beyond = f64x2.sub(distance, f64x2.splat(cutoff));
    pairEnergies = f64x2.add(pairEnergies, f64x2.mul(f64x2.splat(48 * forceShift), beyond));
    pairVirials = f64x2.sub(pairVirials, f64x2.mul(f64x2.splat(forceShift), distance));
    if (bins > 0 && which & 1) count(f64x2.extract_lane(distance, 0));
    if (bins > 0 && which & 2) count(f64x2.extract_lane(distance, 1));
  }
  energies = f64x2.add(energies, v128.and(pairEnergies, near));
  virials = f64x2.add(virials, v128.and(f64x2.mul(f64x2.splat(48), pairVirials), near));
  pairs += (which & 1) + (which >> 1);
}

/** A component of how far an atom is from two others. */
// @ts-ignore: decorator
@inline
function apart(atom: usize, others: usize, translation: usize, component: usize): v128 {
  const there = f64x2.add(v128.load(others + (component << 5)), v128.load(translation + (component << 4)));
  return f64x2.sub(v128.load64_splat(atom + (component << 5)), there);
}

// @ts-ignore: decorator
@inline
function count(distance: f64): void {
  const place = distances + (<usize>min(<u32>(distance * binsPerLength), bins - 1) << 2);
  store<u32>(place, load<u32>(place) + 1);
}
