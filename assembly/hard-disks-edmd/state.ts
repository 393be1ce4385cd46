/**
 * What a simulation is: its parameters, and the block of everything that a step changes. Disks have diameter 1 and
 * mass 1; the box is `width` × `height` and periodic.
 *
 *     state ──► ┌───────────────────────────────────────────────────────────────────────────┐
 *               │ header       count, collisions, crossings: u64; then the clocks: f64      │   64 bytes
 *               │ marks        time, virial: at the start of the measurement, then per block│   16 × (1 + MAX_BLOCKS)
 *               │ positions    x0 y0 x1 y1 …, each as it was at the disk's own time         │   16 a disk
 *               │ velocities   x0 y0 x1 y1 …                                                │   16 a disk
 *               │ ownTimes     when a disk's position was last brought up to date           │    8 a disk
 *               │ eventTimes   when its next event is due                                   │    8 a disk
 *               │ partners     with whom: a disk, or a CROSSING                             │    4 a disk
 *               │ expected     the partner's counter when the event was foreseen            │    4 a disk
 *               │ counters     collisions of the disk, modulo 2³²                           │    4 a disk
 *               │ cellsOf      the cell it is in: row << 16 | column                        │    4 a disk
 *               │ next         the one behind it in its cell's chain, or NONE               │    4 a disk
 *               │ heads        per cell: the first of its chain, or NONE                    │    4 a cell
 *               └───────────────────────────────────────────────────────────────────────────┘
 *
 * The block is the whole mutable state: a copy of it is a checkpoint. The tournament of the queue is scratch: it
 * follows from `eventTimes`.
 */
import { column } from '../lib/columns';

export const NONE: i32 = -1;
/** Blocks that the measurement is divided into, at most. */
export const MAX_BLOCKS: u32 = 64;
/** Disks needed for a box that has three cells across. */
export const MIN_DISKS: u32 = 16;
/** A cell's row and column have 16 bits each, and the box is nearly square. */
export const MAX_DISKS: u32 = 1_000_000;

const HEADER_BYTES: usize = 64;

export let count: u32 = 0;
export let width: f64 = 0;
export let height: f64 = 0;
export let temperature: f64 = 0;
/** Collisions before the measurement. */
export let equilibration: u64 = 0;
/** Collisions in a block of the measurement. */
export let blockLength: u64 = 1;

/** Columns and rows of the lattice at the start. */
export let latticeColumns: u32 = 0;
export let latticeRows: u32 = 0;
/** Distance of neighbours on the lattice. */
export let spacing: f64 = 0;

export let cellColumns: u32 = 0;
export let cellRows: u32 = 0;
export let cellWidth: f64 = 0;
export let cellHeight: f64 = 0;

export let state: usize = 0;
export let stateBytes: usize = 0;
export let marks: usize = 0;
export let positions: usize = 0;
export let velocities: usize = 0;
export let ownTimes: usize = 0;
export let eventTimes: usize = 0;
export let partners: usize = 0;
export let expected: usize = 0;
export let counters: usize = 0;
export let cellsOf: usize = 0;
export let next: usize = 0;
export let heads: usize = 0;

/**
 * Derives the box, the lattice and the cells: a triangular lattice with an even number of rows, so that it meets itself
 * across the border, and about as high as wide.
 * @returns false when the disks do not fit on it.
 */
export function setModel(
  count_: u32,
  packingFraction: f64,
  temperature_: f64,
  equilibration_: u64,
  blockLength_: u64,
): bool {
  count = count_;
  temperature = temperature_;
  equilibration = equilibration_;
  blockLength = blockLength_;
  const rowHeight = 0.5 * sqrt<f64>(3);
  latticeRows = 2 * max<u32>(2, <u32>nearest(0.5 * sqrt(<f64>count / rowHeight)));
  latticeColumns = (count + latticeRows - 1) / latticeRows;
  const area = (<f64>count * 0.25 * Math.PI) / packingFraction;
  spacing = sqrt(area / (<f64>latticeRows * <f64>latticeColumns * rowHeight));
  width = <f64>latticeColumns * spacing;
  height = <f64>latticeRows * spacing * rowHeight;
  cellColumns = cellsAlong(width);
  cellRows = cellsAlong(height);
  cellWidth = width / <f64>cellColumns;
  cellHeight = height / <f64>cellRows;
  return spacing > 1;
}

/** Cells are wider than a disk, so that those in contact are in adjacent ones, and hold about one disk. */
function cellsAlong(extent: f64): u32 {
  return <u32>min(floor(extent * (1 - 1e-9)), ceil(sqrt(<f64>count)));
}

/** Reserves the block. */
export function layOutState(): void {
  state = column(HEADER_BYTES, 1);
  marks = column(1 + MAX_BLOCKS, 16);
  positions = column(count, 16);
  velocities = column(count, 16);
  ownTimes = column(count, 8);
  eventTimes = column(count, 8);
  partners = column(count, 4);
  expected = column(count, 4);
  counters = column(count, 4);
  cellsOf = column(count, 4);
  next = column(count, 4);
  const cells = <u64>cellColumns * <u64>cellRows;
  heads = column(cells, 4);
  stateBytes = heads + (<usize>cells << 2) - state;
}

/** The address of disk `i` in a column of pairs of doubles. */
// @ts-ignore: decorator
@inline
export function pairAt(column: usize, i: u32): usize {
  return column + (<usize>i << 4);
}

/** The address of disk `i` in a column of doubles. */
// @ts-ignore: decorator
@inline
export function doubleAt(column: usize, i: u32): usize {
  return column + (<usize>i << 3);
}

/** The address of disk or cell `i` in a column of words. */
// @ts-ignore: decorator
@inline
export function wordAt(column: usize, i: u32): usize {
  return column + (<usize>i << 2);
}

/** Clears the block, gaps included, so that its bytes depend on the simulation alone. */
export function clearState(): void {
  memory.fill(state, 0, stateBytes);
  store<u64>(state, <u64>count);
}

/** The number of disks that the block itself claims to hold. */
export function claimedCount(): u64 {
  return load<u64>(state);
}

// @ts-ignore: decorator
@inline
export function collisions(): u64 {
  return load<u64>(state, 8);
}

// @ts-ignore: decorator
@inline
export function countCollision(): void {
  store<u64>(state, load<u64>(state, 8) + 1, 8);
}

export function crossings(): u64 {
  return load<u64>(state, 16);
}

// @ts-ignore: decorator
@inline
export function countCrossing(): void {
  store<u64>(state, load<u64>(state, 16) + 1, 16);
}

/** Where the clock stood when it was last set back. */
// @ts-ignore: decorator
@inline
export function epoch(): f64 {
  return load<f64>(state, 24);
}

/** The time since then, in which all times in the columns are told. */
// @ts-ignore: decorator
@inline
export function now(): f64 {
  return load<f64>(state, 32);
}

// @ts-ignore: decorator
@inline
export function setNow(time: f64): void {
  store<f64>(state, time, 32);
}

/** Σ d · Δp over all collisions. */
// @ts-ignore: decorator
@inline
export function virial(): f64 {
  return load<f64>(state, 40);
}

// @ts-ignore: decorator
@inline
export function addVirial(part: f64): void {
  store<f64>(state, virial() + part, 40);
}

/** The two disks of the last collision. */
// @ts-ignore: decorator
@inline
export function noteLast(i: u32, j: u32): void {
  store<u32>(state, i, 48);
  store<u32>(state, j, 52);
}

export function lastOf(which: u32): u32 {
  return load<u32>(wordAt(state + 48, which & 1));
}

/** Sets the clock back to zero, so that times stay short and keep their digits however long the simulation. */
export function setClockBack(): void {
  const passed = now();
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(doubleAt(ownTimes, i), load<f64>(doubleAt(ownTimes, i)) - passed);
    store<f64>(doubleAt(eventTimes, i), load<f64>(doubleAt(eventTimes, i)) - passed);
  }
  store<f64>(state, epoch() + passed, 24);
  setNow(0);
}
