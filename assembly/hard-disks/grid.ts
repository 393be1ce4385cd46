/**
 * The double loop's pairs without the double loop: the same collisions in the same order, hence the same bits, in time
 * that grows with the disks and not with their square.
 *
 * Every disk has an *anchor*, where it stood when it was last put into the cells, and every disk i a *row*: the disks
 * j > i whose anchors are less than `reach` = 2R + 2·slack from its own, in x and in y, ascending. Rows are used for as
 * long as their disks stay near their anchors, which is several steps.
 *
 * Why no collision is missed. The double loop does something for (i, j) only if d·d < (2R)² as computed when it gets
 * there. Then |d| < 2R in x and in y, but for a few roundings (neither a NaN nor an infinite d passes, and 2R is such
 * that its square neither overflows nor underflows). If both disks are within slack of their anchors then, the anchors
 * are less than 2R + 2·slack apart, so i's row names j; `reach` has a margin of 1e-9 of itself for the roundings, whose
 * errors are some 1e-16. So it is enough that, whenever the double loop would look at (i, j),
 *
 *   (a) i and j are both within slack of their anchors, and
 *   (b) i's row names every j > i whose anchor is less than `reach` from i's.
 *
 * At the start of a pass both hold for all pairs: if a disk has strayed further than slack, all are anchored anew and
 * all rows are made again. In the pass, positions change only where a pair (i, j) collides, and only theirs. It remains
 * to mend (a) and (b) for the pairs still to come: (i, k) with k > j, and (m, k) with m > i.
 *
 *   - If j has strayed, it is anchored where it is. Only the pairs of j can be concerned: (j, k), and (m, j) for m with
 *     anchors near the new one. The rows of j and of these m are marked *stale*. (i, j) is over.
 *   - If i has strayed, the rest of its row is gathered from the cells around its place: as if it was anchored there,
 *     from where (a) and (b) follow for (i, k). When the row is over, i is anchored there in earnest, for later passes.
 *   - A stale row is gathered from the cells when its turn comes. The disks before and after i in it have been moved by
 *     then, but their anchors are in the cells and (a) holds for them, and a gathering has slack 0 on i's side.
 *
 * That a row, or a gathering, names more disks than collide changes nothing: they fail the test of the double loop.
 * Nothing depends on when rows were made: that is why neither the partition into steps nor a resumption shows.
 *
 * The cost. At a given density everything but the straying of the fastest is proportional to the disks. In crowds rows
 * are long, and pushes make disks stray often: a pass whose bookkeeping exceeds a fraction of what the double loop would
 * cost goes on by the double loop, so the worst case is hardly worse than that. (a) and (b) are then no longer kept,
 * and the next pass begins anew.
 */
import { column } from '../lib/columns';
import { sortAscending } from '../lib/sort';
import { collideRow, collideRows } from './brute-force';
import { anchor, anchors, charge, clearCells, effort, gather, layOutCells, markBefore, release } from './cells';
import { collide, contactSq, lengthSq } from './collide';
import { at, count, height, positions, radius, width } from './state';

/** Row entries that there is room for, per disk; rows that find none stay stale. */
const ENTRIES_PER_DISK: usize = 6;
/** More slack means that rows last longer and name more: this much of the disks' mean distance is the best of both. */
const SLACK_SPACINGS: f64 = 0.4;
const MIN_SLACK_RADII: f64 = 0.25;

let rowStarts: usize = 0;
let entries: usize = 0;
let entriesEnd: usize = 0;
let stale: usize = 0;
let gathered: usize = 0;
let gatheredEnd: usize = 0;

let slack: f64 = 0;
/** What the bookkeeping of one pass may cost, in links followed. */
let budget: u64 = 0;
/** The effort at which this pass is given up. */
let allowed: u64 = 0;
/** The effort at which stale rows have cost as much as making all rows anew. */
let worthwhile: u64 = 0;
let isCurrent: bool = false;

/** Reserves the columns, after the model is known. */
export function layOutGrid(): void {
  const spacing = sqrt((width / <f64>count) * height);
  slack = max(MIN_SLACK_RADII * radius, SLACK_SPACINGS * spacing - radius);
  layOutCells((2 * radius + 2 * slack) * (1 + 1e-9));
  rowStarts = column(<u64>count + 1, 4);
  entries = column(ENTRIES_PER_DISK * count, 4);
  entriesEnd = entries + ((ENTRIES_PER_DISK * count) << 2);
  stale = column(count, 1);
  gathered = column(count, 4);
  gatheredEnd = gathered + (<usize>count << 2);
  budget = (<u64>count * count) / 16 + 32 * <u64>count;
  isCurrent = false;
}

/** Says that positions were changed by others. */
export function forgetGrid(): void {
  isCurrent = false;
}

/** The second half of a step: every pair that overlaps, in the order of the double loop. */
export function collideNear(): void {
  if (!isCurrent || effort > worthwhile || haveStrayed()) makeRows();
  else allowed = effort + budget;
  for (let i: u32 = 0; i < count; i++) {
    if (effort > allowed) {
      isCurrent = false;
      return collideRows(i);
    }
    if (load<u8>(stale + i)) collideGathered(i, i);
    else collideRowOf(i);
  }
}

/** True when a disk is further than `slack` from its anchor, in x or in y, or has no place (NaN). */
function haveStrayed(): bool {
  const limit = f64x2.splat(slack);
  let near = i64x2.splat(-1);
  for (let i: u32 = 0; i < count; i++) {
    const apart = f64x2.abs(f64x2.sub(v128.load(at(positions, i)), v128.load(at(anchors, i))));
    near = v128.and(near, f64x2.le(apart, limit));
  }
  return !i64x2.all_true(near);
}

// @ts-ignore: decorator
@inline
function isWithinSlack(a: v128, b: v128): bool {
  return i64x2.all_true(f64x2.le(f64x2.abs(f64x2.sub(a, b)), f64x2.splat(slack)));
}

// @ts-ignore: decorator
@inline
function rowStart(i: u32): usize {
  return rowStarts + (<usize>i << 2);
}

/** Anchors every disk where it is and makes its row: from the last disk on, so that the cells hold only later ones. */
function makeRows(): void {
  isCurrent = false;
  clearCells();
  allowed = budget;
  memory.fill(stale, 0, count);
  let begin = entriesEnd;
  store<u32>(rowStart(count), <u32>begin);
  for (let i = count; i-- > 0; ) {
    const end = begin;
    begin = gather(v128.load(at(positions, i)), i, end, entries);
    if (begin == 0) {
      begin = end;
      store<u8>(stale + i, 1);
    }
    if (!sortRow(begin, end)) return;
    store<u32>(rowStart(i), <u32>begin);
    anchor(i);
  }
  worthwhile = 2 * effort + count;
  isCurrent = true;
}

/** Row `i` of the double loop, as its row names it. */
function collideRowOf(i: u32): void {
  const limit = contactSq();
  const end = <usize>load<u32>(rowStart(i + 1));
  let pi = v128.load(at(positions, i));
  for (let entry = <usize>load<u32>(rowStart(i)); entry < end; entry += 4) {
    const j = load<u32>(entry);
    if (!(lengthSq(f64x2.sub(pi, v128.load(at(positions, j)))) < limit && collide(i, j))) continue;
    settle(j);
    pi = v128.load(at(positions, i));
    if (!isWithinSlack(pi, v128.load(at(anchors, i)))) return collideGathered(i, j);
  }
}

/** Row `i` of the double loop from the disk after `cursor` on, as the cells around it name it. */
function collideGathered(i: u32, cursor: u32): void {
  const limit = contactSq();
  let pi = v128.load(at(positions, i));
  let centre = pi;
  let entry = gatherSorted(centre, cursor);
  while (entry < gatheredEnd) {
    if (entry == 0) return collideRow(i, cursor + 1);
    const j = load<u32>(entry);
    entry += 4;
    if (!(lengthSq(f64x2.sub(pi, v128.load(at(positions, j)))) < limit && collide(i, j))) continue;
    cursor = j;
    settle(j);
    pi = v128.load(at(positions, i));
    if (isWithinSlack(pi, centre)) continue;
    centre = pi;
    entry = gatherSorted(centre, cursor);
  }
  settle(i);
}

/** Gathers the disks after `cursor` around `centre`; answers the first of them, or 0 when the pass is to be given up. */
function gatherSorted(centre: v128, cursor: u32): usize {
  if (effort > allowed) return 0;
  const begin = gather(centre, cursor, gatheredEnd, gathered);
  return sortRow(begin, gatheredEnd) ? begin : 0;
}

/** Sorts a row if its length, squared as insertion goes, can be afforded; false when the pass is to be given up. */
function sortRow(begin: usize, end: usize): bool {
  const length = <u64>(end - begin) >> 2;
  if (length > 1) charge((length * length) >> 2);
  if (effort > allowed) return false;
  sortAscending(begin, end);
  return true;
}

/** Anchors disk `i` anew if it has strayed, for the rows that are still to come. */
function settle(i: u32): void {
  if (effort > allowed || isWithinSlack(v128.load(at(positions, i)), v128.load(at(anchors, i)))) return;
  release(i);
  anchor(i);
  markBefore(i, stale);
  store<u8>(stale + i, 1);
}
