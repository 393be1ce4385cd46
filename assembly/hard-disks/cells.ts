/**
 * A grid of cells over the box, each with a chain of the disks that are anchored in it. A ring of cells that stay empty
 * spares the border its special cases.
 *
 *     heads      per cell: the first disk of its chain, or NONE
 *     next       per disk: the one behind it in its chain, or NONE
 *     cellOf     per disk: the cell in whose chain it is; a cell is named by the address of its head
 *     anchors    per disk: the place (x, y) that put it there
 *
 * Anchors less than `reach` apart, in x and in y, lie in the same or in adjacent cells. For a cell is wider than
 * `reach` by a part in a million, while a cell's number, at most 1e8, is rounded by a few parts in 1e16; and clamping
 * it to the grid, which is how places outside the box get a cell, brings no two numbers further apart.
 */
import { column } from '../lib/columns';
import { at, count, height, positions, width } from './state';

/** The end of a chain; as a signed number it is less than every disk. */
const NONE: i32 = -1;

const MAX_SIDE: f64 = 1e8;
const MARGIN: f64 = 1 + 1e-6;

let heads: usize = 0;
let next: usize = 0;
let cellOf: usize = 0;
export let anchors: usize = 0;

let headBytes: usize = 0;
/** From a head to the one of the cell above. */
let rowBytes: usize = 0;
let sideX: f64 = 1;
let sideY: f64 = 1;
let reach: f64 = 0;

/** Chain links followed since `clearCells`, and what was charged besides: the grid's own work. */
export let effort: u64 = 0;

/** Adds to the grid's own work what is done outside of the cells, in links. */
export function charge(links: u64): void {
  effort += links;
}

/**
 * Reserves the columns of a grid in which neighbours are less than `reach_` apart. It has no more cells than there are
 * squares of that side in the box, and no more along a side than there are disks.
 */
export function layOutCells(reach_: f64): void {
  reach = reach_;
  sideX = sideOf(width);
  sideY = sideOf(height);
  rowBytes = (<usize>sideX + 2) << 2;
  headBytes = rowBytes * (<usize>sideY + 2);
  heads = column(headBytes, 1);
  next = column(count, 4);
  cellOf = column(count, 4);
  anchors = column(count, 16);
}

function sideOf(extent: f64): f64 {
  return max(1, floor(min(extent / (reach * MARGIN), min(<f64>count, MAX_SIDE))));
}

/** A pair i < j as one number. Their order as numbers is the order of the double loop. */
// @ts-ignore: decorator
@inline
function pairOf(i: u32, j: u32): u64 {
  return (<u64>i << 32) | j;
}

/** Takes every disk out of the grid. */
export function clearCells(): void {
  memory.fill(heads, 0xff, headBytes);
  effort = 0;
}

/** The cell of a place. */
// @ts-ignore: decorator
@inline
function cellAt(place: v128): usize {
  const numbers = f64x2.mul(place, f64x2(sideX / width, sideY / height));
  const clamped = f64x2.pmax(f64x2.pmin(numbers, f64x2(sideX - 1, sideY - 1)), f64x2.splat(0));
  const whole = i32x4.trunc_sat_f64x2_s_zero(clamped);
  const x = <usize>i32x4.extract_lane(whole, 0);
  const y = <usize>i32x4.extract_lane(whole, 1);
  return heads + rowBytes * (y + 1) + ((x + 1) << 2);
}

// @ts-ignore: decorator
@inline
function nextOf(i: u32): usize {
  return next + (<usize>i << 2);
}

// @ts-ignore: decorator
@inline
function cellOfDisk(i: u32): usize {
  return cellOf + (<usize>i << 2);
}

/** Anchors disk `i`, which is in no chain, where it is now. */
export function anchor(i: u32): void {
  const place = v128.load(at(positions, i));
  const cell = cellAt(place);
  v128.store(at(anchors, i), place);
  store<u32>(cellOfDisk(i), <u32>cell);
  store<i32>(nextOf(i), load<i32>(cell));
  store<i32>(cell, <i32>i);
}

/** Takes disk `i` out of its chain. */
export function release(i: u32): void {
  let link = <usize>load<u32>(cellOfDisk(i));
  while (load<i32>(link) != <i32>i) {
    link = nextOf(load<u32>(link));
    effort++;
  }
  store<i32>(link, load<i32>(nextOf(i)));
}

/**
 * Collects the pairs of disk `i` with the disks after `cursor` whose anchors are less than `reach` from where `i` is:
 * in no order, downward from `end`, eight bytes each.
 * @returns where the last one collected stands, or 0 when they would come down to `floor`.
 */
export function gather(i: u32, cursor: i32, end: usize, floor: usize): usize {
  const limit = f64x2.splat(reach);
  const centre = v128.load(at(positions, i));
  let begin = end;
  let row = cellAt(centre) - rowBytes - 4;
  for (let rows = 3; rows > 0; rows--, row += rowBytes) {
    for (let cell = row; cell < row + 12; cell += 4) {
      for (let j = load<i32>(cell); j != NONE; j = load<i32>(nextOf(j))) {
        effort++;
        const apart = f64x2.abs(f64x2.sub(centre, v128.load(at(anchors, j))));
        if (begin == floor) return 0;
        // Whether it counts cannot be predicted: writing first and moving on only if so costs less than a branch.
        store<u64>(begin - 8, pairOf(i, j));
        begin -= <usize>((j > cursor) & <i32>i64x2.all_true(f64x2.lt(apart, limit))) << 3;
      }
    }
  }
  return begin;
}

/** Sets the byte of `marks` of every disk before `i` whose anchor is less than `reach` from that of `i`. */
export function markBefore(i: u32, marks: usize): void {
  const limit = f64x2.splat(reach);
  const centre = v128.load(at(anchors, i));
  let row = <usize>load<u32>(cellOfDisk(i)) - rowBytes - 4;
  for (let rows = 3; rows > 0; rows--, row += rowBytes) {
    for (let cell = row; cell < row + 12; cell += 4) {
      for (let j = load<i32>(cell); j != NONE; j = load<i32>(nextOf(j))) {
        effort++;
        const apart = f64x2.abs(f64x2.sub(centre, v128.load(at(anchors, j))));
        if (j < <i32>i && i64x2.all_true(f64x2.lt(apart, limit))) store<u8>(marks + j, 1);
      }
    }
  }
}
