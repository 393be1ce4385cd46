/**
 * What a simulation is: its parameters, and the columns of everything that a step changes.
 *
 *     state ──► ┌──────────┬──────────┬─────────────────────┬─────────────────┐
 *               │ count    │ steps    │ particle_collisions │ wall_collisions │   4 × u64
 *               ├──────────┴──────────┴──────────┬──────────┴─────────────────┤
 *               │ positions   x0 y0 x1 y1 …      │ velocities  x0 y0 x1 y1 …  │   4 × count × f64
 *               └────────────────────────────────┴────────────────────────────┘
 *
 * The block is the whole mutable state and has no gaps: a copy of it is a checkpoint, and the bytes behind its header
 * are what the digest is taken of. The neighbour grid is scratch, made again from these positions.
 */
import { column } from '../lib/columns';
import { seedRandom, uniform } from '../lib/mt19937';

/** Bytes in front of the positions. */
export const HEADER_BYTES: usize = 32;

export let count: u32 = 0;
export let width: f64 = 0;
export let height: f64 = 0;
export let radius: f64 = 0;
export let timestep: f64 = 0;
export let wallRestitution: f64 = 0;
export let particleRestitution: f64 = 0;

/** The block above. */
export let state: usize = 0;
export let positions: usize = 0;
export let velocities: usize = 0;

/** The parameters of the model; lengths, times and speeds in the units of the box. */
export function setModel(
  count_: u32,
  width_: f64,
  height_: f64,
  radius_: f64,
  timestep_: f64,
  wallRestitution_: f64,
  particleRestitution_: f64,
): void {
  count = count_;
  width = width_;
  height = height_;
  radius = radius_;
  timestep = timestep_;
  wallRestitution = wallRestitution_;
  particleRestitution = particleRestitution_;
}

/** Reserves the state's columns. */
export function layOutState(): void {
  state = column(HEADER_BYTES + <u64>count * 32, 1);
  positions = state + HEADER_BYTES;
  velocities = positions + (<usize>count << 4);
}

/** Size of the block in bytes. */
// @ts-ignore: decorator
@inline
export function stateBytes(): usize {
  return HEADER_BYTES + (<usize>count << 5);
}

/** The address of disk `i` in a column of pairs of doubles. */
// @ts-ignore: decorator
@inline
export function at(pairs: usize, i: u32): usize {
  return pairs + (<usize>i << 4);
}

/** Draws the start: every position, then every velocity, disk by disk, x before y. */
export function drawStart(seed: u32, maxSpeed: f64): void {
  memory.fill(state, 0, HEADER_BYTES);
  store<u64>(state, <u64>count);
  seedRandom(seed);
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(at(positions, i), uniform() * (width - 2 * radius) + radius);
    store<f64>(at(positions, i), uniform() * (height - 2 * radius) + radius, 8);
  }
  // At the original's maximum of 20 a component the factor is its 40, so the bits are the original's too.
  const spread = 2 * maxSpeed;
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(at(velocities, i), (uniform() - 0.5) * spread);
    store<f64>(at(velocities, i), (uniform() - 0.5) * spread, 8);
  }
}

/** The number of disks that the block itself claims to hold. */
export function claimedCount(): u64 {
  return load<u64>(state);
}

export function stepsDone(): u64 {
  return load<u64>(state, 8);
}

export function particleCollisions(): u64 {
  return load<u64>(state, 16);
}

export function wallCollisions(): u64 {
  return load<u64>(state, 24);
}

// @ts-ignore: decorator
@inline
export function countStep(): void {
  store<u64>(state, load<u64>(state, 8) + 1, 8);
}

// @ts-ignore: decorator
@inline
export function countParticleCollision(): void {
  store<u64>(state, load<u64>(state, 16) + 1, 16);
}

// @ts-ignore: decorator
@inline
export function countWallCollision(): void {
  store<u64>(state, load<u64>(state, 24) + 1, 24);
}

/** ½ Σ v² with unit mass, summed disk by disk. */
export function kineticEnergy(): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const x = load<f64>(at(velocities, i));
    const y = load<f64>(at(velocities, i), 8);
    sum += x * x + y * y;
  }
  return 0.5 * sum;
}
