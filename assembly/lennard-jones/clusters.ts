/**
 * The atoms as the forces see them: four side by side, positions and forces interleaved, behind the real clusters those
 * of periodic images. A coordinate is relative to the box's centre; slots without an atom are far away.
 *
 *     clusters ──► ┌────┬────┬────┬────┬────┬────┐         ghosts ──► ┌──────────────┬─────────────┐
 *                  │ x₄ │ y₄ │ z₄ │Fx₄ │Fy₄ │Fz₄ │ real …             │ real cluster │ translation │ … u32 each
 *                  ├────┼────┼────┼────┼────┼────┤                    └──────────────┴─────────────┘
 *                  │ x₄ │ y₄ │ z₄ │Fx₄ │Fy₄ │Fz₄ │ ghost …              one a ghost cluster: addresses of what it
 *                  └────┴────┴────┴────┴────┴────┘                      is the image of, and of how far away
 *                  f32 × 4 each, or f64 × 4
 *
 *     bodies ───►  │ x₄ │ y₄ │ z₄ │vx₄ │vy₄ │vz₄ │ f64 × 4 each, real ones only: what is integrated
 *     origins, references   x₄ y₄ z₄ of each: the multiples of the box taken off, and where it was when the list was made
 *
 *     flat ──────►  x₄ y₄ z₄ of each cluster, real and ghost, as f32 × 4: in double precision, for the tests of prune.ts
 *
 * Forces are kept divided by 48. Positions and velocities come from the state and go back there.
 */
import { column } from '../lib/columns';
import { clusterCount, maxClusters, members, NOBODY, originOf } from './sort';
import { at, isDouble, lx, ly, lz, positions, velocities } from './state';

export const BODY_BYTES: usize = 192;
export const ORIGIN_BYTES: usize = 96;
export const SINGLE_BYTES: usize = 96;
export const DOUBLE_BYTES: usize = 192;
const GHOST_BYTES: usize = 8;
const FLAT_BYTES: usize = 48;
/** So far that no cutoff reaches it, and so near that its square is a single-precision number. */
const FAR: f64 = 1e15;

export let bodies: usize = 0;
export let origins: usize = 0;
export let references: usize = 0;

export let clusters: usize = 0;
export let ghosts: usize = 0;
let flat: usize = 0;
export let ghostCount: u32 = 0;
/** 27 vectors by which images are away, 48 bytes each: every component twice as f64, for the box as it is. */
let translations: usize = 0;
/** The same as f32, every component four times. */
let singleTranslations: usize = 0;

/** Size of a cluster. */
// @ts-ignore: decorator
@inline
export function clusterBytes(): usize {
  return isDouble ? DOUBLE_BYTES : SINGLE_BYTES;
}

/** The address of cluster `index`; ghosts follow the real ones. */
// @ts-ignore: decorator
@inline
export function clusterAt(index: u32): usize {
  return clusters + <usize>index * clusterBytes();
}

/** Reserves what does not depend on where the atoms are. */
export function layOutBodies(): void {
  bodies = column(maxClusters, BODY_BYTES);
  origins = column(maxClusters, ORIGIN_BYTES);
  references = column(maxClusters, ORIGIN_BYTES);
  translations = column(27, 48);
  singleTranslations = column(27, 48);
}

/** Fills the table of translations. */
export function prepareTranslations(): void {
  for (let index: i32 = 0; index < 27; index++) {
    const x = lx * <f64>(index / 9 - 1);
    const y = ly * <f64>((index / 3) % 3 - 1);
    const z = lz * <f64>(index % 3 - 1);
    const place = <usize>index * 48;
    v128.store(translations + place, f64x2.splat(x), 0);
    v128.store(translations + place, f64x2.splat(y), 16);
    v128.store(translations + place, f64x2.splat(z), 32);
    v128.store(singleTranslations + place, f32x4.splat(<f32>x), 0);
    v128.store(singleTranslations + place, f32x4.splat(<f32>y), 16);
    v128.store(singleTranslations + place, f32x4.splat(<f32>z), 32);
  }
}

/** Reserves the clusters, after the atoms were sorted. */
export function layOutClusters(ghostCount_: u32): void {
  ghostCount = ghostCount_;
  clusters = column(<u64>clusterCount + ghostCount, clusterBytes());
  ghosts = column(ghostCount, GHOST_BYTES);
  flat = column(isDouble ? <u64>clusterCount + ghostCount : 0, FLAT_BYTES);
}

/** Makes ghost `index` the image of real cluster `source`, x, y, z ∈ −1 … 1 boxes away. @returns its address. */
export function setGhost(index: u32, source: u32, x: i32, y: i32, z: i32): usize {
  const ghost = ghosts + <usize>index * GHOST_BYTES;
  store<u32>(ghost, <u32>clusterAt(source));
  const table = isDouble ? translations : singleTranslations;
  store<u32>(ghost, <u32>(table + <usize>((x + 1) * 9 + (y + 1) * 3 + z + 1) * 48), 4);
  return clusterAt(clusterCount + index);
}

/** The number of the cluster at an address. */
// @ts-ignore: decorator
@inline
function indexOf(cluster: usize): u32 {
  // Divisions by constants are multiplications.
  return <u32>(isDouble ? (cluster - clusters) / DOUBLE_BYTES : (cluster - clusters) / SINGLE_BYTES);
}

/** The real cluster that the one at `cluster` is, or is the image of. */
export function sourceOf(cluster: usize): u32 {
  const index = indexOf(cluster);
  if (index < clusterCount) return index;
  return indexOf(<usize>load<u32>(ghosts + <usize>(index - clusterCount) * GHOST_BYTES));
}

/** 0 for the address of a cluster or its first half, 16 for its second half in double precision. */
// @ts-ignore: decorator
@inline
export function halfOf(address: usize): usize {
  return address - clusterAt(indexOf(address));
}

/** Where in double precision the translation of the cluster at `cluster` stands. */
export function translationOf(cluster: usize): usize {
  const index = indexOf(cluster);
  if (index < clusterCount) return translations + 13 * 48;
  const translation = <usize>load<u32>(ghosts + <usize>(index - clusterCount) * GHOST_BYTES, 4);
  return isDouble ? translation : translations + (translation - singleTranslations);
}

/** Takes the atoms out of the state, into the slots that the sorting gave them. */
export function gatherBodies(): void {
  for (let slot: u32 = 0, slots = clusterCount << 2; slot < slots; slot++) {
    const id = load<u32>(members + (<usize>slot << 2));
    const lane = <usize>(slot & 3) << 3;
    const body = bodies + <usize>(slot >> 2) * BODY_BYTES + lane;
    const origin = origins + <usize>(slot >> 2) * ORIGIN_BYTES + lane;
    gatherComponent(id, body, origin, 0, lx);
    gatherComponent(id, body + 32, origin + 32, 8, ly);
    gatherComponent(id, body + 64, origin + 64, 16, lz);
  }
  const reference = references;
  for (let index: u32 = 0; index < clusterCount; index++) {
    memory.copy(reference + <usize>index * ORIGIN_BYTES, bodies + <usize>index * BODY_BYTES, ORIGIN_BYTES);
  }
}

// @ts-ignore: decorator
@inline
function gatherComponent(id: u32, body: usize, origin: usize, component: usize, edge: f64): void {
  if (id == NOBODY) {
    // Two empty slots are far from each other, too.
    store<f64>(body, FAR * <f64>(1 + ((body >> 3) & 3)));
    store<f64>(body, 0, 96);
    store<f64>(origin, 0);
    return;
  }
  const coordinate = load<f64>(at(positions, id) + component);
  const multiple = originOf(coordinate, edge);
  // So far away that not even the box is right any more is nowhere, as the list's search relies on.
  const local = coordinate - multiple;
  store<f64>(body, abs(local) <= edge ? local : NaN);
  store<f64>(body, load<f64>(at(velocities, id) + component), 96);
  store<f64>(origin, multiple);
}

/** Writes positions and velocities back to the state. */
export function scatterBodies(): void {
  for (let slot: u32 = 0, slots = clusterCount << 2; slot < slots; slot++) {
    const id = load<u32>(members + (<usize>slot << 2));
    if (id == NOBODY) continue;
    const lane = <usize>(slot & 3) << 3;
    const body = bodies + <usize>(slot >> 2) * BODY_BYTES + lane;
    const origin = origins + <usize>(slot >> 2) * ORIGIN_BYTES + lane;
    for (let component: usize = 0; component < 3; component++) {
      const row = component << 5;
      store<f64>(at(positions, id) + (component << 3), load<f64>(body + row) + load<f64>(origin + row));
      store<f64>(at(velocities, id) + (component << 3), load<f64>(body + row, 96));
    }
  }
}

/** Writes the forces of all atoms into a column of vectors, in the order of the atoms. */
export function scatterForces(forces: usize): void {
  for (let slot: u32 = 0, slots = clusterCount << 2; slot < slots; slot++) {
    const id = load<u32>(members + (<usize>slot << 2));
    if (id == NOBODY) continue;
    const cluster = clusterAt(slot >> 2);
    for (let component: u32 = 0; component < 3; component++) {
      const place = (3 + component) * 4 + (slot & 3);
      const force = isDouble ? load<f64>(cluster + (place << 3)) : <f64>load<f32>(cluster + (place << 2));
      store<f64>(at(forces, id) + (component << 3), 48 * force);
    }
  }
}

/** Shows the bodies to the forces, which are cleared. */
export function publishBodies(): void {
  let body = bodies;
  const end = bodies + <usize>clusterCount * BODY_BYTES;
  for (let cluster = clusters; body < end; body += BODY_BYTES, cluster += clusterBytes()) {
    if (isDouble) {
      memory.copy(cluster, body, 96);
      memory.fill(cluster + 96, 0, 96);
    } else {
      for (let row: usize = 0; row < 3; row++) publishSingle(body + (row << 5), cluster + (row << 4));
    }
  }
}

/** Rounds four coordinates to single precision, and clears the force beside. */
// @ts-ignore: decorator
@inline
export function publishSingle(from: usize, to: usize): void {
  v128.store(to, rounded(from));
  v128.store(to, i32x4.splat(0), 48);
}

/** Four doubles in single precision. */
// @ts-ignore: decorator
@inline
function rounded(from: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(from));
  const high = f32x4.demote_f64x2_zero(v128.load(from, 16));
  return v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}

/** In double precision: the flat coordinates of cluster `index`. */
// @ts-ignore: decorator
@inline
export function flatAt(index: u32): usize {
  return flat + <usize>index * FLAT_BYTES;
}

/** The same of the cluster at an address. */
// @ts-ignore: decorator
@inline
export function flatOf(cluster: u32): usize {
  return flat + (<usize>cluster - clusters) / (DOUBLE_BYTES / FLAT_BYTES);
}

/** Rounds the coordinates of all clusters to single precision. */
export function flattenClusters(): void {
  let cluster = clusters;
  const end = flatAt(clusterCount + ghostCount);
  for (let to = flat; to < end; to += FLAT_BYTES, cluster += DOUBLE_BYTES) {
    for (let row: usize = 0; row < 3; row++) v128.store(to + (row << 4), rounded(cluster + (row << 5)));
  }
}

/** Moves the ghosts to where their sources are, and clears their forces. */
export function moveGhosts(): void {
  let cluster = clusterAt(clusterCount);
  const end = ghosts + <usize>ghostCount * GHOST_BYTES;
  for (let ghost = ghosts; ghost < end; ghost += GHOST_BYTES, cluster += clusterBytes()) {
    const source = <usize>load<u32>(ghost);
    const translation = <usize>load<u32>(ghost, 4);
    if (isDouble) moveDouble(source, translation, cluster);
    else moveSingle(source, translation, cluster);
  }
}

// @ts-ignore: decorator
@inline
function moveSingle(source: usize, translation: usize, cluster: usize): void {
  const zero = i32x4.splat(0);
  v128.store(cluster, f32x4.add(v128.load(source), v128.load(translation)));
  v128.store(cluster, f32x4.add(v128.load(source, 16), v128.load(translation, 16)), 16);
  v128.store(cluster, f32x4.add(v128.load(source, 32), v128.load(translation, 32)), 32);
  v128.store(cluster, zero, 48);
  v128.store(cluster, zero, 64);
  v128.store(cluster, zero, 80);
}

// @ts-ignore: decorator
@inline
function moveDouble(source: usize, translation: usize, cluster: usize): void {
  const zero = i32x4.splat(0);
  for (let row: usize = 0; row < 3; row++) {
    const by = v128.load(translation + (row << 4));
    const from = source + (row << 5);
    const to = cluster + (row << 5);
    v128.store(to, f64x2.add(v128.load(from), by));
    v128.store(to, f64x2.add(v128.load(from, 16), by), 16);
    v128.store(to, zero, 96);
    v128.store(to, zero, 112);
  }
}

/** Adds the forces on the ghosts to those on their sources. */
export function foldGhosts(): void {
  let cluster = clusterAt(clusterCount);
  const end = ghosts + <usize>ghostCount * GHOST_BYTES;
  for (let ghost = ghosts; ghost < end; ghost += GHOST_BYTES, cluster += clusterBytes()) {
    const source = <usize>load<u32>(ghost);
    if (isDouble) {
      for (let part: usize = 96; part < 192; part += 16) {
        v128.store(source + part, f64x2.add(v128.load(source + part), v128.load(cluster + part)));
      }
    } else {
      for (let part: usize = 48; part < 96; part += 16) {
        v128.store(source + part, f32x4.add(v128.load(source + part), v128.load(cluster + part)));
      }
    }
  }
}
