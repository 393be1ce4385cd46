/**
 * The potential energy, the virial and how far atoms are apart, in double precision from the bodies, whatever the
 * forces are computed in. Steps do not need them; they are summed over the inner list when somebody asks.
 */
import { column } from '../lib/columns';
import { BODY_BYTES, bodies, sourceOf, translationOf } from './clusters';
import { energyShift, forceShift } from './potential';
import { inner, innerEnds } from './prune';
import { clusterCount, members, NOBODY } from './sort';
import { cutoff } from './state';

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

const zeroTranslation: usize = memory.data(48, 16);

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
  energy = 0;
  virial = 0;
  pairs = 0;
  memory.fill(distances, 0, <usize>bins << 2);
  let entry = inner;
  for (let index: u32 = 0; index < clusterCount; index++) {
    const own = bodies + <usize>index * BODY_BYTES;
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) == NOBODY) break;
      const atom = own + (lane << 3);
      for (let other = lane + 1; other < 4; other++) addPair(atom, own + (other << 3), zeroTranslation);
      for (const end = <usize>load<u32>(innerEnds + slot); entry < end; entry += 4) {
        const cluster = <usize>load<u32>(entry);
        const body = bodies + <usize>sourceOf(cluster) * BODY_BYTES;
        const translation = translationOf(cluster);
        for (let other: usize = 0; other < 4; other++) addPair(atom, body + (other << 3), translation);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addPair(atom: usize, other: usize, translation: usize): void {
  const x = load<f64>(atom) - (load<f64>(other) + load<f64>(translation));
  const y = load<f64>(atom, 32) - (load<f64>(other, 32) + load<f64>(translation, 16));
  const z = load<f64>(atom, 64) - (load<f64>(other, 64) + load<f64>(translation, 32));
  const distanceSq = x * x + y * y + z * z;
  if (!(distanceSq < cutoff * cutoff)) return;
  const inverseSq = 1 / distanceSq;
  const inverse6 = inverseSq * inverseSq * inverseSq;
  const distance = sqrt(distanceSq);
  energy += 4 * inverse6 * (inverse6 - 1) - energyShift + 48 * forceShift * (distance - cutoff);
  virial += 48 * (inverse6 * (inverse6 - 0.5) - forceShift * distance);
  pairs++;
  if (bins > 0) count(<u32>(distance * binsPerLength));
}

// @ts-ignore: decorator
@inline
function count(bin: u32): void {
  const place = distances + (<usize>min(bin, bins - 1) << 2);
  store<u32>(place, load<u32>(place) + 1);
}
