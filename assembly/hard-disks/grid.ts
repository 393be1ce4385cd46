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
 * Nothing depends on when rows were made: that is why neither the partition into steps nor a resumption shows. While no
 * row is stale and no i strays, all rows are walked as one run of pairs, which is most of the passes of a dilute box.
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

/** Pairs that the rows have room for, per disk; a row that finds none is stale from the beginning. */
const PAIRS_PER_DISK: usize = 4;
/** More slack means that rows last longer and name more: this much of the disks' mean distance is the best of both. */
const SLACK_SPACINGS: f64 = 0.4;
const MIN_SLACK_RADII: f64 = 0.25;

/** All rows behind each other, i above j in every number, so that the pairs ascend from `pairs` to `pairsEnd`. */
let pairs: usize = 0;
let pairsEnd: usize = 0;
/** Where the row of each disk starts, and after them `pairsEnd`. */
let rowStarts: usize = 0;
/** A byte a disk: 1 if its row is stale. */
let stale: usize = 0;
/** Room for what one row gathers. */
let gathered: usize = 0;
let gatheredEnd: usize = 0;

let slack: f64 = 0;
/** What the bookkeeping of one pass may cost, in links followed. */
let budget: u64 = 0;
/** The effort at which this pass is given up. */
let allowed: u64 = 0;
/** The effort at which stale rows have cost as much as making all rows anew. */
let worthwhile: u64 = 0;
/** Whether (a) and (b) held after the last pass. */
let isCurrent: bool = false;
/** Whether a row has been marked stale since all were made. */
let isDisturbed: bool = false;

/** Reserves the columns, after the model is known. */
export function layOutGrid(): void {
  const spacing = sqrt((width / <f64>count) * height);
  slack = max(MIN_SLACK_RADII * radius, SLACK_SPACINGS * spacing - radius);
  layOutCells((2 * radius + 2 * slack) * (1 + 1e-9));
  pairs = column(PAIRS_PER_DISK * count, 8);
  pairsEnd = pairs + ((PAIRS_PER_DISK * count) << 3);
  rowStarts = column(<u64>count + 1, 4);
  stale = column(count, 1);
  gathered = column(count, 8);
  gatheredEnd = gathered + (<usize>count << 3);
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
  for (let i = collideUndisturbed(); i < count; i++) {
    if (effort > allowed) {
      isCurrent = false;
      return collideRows(i);
    }
    if (load<u8>(stale + i)) collideGathered(i, i);
    else collideFrom(load<u32>(rowStart(i)), i);
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

/** Anchors every disk where it is and makes its row: from the last disk on, so that the cells hold only later ones. */
function makeRows(): void {
  isCurrent = false;
  isDisturbed = false;
  clearCells();
  allowed = budget;
  memory.fill(stale, 0, count);
  let begin = pairsEnd;
  store<u32>(rowStart(count), <u32>begin);
  for (let i = count; i-- > 0; ) {
    const end = begin;
    begin = gather(i, i, end, pairs);
    if (begin == 0) {
      begin = end;
      markStale(i);
    }
    if (!sortRow(begin, end)) return;
    store<u32>(rowStart(i), <u32>begin);
    anchor(i);
  }
  worthwhile = 2 * effort + count;
  isCurrent = true;
}

/**
 * The pairs of all rows in one run, until one of them disturbs a row: without the ends of short rows, which no
 * processor can predict.
 * @returns the first row that is left to do.
 */
function collideUndisturbed(): u32 {
  if (isDisturbed || !isCurrent) return 0;
  const limit = contactSq();
  for (let pair = <usize>load<u32>(rowStart(0)); pair < pairsEnd; pair += 8) {
    const i = load<u32>(pair, 4);
    const j = load<u32>(pair);
    const d = f64x2.sub(v128.load(at(positions, i)), v128.load(at(positions, j)));
    if (!(lengthSq(d) < limit && collide(i, j))) continue;
    settle(j);
    if (isDisturbed || !isWithinSlack(i)) {
      continueRow(i, j, pair + 8);
      return i + 1;
    }
  }
  return count;
}

/** The rest of row `i`, after `j`, its next pair being at `pair`. */
function continueRow(i: u32, j: u32, pair: usize): void {
  if (isWithinSlack(i)) collideFrom(pair, i);
  else collideGathered(i, j);
}

/** Row `i` of the double loop, as its pairs from `pair` on name it. */
function collideFrom(pair: usize, i: u32): void {
  const limit = contactSq();
  const end = <usize>load<u32>(rowStart(i + 1));
  for (; pair < end; pair += 8) {
    const j = load<u32>(pair);
    const d = f64x2.sub(v128.load(at(positions, i)), v128.load(at(positions, j)));
    if (!(lengthSq(d) < limit && collide(i, j))) continue;
    settle(j);
    if (!isWithinSlack(i)) return collideGathered(i, j);
  }
}

/** Row `i` of the double loop from the disk after `cursor` on, as the cells around it name it. */
function collideGathered(i: u32, cursor: u32): void {
  const limit = contactSq();
  let centre = v128.load(at(positions, i));
  let pair = gatherSorted(i, cursor);
  while (pair < gatheredEnd) {
    if (pair == 0) return collideRow(i, cursor + 1);
    const j = load<u32>(pair);
    pair += 8;
    const d = f64x2.sub(v128.load(at(positions, i)), v128.load(at(positions, j)));
    if (!(lengthSq(d) < limit && collide(i, j))) continue;
    settle(j);
    cursor = j;
    if (areWithinSlack(v128.load(at(positions, i)), centre)) continue;
    centre = v128.load(at(positions, i));
    pair = gatherSorted(i, cursor);
  }
  settle(i);
}

/** Gathers the pairs of `i` with the disks after `cursor`; answers the first, or 0 when the pass is to be given up. */
function gatherSorted(i: u32, cursor: u32): usize {
  if (effort > allowed) return 0;
  const begin = gather(i, cursor, gatheredEnd, gathered);
  return sortRow(begin, gatheredEnd) ? begin : 0;
}

/** Sorts a row if its length squared, as insertion goes, can be afforded; false when the pass is to be given up. */
function sortRow(begin: usize, end: usize): bool {
  const length = <u64>(end - begin) >> 3;
  if (length > 1) charge((length * length) >> 2);
  if (effort > allowed) return false;
  sortAscending(begin, end);
  return true;
}

/** Anchors disk `i` anew if it has strayed, for the rows that are still to come. */
function settle(i: u32): void {
  if (effort > allowed || isWithinSlack(i)) return;
  release(i);
  anchor(i);
  markBefore(i, stale);
  markStale(i);
}

function markStale(i: u32): void {
  store<u8>(stale + i, 1);
  isDisturbed = true;
}

/** True when disk `i` is no further than `slack` from its anchor, in x and in y. */
// @ts-ignore: decorator
@inline
function isWithinSlack(i: u32): bool {
  return areWithinSlack(v128.load(at(positions, i)), v128.load(at(anchors, i)));
}

// @ts-ignore: decorator
@inline
function areWithinSlack(a: v128, b: v128): bool {
  return i64x2.all_true(f64x2.le(f64x2.abs(f64x2.sub(a, b)), f64x2.splat(slack)));
}

// @ts-ignore: decorator
@inline
function rowStart(i: u32): usize {
  return rowStarts + (<usize>i << 2);
}
