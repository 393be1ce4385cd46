/**
 * The potential energy, the virial and how far atoms are apart, in double precision from the bodies, whatever the
 * forces are computed in. Steps do not need them; they are summed over the inner list when somebody asks, two and two
 * atoms at a time, as in force-double.ts.
 */
import { column } from '../lib/columns';
import { BODY_BYTES, bodies, halfOf, sourceOf, translationOf } from './clusters';
import { energyShift, forceShift, isForceShifted } from './potential';
import { inner, innerEnds } from './prune';
import { clusterCount } from './sort';
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

/** Sums in the making, two lanes each, of which energy and virial are made: of r⁻⁶, of r⁻¹², of r where it is needed. */
let sixths: v128 = f64x2.splat(0);
let twelfths: v128 = f64x2.splat(0);
let lengths: v128 = f64x2.splat(0);
/** The number of pairs, less than 0. */
let counts: v128 = i64x2.splat(0);

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
  memory.fill(distances, 0, <usize>bins << 2);
  for (let lane: usize = 0; lane < 4; lane++) {
    for (let other: usize = 0; other < 4; other++) {
      store<i64>(laterLanes + (((lane << 2) + other) << 3), other > lane ? -1 : 0);
    }
  }
  sixths = f64x2.splat(0);
  twelfths = f64x2.splat(0);
  lengths = f64x2.splat(0);
  counts = i64x2.splat(0);
  for (let index: u32 = 0, entry = inner; index < clusterCount; index++) entry = addCluster(index, entry);
  pairs = <u32>-(i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1));
  const sum6 = sumOf(sixths);
  const sum12 = sumOf(twelfths);
  const length = sumOf(lengths);
  energy = 4 * (sum12 - sum6) - energyShift * <f64>pairs + 48 * forceShift * (length - cutoff * <f64>pairs);
  virial = 48 * (sum12 - 0.5 * sum6 - forceShift * length);
}

/**
 * Adds the pairs of the atoms of a cluster with the later ones of it, and with those of their runs, which begin at `entry`.
 * It is a function of its own so that the engine can go over to its better code within the first measurement.
 * @returns where the runs end.
 */
function addCluster(index: u32, entry: usize): usize {
  const own = bodies + <usize>index * BODY_BYTES;
  const cutoffSq = f64x2.splat(cutoff * cutoff);
  const needsLengths = isForceShifted || bins > 0;
  const width: usize = isDouble ? 16 : 32;
  let sum6 = sixths;
  let sum12 = twelfths;
  let length = lengths;
  let number = counts;
  for (let lane: usize = 0; lane < 4; lane++) {
    const atom = own + (lane << 3);
    const end = <usize>load<u32>(innerEnds + (<usize>index << 4) + (lane << 2));
    for (let part: usize = 0; part < 32; part += 16) {
      const distanceSq = apartSq(atom, zeroTranslation, own + part);
      const near = v128.and(f64x2.lt(distanceSq, cutoffSq), v128.load(laterLanes + (lane << 5) + part));
      const inverse6 = inverse6Of(distanceSq, near);
      sum6 = f64x2.add(sum6, inverse6);
      sum12 = f64x2.add(sum12, f64x2.mul(inverse6, inverse6));
      number = i64x2.add(number, near);
      if (needsLengths) length = f64x2.add(length, lengthsOf(distanceSq, near));
    }
    for (; entry < end; entry += 4) {
      const cluster = <usize>load<u32>(entry);
      const translation = translationOf(cluster);
      const others = bodies + <usize>sourceOf(cluster) * BODY_BYTES + (isDouble ? halfOf(cluster) : 0);
      for (let part: usize = 0; part < width; part += 16) {
        const distanceSq = apartSq(atom, translation, others + part);
        const near = f64x2.lt(distanceSq, cutoffSq);
        const inverse6 = inverse6Of(distanceSq, near);
        sum6 = f64x2.add(sum6, inverse6);
        sum12 = f64x2.add(sum12, f64x2.mul(inverse6, inverse6));
        number = i64x2.add(number, near);
        if (needsLengths) length = f64x2.add(length, lengthsOf(distanceSq, near));
      }
    }
  }
  sixths = sum6;
  twelfths = sum12;
  lengths = length;
  counts = number;
  return entry;
}

/** How far an atom is from two others, which are a translation away, squared. */
// @ts-ignore: decorator
@inline
function apartSq(atom: usize, translation: usize, others: usize): v128 {
  const x = apart(atom, others, translation, 0);
  const y = apart(atom, others, translation, 1);
  const z = apart(atom, others, translation, 2);
  return f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
}

/** A component of how far an atom is from two others. */
// @ts-ignore: decorator
@inline
function apart(atom: usize, others: usize, translation: usize, component: usize): v128 {
  const there = f64x2.add(v128.load(others + (component << 5)), v128.load(translation + (component << 4)));
  return f64x2.sub(v128.load64_splat(atom + (component << 5)), there);
}

/** r⁻⁶ where it is near, else 0. */
// @ts-ignore: decorator
@inline
function inverse6Of(distanceSq: v128, near: v128): v128 {
  const inverseSq = v128.and(f64x2.div(f64x2.splat(1), distanceSq), near);
  return f64x2.mul(f64x2.mul(inverseSq, inverseSq), inverseSq);
}

/** Two distances where they are near, else 0; they are counted, too. */
function lengthsOf(distanceSq: v128, near: v128): v128 {
  const length = f64x2.sqrt(distanceSq);
  if (bins > 0) {
    const which = i64x2.bitmask(near);
    if (which & 1) count(f64x2.extract_lane(length, 0));
    if (which & 2) count(f64x2.extract_lane(length, 1));
  }
  return v128.and(length, near);
}

// @ts-ignore: decorator
@inline
function count(distance: f64): void {
  const place = distances + (<usize>min(<u32>(distance * binsPerLength), bins - 1) << 2);
  store<u32>(place, load<u32>(place) + 1);
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}
