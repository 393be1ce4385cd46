/**
 * Puts the atoms in an order in which neighbours stand together: the box is divided into square columns along z, and
 * the atoms of a column are sorted by z. Four in a row are a cluster, and every column begins with a new one:
 *
 *     column 0                     column 1
 *     ┌───────────┬───────────┐    ┌───────────┬──
 *     │ 7 3 12 40 │ 9 21 ·  · │    │ 5 8 30 2  │ …       members: the atom in each slot, or NOBODY (·)
 *     └───────────┴───────────┘    └───────────┴──
 *       cluster 0   cluster 1        cluster 2            firstCluster: 0, 2, …
 *
 * The order depends on the positions alone. Three stable passes: by a coarse z, by column, and, what little is left,
 * by insertion.
 */
import { column } from '../lib/columns';
import { sortAscending } from '../lib/sort';
import { at, count, lx, ly, lz, positions } from './state';

export const NOBODY: u32 = 0xffffffff;

const BIN_BITS: u32 = 11;

/** On a face-centred lattice atoms stand in planes as far apart as a cube of four is wide: half of them would be on borders. */
const NARROWER: f64 = 0.95;

/** How the box is divided. */
export let columnsX: u32 = 1;
export let columnsY: u32 = 1;
export let widthX: f64 = 1;
export let widthY: f64 = 1;

export let members: usize = 0;
export let firstCluster: usize = 0;
/** Clusters of the last sorting. */
export let clusterCount: u32 = 0;
/** No sorting makes more. */
export let maxClusters: u32 = 0;

/** Room for three words of eight bytes an atom, for whoever needs it. */
export let scratch: usize = 0;
let keys: usize = 0;
let coarse: usize = 0;
let columnOf: usize = 0;
let bins: usize = 0;
let ends: usize = 0;

/** Divides the box so that clusters are about as high as wide, and reserves the sorting's columns of memory. */
export function layOutSort(): void {
  const atoms = <f64>count;
  const side = NARROWER * max(Math.cbrt((4 * lx * ly * lz) / atoms), sqrt((lx * ly) / atoms));
  columnsX = <u32>max(1, min(floor(lx / side), atoms));
  columnsY = <u32>max(1, min(floor(ly / side), atoms));
  widthX = lx / <f64>columnsX;
  widthY = ly / <f64>columnsY;
  maxClusters = count / 4 + columnsX * columnsY;
  members = column(4 * <u64>maxClusters, 4);
  firstCluster = column(<u64>columnsX * columnsY + 1, 4);
  scratch = column(3 * <u64>count, 8);
  keys = scratch;
  coarse = scratch + (<usize>count << 3);
  columnOf = coarse + (<usize>count << 3);
  bins = column(1 << BIN_BITS, 4);
  ends = column(<u64>columnsX * columnsY, 4);
}

/** The multiple of the box edge that brings a coordinate into [−edge/2, edge/2]. */
// @ts-ignore: decorator
@inline
export function originOf(coordinate: f64, edge: f64): f64 {
  return edge * floor(coordinate / edge + 0.5);
}

/** A part of the box, 0 … parts − 1, for a coordinate; 0 for what is none. */
// @ts-ignore: decorator
@inline
function partOf(coordinate: f64, edge: f64, parts: f64): f64 {
  const part = ((coordinate - originOf(coordinate, edge)) / edge + 0.5) * parts;
  return part > 0 ? min(part, parts - 1) : 0;
}

/** Fills `members` and `firstCluster`. */
export function sortAtoms(): void {
  const columns = columnsX * columnsY;
  memory.fill(bins, 0, 4 << BIN_BITS);
  memory.fill(ends, 0, <usize>columns << 2);
  for (let i: u32 = 0; i < count; i++) {
    const place = at(positions, i);
    const x = <u32>partOf(load<f64>(place), lx, <f64>columnsX);
    const y = <u32>partOf(load<f64>(place, 8), ly, <f64>columnsY);
    const z = <u32>partOf(load<f64>(place, 16), lz, 4294967296.0);
    store<u64>(keys + (<usize>i << 3), (<u64>z << 32) | i);
    store<u32>(columnOf + (<usize>i << 2), x * columnsY + y);
    tally(bins, z >> (32 - BIN_BITS));
    tally(ends, x * columnsY + y);
  }
  accumulate(bins, 1 << BIN_BITS);
  accumulate(ends, columns);
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    store<u64>(coarse + (<usize>take(bins, <u32>(key >> (64 - BIN_BITS))) << 3), key);
  }
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u64>(coarse + (<usize>i << 3));
    const home = load<u32>(columnOf + (<usize>(<u32>key) << 2));
    store<u64>(keys + (<usize>take(ends, home) << 3), key);
  }
  fillClusters(columns);
}

// @ts-ignore: decorator
@inline
function tally(counts: usize, index: u32): void {
  const place = counts + (<usize>index << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** The next place of a bin, after `accumulate`. */
// @ts-ignore: decorator
@inline
function take(places: usize, index: u32): u32 {
  const place = places + (<usize>index << 2);
  const next = load<u32>(place);
  store<u32>(place, next + 1);
  return next;
}

/** Turns the sizes of bins into where they begin. */
function accumulate(sizes: usize, length: u32): void {
  let sum: u32 = 0;
  for (let place = sizes, end = sizes + (<usize>length << 2); place < end; place += 4) {
    const size = load<u32>(place);
    store<u32>(place, sum);
    sum += size;
  }
}

function fillClusters(columns: u32): void {
  let slot = members;
  let key = keys;
  for (let home: u32 = 0; home < columns; home++) {
    store<u32>(firstCluster + (<usize>home << 2), <u32>((slot - members) >> 4));
    const end = keys + (<usize>load<u32>(ends + (<usize>home << 2)) << 3);
    sortAscending(key, end);
    for (; key < end; key += 8, slot += 4) store<u32>(slot, load<u32>(key));
    for (; slot & 15; slot += 4) store<u32>(slot, NOBODY);
  }
  clusterCount = <u32>((slot - members) >> 4);
  store<u32>(firstCluster + (<usize>columns << 2), clusterCount);
}
