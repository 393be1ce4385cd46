/**
 * Hard disks in a box with walls: the kernel's exports. Numbers and addresses in, numbers and addresses out; all
 * memory is laid out by `init`. `step(a + b)` equals `step(a)` then `step(b)`, bit for bit.
 *
 * A checkpoint is a copy of the `stateBytes()` bytes at `stateOffset()`. To resume, `init` a fresh instance with the
 * same parameters, write the copy over its state and call `restore`.
 */
import { beginColumns, claimColumns } from '../lib/columns';
import { collideRows } from './brute-force';
import { collideNear, forgetGrid, layOutGrid } from './grid';
import { move } from './motion';
import * as state from './state';

/** What `init` and `restore` answer. */
export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const BAD_PARAMETERS: i32 = 2;
export const BAD_STATE: i32 = 3;

/** So few disks that looking at every pair is faster than knowing where they are, as measured. */
const FEW: u32 = 8;

/** Beyond these a squared distance would overflow or lose bits to underflow; any sensible unit lies between. */
const MIN_RADIUS: f64 = 1e-100;
const MAX_LENGTH: f64 = 1e100;

/**
 * Lays out the memory and draws the start of `seed`. Lengths, times and speeds are in the units of the box.
 * @returns OK, OUT_OF_MEMORY, or BAD_PARAMETERS when there is no disk, no box or no radius to speak of.
 */
export function init(
  particles: u32,
  seed: u32,
  width: f64,
  height: f64,
  radius: f64,
  timestep: f64,
  maxSpeed: f64,
  wallRestitution: f64,
  particleRestitution: f64,
): i32 {
  if (particles == 0 || !(radius >= MIN_RADIUS && radius <= MAX_LENGTH)) return BAD_PARAMETERS;
  if (!(width > 0 && width <= MAX_LENGTH && height > 0 && height <= MAX_LENGTH)) return BAD_PARAMETERS;
  state.setModel(particles, width, height, radius, timestep, wallRestitution, particleRestitution);
  beginColumns();
  state.layOutState();
  layOutGrid();
  if (!claimColumns()) return OUT_OF_MEMORY;
  state.drawStart(seed, maxSpeed);
  return OK;
}

/** Advances the simulation by `steps` steps. */
export function step(steps: u32): void {
  if (state.count <= FEW) return stepBruteForce(steps);
  for (; steps > 0; steps--) {
    move();
    collideNear();
    state.countStep();
  }
}

/** The same bits as `step` by the plain double loop, in time that grows with the square of the disks. */
export function stepBruteForce(steps: u32): void {
  forgetGrid();
  for (; steps > 0; steps--) {
    move();
    collideRows(0);
    state.countStep();
  }
}

/** Where the state stands in memory. */
export function stateOffset(): usize {
  return state.state;
}

/** How long the state is; positions, then velocities, are all but its first 32 bytes. */
export function stateBytes(): usize {
  return state.stateBytes();
}

/**
 * Takes over a state that was written into memory.
 * @returns OK, or BAD_STATE when it holds another number of disks.
 */
export function restore(): i32 {
  forgetGrid();
  return state.claimedCount() == state.count ? OK : BAD_STATE;
}

/** Where the positions stand: x0 y0 x1 y1 … as f64. */
export function positions(): usize {
  return state.positions;
}

/** Where the velocities stand: x0 y0 x1 y1 … as f64. */
export function velocities(): usize {
  return state.velocities;
}

/** Steps since the start; exact to 2⁵³, as the other counts are. */
export function stepsDone(): f64 {
  return <f64>state.stepsDone();
}

export function particleCollisions(): f64 {
  return <f64>state.particleCollisions();
}

export function wallCollisions(): f64 {
  return <f64>state.wallCollisions();
}

/** ½ Σ v² with unit mass. */
export function kineticEnergy(): f64 {
  return state.kineticEnergy();
}
