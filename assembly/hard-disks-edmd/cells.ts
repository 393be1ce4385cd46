/**
 * The cells: disks in contact are in the same or in adjacent ones. A disk changes its cell by an event, never by
 * looking where it is, so that a rounding cannot put it into another than its events say.
 */
import {
  cellColumns,
  cellHeight,
  cellRows,
  cellsOf,
  cellWidth,
  count,
  heads,
  height,
  NONE,
  next,
  pairAt,
  positions,
  width,
  wordAt,
} from './state';

/** The four ways out of a cell, as a disk's partner. */
export const RIGHT: i32 = -2;
export const LEFT: i32 = -3;
export const UP: i32 = -4;
export const DOWN: i32 = -5;

/** Puts every disk, each within the box, into the cell of its place. */
export function fillCells(): void {
  memory.fill(heads, 0xff, (<usize>cellColumns * <usize>cellRows) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const x = min(cellColumns - 1, <u32>(load<f64>(pairAt(positions, i)) / cellWidth));
    const y = min(cellRows - 1, <u32>(load<f64>(pairAt(positions, i), 8) / cellHeight));
    enter(i, x, y);
  }
}

/** The address of a cell's head. */
// @ts-ignore: decorator
@inline
export function headAt(x: u32, y: u32): usize {
  return wordAt(heads, y * cellColumns + x);
}

/** The column of the cell of disk `i`. */
// @ts-ignore: decorator
@inline
export function cellX(i: u32): u32 {
  return load<u32>(wordAt(cellsOf, i)) & 0xffff;
}

/** The row of the cell of disk `i`. */
// @ts-ignore: decorator
@inline
export function cellY(i: u32): u32 {
  return load<u32>(wordAt(cellsOf, i)) >> 16;
}

/** Takes disk `i`, which is at the border of its cell, to the adjacent one; across the box if need be. */
export function cross(i: u32, way: i32): void {
  let x = cellX(i);
  let y = cellY(i);
  leave(i, headAt(x, y));
  const here = pairAt(positions, i);
  if (way == RIGHT && ++x == cellColumns) {
    x = 0;
    store<f64>(here, load<f64>(here) - width);
  } else if (way == LEFT && x-- == 0) {
    x = cellColumns - 1;
    store<f64>(here, load<f64>(here) + width);
  } else if (way == UP && ++y == cellRows) {
    y = 0;
    store<f64>(here, load<f64>(here, 8) - height, 8);
  } else if (way == DOWN && y-- == 0) {
    y = cellRows - 1;
    store<f64>(here, load<f64>(here, 8) + height, 8);
  }
  enter(i, x, y);
}

function enter(i: u32, x: u32, y: u32): void {
  const head = headAt(x, y);
  store<u32>(wordAt(cellsOf, i), (y << 16) | x);
  store<i32>(wordAt(next, i), load<i32>(head));
  store<i32>(head, <i32>i);
}

function leave(i: u32, head: usize): void {
  let link = head;
  while (load<i32>(link) != <i32>i) link = wordAt(next, load<i32>(link));
  store<i32>(link, load<i32>(wordAt(next, i)));
}
