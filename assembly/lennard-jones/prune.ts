/**
 * The inner list: for every atom those clusters of its own cluster's run in the outer list of which an atom is within
 * the cutoff and `innerSkin`. It is short, and good for a few steps: until the fastest atoms could have met. In double
 * precision its entries are halves of clusters, as many atoms as one operation holds.
 *
 * The four atoms of a cluster are tested at once, in single precision, against one atom of the other after the other.
 * So their four runs grow side by side, each with room for all of the outer run, and are then moved together.
 *
 *     innerEnds ──► where the run of each slot ends, which is where that of the next one begins (u32)
 *     inner ──────► addresses of clusters, or of halves (u32); behind it is nothing, so that it can grow
 */
import { claimColumns, column, columnsEnd, cutColumns } from '../lib/columns';
import { clusterAt, flatAt, flatOf, flattenClusters } from './clusters';
import { list, listLength, starts, widened } from './list';
import { clusterCount, maxClusters, members, NOBODY } from './sort';
import { cutoff, isDouble, skin } from './state';

/** The part of the skin that is the inner list's; the rest is how far atoms may go before the outer list is made anew. */
const INNER_PART: f64 = 0.3;

/** Entries are written before it is known whether they stay, and moved by four. */
const SPARE: usize = 16;

/** Where the runs of a cluster's four atoms end, before they are moved together. */
const runEnds: usize = memory.data(16, 16);

export let innerSkin: f64 = 0;
export let inner: usize = 0;
export let innerEnds: usize = 0;
/** Where the room for the inner list ends. */
let innerLimit: usize = 0;
/** Where the next entry that stays in the outer list goes: the list is made shorter where it stands. */
let kept: usize = 0;

/** Reserves what does not depend on where the atoms are. */
export function layOutInner(): void {
  innerSkin = INNER_PART * skin;
  innerEnds = column(4 * <u64>maxClusters, 4);
}

/** Begins an inner list behind the outer one. @returns false when memory is short. */
export function reserveInner(): bool {
  inner = columnsEnd();
  return growInner(inner + (<usize>listLength() << 3));
}

/** Makes room up to an address, and some more. */
function growInner(end: usize): bool {
  cutColumns(inner);
  column(<u64>(end - inner) + <u64>(end - inner) / 4, 1);
  innerLimit = columnsEnd();
  return claimColumns();
}

/**
 * Fills the inner list for the clusters as they are.
 * @param isFirst nothing has moved since the outer list was made. What it has only because bounding boxes are larger than
 *   what is in them is then taken out of it: in a liquid three entries of ten.
 * @returns false when memory is short.
 */
export function prune(isFirst: bool): bool {
  const reachSq = squareOf(cutoff + innerSkin);
  const outerReachSq = isFirst ? squareOf(cutoff + skin) : f32x4.splat(Infinity);
  if (isDouble) flattenClusters();
  let next = inner;
  kept = list;
  for (let index: u32 = 0; index < clusterCount; index++) {
    const begin = <usize>load<u32>(starts + (<usize>index << 2));
    const end = <usize>load<u32>(starts + (<usize>index << 2), 4);
    const room = (end - begin) * (isDouble ? 2 : 1) + SPARE;
    if (next + 4 * room > innerLimit && !growInner(next + 4 * room)) return false;
    store<u32>(starts + (<usize>index << 2), <u32>kept);
    const slots = <usize>index << 4;
    const isEmpty = i32x4.eq(v128.load(members + slots), i32x4.splat(NOBODY));
    const limit = v128.bitselect(f32x4.splat(-1), reachSq, isEmpty);
    if (isDouble) findHalves(flatAt(index), begin, end, next, room, limit, outerReachSq);
    else findClusters(clusterAt(index), begin, end, next, room, limit, outerReachSq);
    next = closeRanks(innerEnds + slots, next, room);
  }
  store<u32>(starts + (<usize>clusterCount << 2), <u32>kept);
  return true;
}

/** The square of a distance that the lists look as far as, in all lanes. */
function squareOf(distance: f64): v128 {
  const reach = widened(distance);
  return f32x4.splat(<f32>(reach * reach));
}

/** Appends to the run of each of the four atoms at `own` the clusters that are near. */
function findClusters(own: usize, begin: usize, end: usize, next: usize, room: usize, limit: v128, outerLimit: v128): void {
  const xi = v128.load(own);
  const yi = v128.load(own, 16);
  const zi = v128.load(own, 32);
  let first = next;
  let second = first + room;
  let third = second + room;
  let fourth = third + room;
  let stays = kept;
  for (let entry = begin; entry < end; entry += 4) {
    const cluster = <usize>load<u32>(entry);
    const x = v128.load(cluster);
    const y = v128.load(cluster, 16);
    const z = v128.load(cluster, 32);
    const nearest = f32x4.pmin(
      f32x4.pmin(apartSq(xi, yi, zi, ofFirst(x), ofFirst(y), ofFirst(z)), apartSq(xi, yi, zi, ofSecond(x), ofSecond(y), ofSecond(z))),
      f32x4.pmin(apartSq(xi, yi, zi, ofThird(x), ofThird(y), ofThird(z)), apartSq(xi, yi, zi, ofFourth(x), ofFourth(y), ofFourth(z))),
    );
    store<u32>(stays, <u32>cluster);
    stays += <usize>v128.any_true(f32x4.lt(nearest, outerLimit)) << 2;
    const near = <u32>i32x4.bitmask(f32x4.lt(nearest, limit));
    store<u32>(first, <u32>cluster);
    first += (near & 1) << 2;
    store<u32>(second, <u32>cluster);
    second += (near & 2) << 1;
    store<u32>(third, <u32>cluster);
    third += near & 4;
    store<u32>(fourth, <u32>cluster);
    fourth += (near & 8) >> 1;
  }
  kept = stays;
  noteEnds(first, second, third, fourth);
}

/** The same with halves of clusters, for double precision; `own` is an address of flat coordinates. */
function findHalves(own: usize, begin: usize, end: usize, next: usize, room: usize, limit: v128, outerLimit: v128): void {
  const xi = v128.load(own);
  const yi = v128.load(own, 16);
  const zi = v128.load(own, 32);
  let first = next;
  let second = first + room;
  let third = second + room;
  let fourth = third + room;
  let stays = kept;
  for (let entry = begin; entry < end; entry += 4) {
    const low = load<u32>(entry);
    const high = low + 16;
    const single = flatOf(low);
    const x = v128.load(single);
    const y = v128.load(single, 16);
    const z = v128.load(single, 32);
    const nearestLow = f32x4.pmin(
      apartSq(xi, yi, zi, ofFirst(x), ofFirst(y), ofFirst(z)),
      apartSq(xi, yi, zi, ofSecond(x), ofSecond(y), ofSecond(z)),
    );
    const nearestHigh = f32x4.pmin(
      apartSq(xi, yi, zi, ofThird(x), ofThird(y), ofThird(z)),
      apartSq(xi, yi, zi, ofFourth(x), ofFourth(y), ofFourth(z)),
    );
    store<u32>(stays, low);
    stays += <usize>v128.any_true(f32x4.lt(f32x4.pmin(nearestLow, nearestHigh), outerLimit)) << 2;
    const nearLow = <u32>i32x4.bitmask(f32x4.lt(nearestLow, limit));
    const nearHigh = <u32>i32x4.bitmask(f32x4.lt(nearestHigh, limit));
    store<u32>(first, low);
    first += (nearLow & 1) << 2;
    store<u32>(first, high);
    first += (nearHigh & 1) << 2;
    store<u32>(second, low);
    second += (nearLow & 2) << 1;
    store<u32>(second, high);
    second += (nearHigh & 2) << 1;
    store<u32>(third, low);
    third += nearLow & 4;
    store<u32>(third, high);
    third += nearHigh & 4;
    store<u32>(fourth, low);
    fourth += (nearLow & 8) >> 1;
    store<u32>(fourth, high);
    fourth += (nearHigh & 8) >> 1;
  }
  kept = stays;
  noteEnds(first, second, third, fourth);
}

// @ts-ignore: decorator
@inline
function noteEnds(first: usize, second: usize, third: usize, fourth: usize): void {
  store<u32>(runEnds, <u32>first);
  store<u32>(runEnds, <u32>second, 4);
  store<u32>(runEnds, <u32>third, 8);
  store<u32>(runEnds, <u32>fourth, 12);
}

/** Moves the four runs that begin `room` apart together, and notes where they end. @returns the end of the last one. */
function closeRanks(ends: usize, next: usize, room: usize): usize {
  let to = <usize>load<u32>(runEnds);
  store<u32>(ends, <u32>to);
  for (let lane: usize = 1; lane < 4; lane++) {
    const from = next + lane * room;
    const length = <usize>load<u32>(runEnds + (lane << 2)) - from;
    // What is written beyond the end is still in front of what the next run is read from.
    for (let part: usize = 0; part < length; part += 16) v128.store(to + part, v128.load(from + part));
    to += length;
    store<u32>(ends + (lane << 2), <u32>to);
  }
  return to;
}

/** How far four atoms are from one, squared. */
// @ts-ignore: decorator
@inline
function apartSq(xi: v128, yi: v128, zi: v128, xj: v128, yj: v128, zj: v128): v128 {
  const x = f32x4.sub(xi, xj);
  const y = f32x4.sub(yi, yj);
  const z = f32x4.sub(zi, zj);
  return f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
}

// @ts-ignore: decorator
@inline
function ofFirst(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 0, 0, 0, 0);
}

// @ts-ignore: decorator
@inline
function ofSecond(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 1, 1, 1, 1);
}

// @ts-ignore: decorator
@inline
function ofThird(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 2, 2, 2, 2);
}

// @ts-ignore: decorator
@inline
function ofFourth(lanes: v128): v128 {
  return v128.shuffle<f32>(lanes, lanes, 3, 3, 3, 3);
}
