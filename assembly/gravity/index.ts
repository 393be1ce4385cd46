/**
 * Bodies that attract each other: the kernel's exports. Numbers and addresses in, numbers and addresses out; all memory
 * is laid out by `init`. A step may take long, so what is counted are its tiles: `step(a + b)` equals `step(a)` then
 * `step(b)`, bit for bit, wherever that divides a step.
 *
 * A checkpoint is a copy of the `stateBytes()` bytes at `stateOffset()`. To resume, `init` a fresh instance with the
 * same parameters, write the copy over its state and call `restore`.
 */
import { beginColumns, claimColumns } from '../lib/columns';
import { measureAll } from './measure';
import { doTile } from './motion';
import { takeSnapshot } from './snapshot';
import { drawCollision, drawSphere, takeGiven } from './start';
import * as state from './state';

/** What `init` and `restore` answer. */
export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const BAD_PARAMETERS: i32 = 2;
export const BAD_STATE: i32 = 3;

const MAX_BODIES: u32 = 1_000_000;

/**
 * Lays out the memory for so many bodies. Of the `steps` to come, every `rowsEvery`-th will be measured, and the last.
 * Then a start is to be made: by `startSphere`, `startCollision` or `startGiven`.
 * @returns OK, OUT_OF_MEMORY, or BAD_PARAMETERS.
 */
export function init(bodies: u32, timestep: f64, softening: f64, steps: f64, rowsEvery: f64): i32 {
  if (bodies < 2 || bodies > MAX_BODIES || !(timestep > 0) || !(softening >= 0)) return BAD_PARAMETERS;
  if (!(steps >= 0 && rowsEvery >= 1)) return BAD_PARAMETERS;
  state.setModel(bodies, timestep, softening);
  state.setCourse(<u64>steps, <u64>rowsEvery);
  beginColumns();
  state.layOutState();
  if (!claimColumns()) return OUT_OF_MEMORY;
  state.clearState();
  return OK;
}

/** Starts with a Plummer sphere of `seed`. */
export function startSphere(seed: u32): void {
  drawSphere(seed);
}

/** Starts with two spheres that approach each other; see `start.drawCollision`. */
export function startCollision(seed: u32, separation: f64, impact: f64, speed: f64): void {
  drawCollision(seed, separation, impact, speed);
}

/** Where a given start is to be written, as f64: the masses, then x0 y0 z0 x1 …, then the velocities. */
export function givenOffset(): usize {
  return state.scratch;
}

/** Starts with the bodies at `givenOffset()`. */
export function startGiven(): void {
  takeGiven();
}

/**
 * Does so many tiles of the first forces, those of the start, which must be there before the first step.
 * @returns 1 when they are.
 */
export function prepare(tiles: u32): i32 {
  for (; tiles > 0 && state.passes() == 0; tiles--) doTile();
  return state.passes() > 0 ? 1 : 0;
}

/** Advances the simulation by `tiles` tiles. */
export function step(tiles: u32): void {
  for (; tiles > 0; tiles--) doTile();
}

/** Tiles of a step. */
export function tilesAStep(): f64 {
  return <f64>state.tilesAPass();
}

/** Tiles since the start; exact to 2⁵³. */
export function tilesDone(): f64 {
  return <f64>(state.stepsDone() * state.tilesAPass() + state.tilesDone());
}

/** Steps that have ended since the start. */
export function stepsDone(): f64 {
  return <f64>state.stepsDone();
}

/** Where the state stands in memory. */
export function stateOffset(): usize {
  return state.state;
}

/** How long the state is. */
export function stateBytes(): usize {
  return state.stateBytes();
}

/**
 * Takes over a state that was written into memory.
 * @returns OK, or BAD_STATE when it holds another number of bodies, or something that is no state of them.
 */
export function restore(): i32 {
  const isWhole = state.row() <= state.tileColumn() && state.tileColumn() < state.tiles && state.passes() > 0;
  return isWhole && state.claimedCount() == state.count ? OK : BAD_STATE;
}

/** Writes positions x0 y0 z0 x1 …, then velocities, as f64, and answers where; valid until something is measured. */
export function snapshot(): usize {
  return takeSnapshot();
}

/** ½ Σ m v² at the end of the last step. */
export function kineticEnergy(): f64 {
  return state.kinetic();
}

/**
 * Measures, after the start and after each step that is to be measured, and answers where 15 f64 stand: kinetic and
 * potential energy, Σ r · F, Σ m r², momentum, angular momentum (around the origin), and the radii around the centre of
 * mass that hold 10, 25, 50, 75 and 90 % of the mass.
 */
export function measure(): usize {
  return measureAll();
}
