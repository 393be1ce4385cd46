/**
 * Hard disks of diameter 1 and mass 1 in a periodic box, from event to event: the kernel's exports. Numbers and
 * addresses in, numbers and addresses out; all memory is laid out by `init`. A step is a collision; `step(a + b)` equals
 * `step(a)` then `step(b)`, bit for bit.
 *
 * A checkpoint is a copy of the `stateBytes()` bytes at `stateOffset()`. To resume, `init` a fresh instance with the
 * same parameters, write the copy over its state and call `restore`.
 */
import { beginColumns, claimColumns } from '../lib/columns';
import { seedRandom } from '../lib/mt19937';
import { fillCells } from './cells';
import { collideOnce, foreseeAll } from './events';
import * as measure from './measure';
import { fillQueue, layOutQueue } from './queue';
import { drawVelocities, placeDisks } from './start';
import * as state from './state';

/** What `init` and `restore` answer. */
export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const BAD_PARAMETERS: i32 = 2;
export const BAD_STATE: i32 = 3;

/**
 * Lays out the memory and draws the start of `seed`. The measurement starts after `equilibration` collisions and is
 * noted every `blockLength` of them.
 * @returns OK, OUT_OF_MEMORY, or BAD_PARAMETERS when the disks are too few, too many, or do not fit.
 */
export function init(
  particles: u32,
  seed: u32,
  packingFraction: f64,
  temperature: f64,
  equilibration: f64,
  blockLength: f64,
): i32 {
  if (particles < state.MIN_DISKS || particles > state.MAX_DISKS) return BAD_PARAMETERS;
  if (!(packingFraction > 0 && temperature > 0 && equilibration >= 0 && blockLength >= 1)) return BAD_PARAMETERS;
  if (!state.setModel(particles, packingFraction, temperature, <u64>equilibration, <u64>blockLength)) {
    return BAD_PARAMETERS;
  }
  beginColumns();
  state.layOutState();
  layOutQueue();
  measure.layOutSnapshot();
  if (!claimColumns()) return OUT_OF_MEMORY;
  state.clearState();
  seedRandom(seed);
  placeDisks();
  drawVelocities();
  fillCells();
  foreseeAll();
  return OK;
}

/** Goes on for `collisions` collisions. */
export function step(collisions: u32): void {
  for (; collisions > 0; collisions--) collideOnce();
}

/** Where the state stands in memory. */
export function stateOffset(): usize {
  return state.state;
}

/** How long the state is. */
export function stateBytes(): usize {
  return state.stateBytes;
}

/**
 * Takes over a state that was written into memory.
 * @returns OK, or BAD_STATE when it holds another number of disks.
 */
export function restore(): i32 {
  if (state.claimedCount() != state.count) return BAD_STATE;
  fillQueue();
  return OK;
}

/** Takes a snapshot: all positions at this moment (x0 y0 x1 y1 …), then all velocities, as f64. Where it stands. */
export function snapshot(): usize {
  measure.takeSnapshot();
  return measure.snapshot;
}

/** How long a snapshot is. */
export function snapshotBytes(): usize {
  return measure.snapshotBytes();
}

/** By how much the nearest two disks of the last snapshot overlap; negative if none touch. */
export function largestOverlap(): f64 {
  return measure.largestOverlap();
}

/** Collisions since the start; exact to 2⁵³. */
export function stepsDone(): f64 {
  return <f64>state.collisions();
}

/** Times a disk went from cell to cell. */
export function crossings(): f64 {
  return <f64>state.crossings();
}

/** The time of the last collision. */
export function time(): f64 {
  return state.epoch() + state.now();
}

/** Σ d · Δp over all collisions. */
export function virial(): f64 {
  return state.virial();
}

/** Where the marks stand: time and virial, as f64, at the start of the measurement and at the end of each block. */
export function marks(): usize {
  return state.marks;
}

/** One of the two disks of the last collision: 0 or 1. */
export function lastCollided(which: u32): u32 {
  return state.lastOf(which);
}

export function width(): f64 {
  return state.width;
}

export function height(): f64 {
  return state.height;
}

/** ½ Σ v² with unit mass. */
export function kineticEnergy(): f64 {
  return measure.kineticEnergy();
}

/** |Σ v|. */
export function momentum(): f64 {
  return measure.momentum();
}
