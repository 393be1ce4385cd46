/**
 * The outer list: for every real cluster the later clusters, or images of clusters, whose bounding box is within
 * `reach` of its own. It is good until two atoms together have moved by what `reach` exceeds what is needed. The
 * first to read it (prune.ts) takes out of it what is near by its box only.
 *
 * It is searched in the box's columns and a shell of image columns around those: half a shell, for of a pair that is
 * near over the border only one side looks. A column looks at itself from the cluster on, and at the columns after it:
 *
 *           y ▲   ghost ghost ghost ghost             the columns at greater x, and those at equal x and greater y:
 *             │   home  home  home  ghost             one after the other in memory. A column's clusters stand in the
 *             │   home  home  home  ghost             order of z, its images below and above included, so that what
 *             │   ghost ghost ghost ghost             is near in z is one run of entries.
 *             └──────────────────────────► x
 *
 *     boxes ──► lowX … │ highX … │ lowY … │ highY … │ lowZ … │ highZ … │ address …      f32 or u32, one an entry
 *
 * Every column of entries ends with four that are infinitely far: a search may read on into them, and stops there.
 *
 *     starts ──► where each real cluster's run begins in `list` (u32), and where the last one ends
 *     list ────► addresses of clusters (u32)
 */
import { claimColumns, column, columnsEnd, cutColumns } from '../lib/columns';
import { BODY_BYTES, bodies, clusterAt, layOutClusters, setGhost } from './clusters';
import { clusterCount, columnsX, columnsY, firstCluster, maxClusters, members, NOBODY, widthX, widthY } from './sort';
import { cutoff, lx, ly, lz, skin } from './state';

const SENTINELS: u32 = 4;
/** Entries that the list has room for at first, a cluster. */
const FIRST_ROOM: u64 = 48;

export let starts: usize = 0;
export let list: usize = 0;
let listEnd: usize = 0;
let room: u64 = 0;

/** Bounding boxes of the real clusters: low x y z, high x y z, as f32. */
let bounds: usize = 0;
/** Per column with its images: its first entry, and for the home ones the entry of their first real cluster. */
let columnEntries: usize = 0;
let homeEntries: usize = 0;
/** Columns after the one that looks: how far in memory, in columns; and how far along z the search in each has come. */
let offsets: usize = 0;
let cursors: usize = 0;
let offsetCount: u32 = 0;

let boxes: usize = 0;
/** Bytes from one row of `boxes` to the next. */
let rowBytes: usize = 0;
let entryCount: u32 = 0;

let reach: f32 = 0;
/** How many columns the shell is thick. */
let shellX: i32 = 0;
let shellY: i32 = 0;
/** Columns of columns: those along y, images included. */
let stride: i32 = 0;

/** What has a length of its own in every list stands behind this. */
let scratchFrom: usize = 0;

/** Single precision rounds a place in the box by 3e-8 of an edge at most; a list then rather has too much. */
export function widened(distance: f64): f64 {
  return distance * (1 + 1e-6) + 1e-6 * (lx + ly + lz);
}

/** Reserves what does not depend on where the atoms are; it must come last. */
export function layOutList(): void {
  reach = <f32>widened(cutoff + skin);
  shellX = <i32>min(ceil(<f64>reach / widthX), <f64>columnsX);
  shellY = <i32>min(ceil(<f64>reach / widthY), <f64>columnsY);
  stride = <i32>columnsY + 2 * shellY;
  starts = column(<u64>maxClusters + 1, 4);
  bounds = column(maxClusters, 24);
  const columns = <u64>(<i32>columnsX + shellX) * <u64>stride;
  columnEntries = column(columns + 1, 4);
  homeEntries = column(columns, 4);
  offsets = column(<u64>(shellX + 1) * <u64>(2 * shellY + 1), 4);
  cursors = column(<u64>(shellX + 1) * <u64>(2 * shellY + 1), 4);
  scratchFrom = columnsEnd();
  room = 0;
}

/**
 * Makes the list of the bodies as they are, and the ghosts that it needs; all that stood in memory behind is lost.
 * @returns false when memory is short.
 */
export function buildList(): bool {
  boundClusters();
  listOffsets();
  cutColumns(scratchFrom);
  layOutClusters(countEntries());
  rowBytes = (<usize>entryCount + SENTINELS) << 2;
  boxes = column(7 * rowBytes, 1);
  if (!claimColumns()) return false;
  fillEntries();
  const listFrom = columnsEnd();
  room = max(room, FIRST_ROOM * clusterCount);
  do {
    cutColumns(listFrom);
    list = column(room, 4);
    if (!claimColumns()) return false;
    listEnd = list + (<usize>room << 2);
    room *= 2;
  } while (!search());
  room /= 2;
  return true;
}

/** Entries of the list. */
export function listLength(): u64 {
  return <u64>(load<u32>(starts + (<usize>clusterCount << 2)) - <u32>list) >> 2;
}

function boundClusters(): void {
  for (let index: u32 = 0; index < clusterCount; index++) {
    const body = bodies + <usize>index * BODY_BYTES;
    for (let component: usize = 0; component < 3; component++) {
      let low: f64 = Infinity;
      let high: f64 = -Infinity;
      for (let lane: usize = 0; lane < 4; lane++) {
        if (load<u32>(members + (<usize>index << 4) + (lane << 2)) == NOBODY) break;
        const coordinate = load<f64>(body + (component << 5) + (lane << 3));
        if (coordinate < low) low = coordinate;
        if (coordinate > high) high = coordinate;
      }
      store<f32>(bounds + <usize>index * 24 + (component << 2), <f32>low);
      store<f32>(bounds + <usize>index * 24 + (component << 2), <f32>high, 12);
    }
  }
}

/** The columns that a column looks at besides itself, where they can be near enough. */
function listOffsets(): void {
  offsetCount = 0;
  for (let x: i32 = 0; x <= shellX; x++) {
    for (let y = x == 0 ? 1 : -shellY; y <= shellY; y++) {
      const apartX = widthX * <f64>max(0, x - 1);
      const apartY = widthY * <f64>max(0, abs(y) - 1);
      if (apartX * apartX + apartY * apartY > <f64>reach * <f64>reach) continue;
      store<i32>(offsets + (<usize>offsetCount << 2), x * stride + y);
      offsetCount++;
    }
  }
}

// @ts-ignore: decorator
@inline
function firstOf(home: u32): u32 {
  return load<u32>(firstCluster + (<usize>home << 2));
}

// @ts-ignore: decorator
@inline
function lowZ(index: u32): f32 {
  return load<f32>(bounds + <usize>index * 24, 8);
}

// @ts-ignore: decorator
@inline
function highZ(index: u32): f32 {
  return load<f32>(bounds + <usize>index * 24, 20);
}

/** The first cluster of a home column whose image one box below is within reach. */
function firstBelow(home: u32): u32 {
  let index = firstOf(home + 1);
  while (index > firstOf(home) && highZ(index - 1) >= <f32>(0.5 * lz) - reach) index--;
  return index;
}

/** The cluster behind the last of a home column whose image one box above is within reach. */
function endAbove(home: u32): u32 {
  let index = firstOf(home);
  while (index < firstOf(home + 1) && lowZ(index) <= reach - <f32>(0.5 * lz)) index++;
  return index;
}

/** The home column of which column (x, y), counted with the shell, is an image. */
// @ts-ignore: decorator
@inline
function homeOf(x: i32, y: i32): u32 {
  return (<u32>x % columnsX) * columnsY + (<u32>(y - shellY) + columnsY) % columnsY;
}

// @ts-ignore: decorator
@inline
function isHome(x: i32, y: i32): bool {
  return x < <i32>columnsX && y >= shellY && y < shellY + <i32>columnsY;
}

/** Sets `columnEntries`, `homeEntries` and `entryCount`. @returns the number of ghosts. */
function countEntries(): u32 {
  let ghostCount: u32 = 0;
  entryCount = 0;
  for (let x: i32 = 0; x < <i32>columnsX + shellX; x++) {
    for (let y: i32 = 0; y < stride; y++) {
      const home = homeOf(x, y);
      const below = firstOf(home + 1) - firstBelow(home);
      const own = firstOf(home + 1) - firstOf(home);
      const above = endAbove(home) - firstOf(home);
      const place = <usize>(x * stride + y) << 2;
      store<u32>(columnEntries + place, entryCount);
      store<u32>(homeEntries + place, entryCount + below);
      entryCount += below + own + above + SENTINELS;
      ghostCount += below + above + (isHome(x, y) ? 0 : own);
    }
  }
  return ghostCount;
}

function fillEntries(): void {
  let entry: u32 = 0;
  let ghost: u32 = 0;
  for (let x: i32 = 0; x < <i32>columnsX + shellX; x++) {
    for (let y: i32 = 0; y < stride; y++) {
      const home = homeOf(x, y);
      const boxesX: i32 = x >= <i32>columnsX ? 1 : 0;
      const boxesY: i32 = y < shellY ? -1 : y >= shellY + <i32>columnsY ? 1 : 0;
      const first = firstOf(home);
      const end = firstOf(home + 1);
      for (let index = firstBelow(home); index < end; index++) {
        enter(entry++, index, setGhost(ghost++, index, boxesX, boxesY, -1), boxesX, boxesY, -1);
      }
      for (let index = first; index < end; index++) {
        const cluster = isHome(x, y) ? clusterAt(index) : setGhost(ghost++, index, boxesX, boxesY, 0);
        enter(entry++, index, cluster, boxesX, boxesY, 0);
      }
      for (let index = first, above = endAbove(home); index < above; index++) {
        enter(entry++, index, setGhost(ghost++, index, boxesX, boxesY, 1), boxesX, boxesY, 1);
      }
      for (let n: u32 = 0; n < SENTINELS; n++, entry++) {
        for (let row: usize = 0; row < 6; row++) store<f32>(boxes + row * rowBytes + (<usize>entry << 2), Infinity);
      }
    }
  }
}

function enter(entry: u32, index: u32, cluster: usize, x: i32, y: i32, z: i32): void {
  const bound = bounds + <usize>index * 24;
  let place = boxes + (<usize>entry << 2);
  for (let component: usize = 0; component < 3; component++) {
    const by = component == 0 ? lx * <f64>x : component == 1 ? ly * <f64>y : lz * <f64>z;
    store<f32>(place, load<f32>(bound + (component << 2)) + <f32>by);
    place += rowBytes;
    store<f32>(place, load<f32>(bound + (component << 2), 12) + <f32>by);
    place += rowBytes;
  }
  store<u32>(place, <u32>cluster);
}

/** Fills the list. @returns false when it is too short. */
function search(): bool {
  let next = list;
  for (let x: i32 = 0; x < <i32>columnsX; x++) {
    for (let y: i32 = shellY; y < shellY + <i32>columnsY; y++) {
      next = searchColumn(x, y, next);
      if (next == 0) return false;
    }
  }
  store<u32>(starts + (<usize>clusterCount << 2), <u32>next);
  return true;
}

/** Appends the runs of one column's clusters from `next` on. @returns where they end, or 0 when there is no room. */
function searchColumn(x: i32, y: i32, next: usize): usize {
  const here = x * stride + y;
  const home = homeOf(x, y);
  const end = firstOf(home + 1);
  for (let n: u32 = 0; n < offsetCount; n++) {
    const there = here + load<i32>(offsets + (<usize>n << 2));
    store<u32>(cursors + (<usize>n << 2), load<u32>(columnEntries + (<usize>there << 2)) << 2);
  }
  let own = boxes + (<usize>load<u32>(homeEntries + (<usize>here << 2)) << 2);
  for (let index = firstOf(home); index < end; index++) {
    store<u32>(starts + (<usize>index << 2), <u32>next);
    own += 4;
    next = scan(index, own, next);
    if (next == 0) return 0;
    const floorZ = lowZ(index) - reach;
    for (let n: u32 = 0; n < offsetCount; n++) {
      const cursor = cursors + (<usize>n << 2);
      let entry = boxes + <usize>load<u32>(cursor);
      while (load<f32>(entry + 5 * rowBytes) < floorZ) entry += 4;
      store<u32>(cursor, <u32>(entry - boxes));
      next = scan(index, entry, next);
      if (next == 0) return 0;
    }
  }
  return next;
}

/** Appends the entries from `entry` on, in one column, that are near a cluster. @returns as `searchColumn` does. */
function scan(index: u32, entry: usize, next: usize): usize {
  const bound = bounds + <usize>index * 24;
  const ceilingZ = highZ(index) + reach;
  const lowX = v128.load32_splat(bound);
  const lowY = v128.load32_splat(bound, 4);
  const lowZ = v128.load32_splat(bound, 8);
  const highX = v128.load32_splat(bound, 12);
  const highY = v128.load32_splat(bound, 16);
  const highZ = v128.load32_splat(bound, 20);
  const zero = f32x4.splat(0);
  const limit = f32x4.splat(reach * reach);
  const row = rowBytes;
  for (; load<f32>(entry + 4 * row) <= ceilingZ; entry += 16) {
    if (next + 16 > listEnd) return 0;
    const x = apart(entry, entry + row, lowX, highX, zero);
    const y = apart(entry + 2 * row, entry + 3 * row, lowY, highY, zero);
    const z = apart(entry + 4 * row, entry + 5 * row, lowZ, highZ, zero);
    const distanceSq = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
    const near = <u32>i32x4.bitmask(f32x4.le(distanceSq, limit));
    const address = entry + 6 * row;
    // Whether a box is near cannot be predicted: writing first and moving on only if so costs less than a branch.
    store<u32>(next, load<u32>(address));
    next += (near & 1) << 2;
    store<u32>(next, load<u32>(address, 4));
    next += (near & 2) << 1;
    store<u32>(next, load<u32>(address, 8));
    next += near & 4;
    store<u32>(next, load<u32>(address, 12));
    next += (near & 8) >> 1;
  }
  return next;
}

/** How far four intervals are from one, or 0. */
// @ts-ignore: decorator
@inline
function apart(lows: usize, highs: usize, low: v128, high: v128, zero: v128): v128 {
  const above = f32x4.sub(v128.load(lows), high);
  const below = f32x4.sub(low, v128.load(highs));
  return f32x4.pmax(zero, f32x4.pmax(above, below));
}
