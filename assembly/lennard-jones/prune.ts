/**
 * The inner list: for every atom those clusters of its own cluster's run in the outer list of which an atom is within
 * the cutoff and `innerSkin`. It is short, and good for a few steps: until the fastest atoms could have met.
 *
 *     innerEnds ──► where the run of each slot ends, which is where that of the next one begins (u32)
 *     inner ──────► addresses of clusters (u32)
 */
import { claimColumns, column } from '../lib/columns';
import { clusters, DOUBLE_BYTES, SINGLE_BYTES } from './clusters';
import { list, listLength, starts } from './list';
import { clusterCount, maxClusters, members, NOBODY } from './sort';
import { cutoff, isDouble, lx, ly, lz, skin } from './state';

/** The part of the skin that is the inner list's; the rest is how far atoms may go before the outer list is made anew. */
const INNER_PART: f64 = 0.4;

export let innerSkin: f64 = 0;
export let inner: usize = 0;
export let innerEnds: usize = 0;

/** Reserves what does not depend on where the atoms are. */
export function layOutInner(): void {
  innerSkin = INNER_PART * skin;
  innerEnds = column(4 * <u64>maxClusters, 4);
}

/** Reserves an inner list as long as the outer one allows, behind it. @returns false when memory is short. */
export function reserveInner(): bool {
  inner = column(4 * listLength(), 4);
  return claimColumns();
}

/** Fills the inner list for the clusters as they are. */
export function prune(): void {
  const reach = (cutoff + innerSkin) * (1 + 1e-6) + 1e-6 * (lx + ly + lz);
  let next = inner;
  for (let index: u32 = 0; index < clusterCount; index++) {
    const begin = <usize>load<u32>(starts + (<usize>index << 2));
    const end = <usize>load<u32>(starts + (<usize>index << 2), 4);
    for (let lane: usize = 0; lane < 4; lane++) {
      const slot = (<usize>index << 4) + (lane << 2);
      if (load<u32>(members + slot) != NOBODY) {
        next = isDouble
          ? pruneDouble(clusters + <usize>index * DOUBLE_BYTES + (lane << 3), begin, end, next, reach * reach)
          : pruneSingle(clusters + <usize>index * SINGLE_BYTES + (lane << 2), begin, end, next, <f32>(reach * reach));
      }
      store<u32>(innerEnds + slot, <u32>next);
    }
  }
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
    const cluster = <usize>load<u32>(entry);
    const low = nearDouble(cluster, xi, yi, zi, limit);
    const high = nearDouble(cluster + 16, xi, yi, zi, limit);
    store<u32>(next, <u32>cluster);
    next += <usize>v128.any_true(v128.or(low, high)) << 2;
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
