/**
 * The inner list: for every atom those clusters of its own cluster's run in the outer list of which an atom is within
 * the cutoff and `innerSkin`. It is short, and good for a few steps: until the fastest atoms could have met. In double
 * precision its entries are halves of clusters, as many atoms as one operation holds.
 *
 *     innerEnds ──► where the run of each slot ends, which is where that of the next one begins (u32)
 *     inner ──────► addresses of clusters, or of halves (u32); behind it is nothing, so that it can grow
 */
import { claimColumns, column, columnsEnd, cutColumns } from '../lib/columns';
import { clusterAt } from './clusters';
import { list, listLength, starts } from './list';
import { clusterCount, maxClusters, members, NOBODY } from './sort';
import { cutoff, isDouble, lx, ly, lz, skin } from './state';

/** The part of the skin that is the inner list's; the rest is how far atoms may go before the outer list is made anew. */
const INNER_PART: f64 = 0.4;

/** Entries are written before it is known whether they stay. */
const SPARE: usize = 4;

export let innerSkin: f64 = 0;
export let inner: usize = 0;
export let innerEnds: usize = 0;
/** Where the room for the inner list ends. */
let innerLimit: usize = 0;

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

/** Fills the inner list for the clusters as they are. @returns false when memory is short. */
export function prune(): bool {
  const reach = (cutoff + innerSkin) * (1 + 1e-6) + 1e-6 * (lx + ly + lz);
  let next = inner;
  for (let index: u32 = 0; index < clusterCount; index++) {
    const begin = <usize>load<u32>(starts + (<usize>index << 2));
    const end = <usize>load<u32>(starts + (<usize>index << 2), 4);
    const most = next + (end - begin) * (isDouble ? 8 : 4) + SPARE;
    if (most > innerLimit && !growInner(most)) return false;
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) != NOBODY) {
        next = isDouble
          ? pruneDouble(clusterAt(index) + (lane << 3), begin, end, next, reach * reach)
          : pruneSingle(clusterAt(index) + (lane << 2), begin, end, next, <f32>(reach * reach));
      }
      store<u32>(innerEnds + slot, <u32>next);
    }
  }
  return true;
}

function pruneSingle(atom: usize, begin: usize, end: usize, next: usize, reachSq: f32): usize {
  const limit = f32x4.splat(reachSq);
  const xi = v128.load32_splat(atom);
  const yi = v128.load32_splat(atom, 16);
  const zi = v128.load32_splat(atom, 32);
  for (let entry = begin; entry < end; entry += 4) {
    const cluster = <usize>load<u32>(entry);
    const x = f32x4.sub(xi, v128.load(cluster));
    const y = f32x4.sub(yi, v128.load(cluster, 16));
    const z = f32x4.sub(zi, v128.load(cluster, 32));
    const distanceSq = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
    store<u32>(next, <u32>cluster);
    next += <usize>v128.any_true(f32x4.lt(distanceSq, limit)) << 2;
  }
  return next;
}

function pruneDouble(atom: usize, begin: usize, end: usize, next: usize, reachSq: f64): usize {
  const limit = f64x2.splat(reachSq);
  const xi = v128.load64_splat(atom);
  const yi = v128.load64_splat(atom, 32);
  const zi = v128.load64_splat(atom, 64);
  for (let entry = begin; entry < end; entry += 4) {
    const low = <usize>load<u32>(entry);
    const high = low + 16;
    store<u32>(next, <u32>low);
    next += <usize>v128.any_true(nearDouble(low, xi, yi, zi, limit)) << 2;
    store<u32>(next, <u32>high);
    next += <usize>v128.any_true(nearDouble(high, xi, yi, zi, limit)) << 2;
  }
  return next;
}

// @ts-ignore: decorator
@inline
function nearDouble(half: usize, xi: v128, yi: v128, zi: v128, limit: v128): v128 {
  const x = f64x2.sub(xi, v128.load(half));
  const y = f64x2.sub(yi, v128.load(half, 32));
  const z = f64x2.sub(zi, v128.load(half, 64));
  return f64x2.lt(f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z)), limit);
}
