/**
 * The columns of everything that a step changes. Coordinates are independent of each other, also those of one particle,
 * so they stand in one row, x0 y0 z0 x1 …, and are advanced in pairs; an odd one has a companion of no meaning.
 *
 *     state ──► ┌──────────────┬───────┐
 *               │ particles    │ steps │                2 × u64
 *               ├──────────────┴───────┤
 *               │ samples   Σ r², Σ r⁴ │                2 × samples × f64
 *               ├──────────────────────┤
 *               │ positions            │                pairs × 2 × f64
 *               ├──────────────────────┤
 *               │ velocities           │                the same; none when overdamped
 *               └──────────────────────┘
 *
 * The block is the whole mutable state: a copy of it is a checkpoint.
 */
import { column } from '../lib/columns';

export let particles: u32 = 0;
export let dimensions: u32 = 1;
export let seed: u32 = 0;
export let totalSteps: u64 = 0;
export let samples: u32 = 0;
/** Pairs of coordinates. */
export let pairs: u32 = 0;

export let state: usize = 0;
export let stateBytes: usize = 0;
export let rows: usize = 0;
export let positions: usize = 0;
export let velocities: usize = 0;

/** What is simulated, and when it is looked at. */
export function setExtent(
  particles_: u32,
  dimensions_: u32,
  seed_: u32,
  totalSteps_: u64,
  samples_: u32,
): void {
  particles = particles_;
  dimensions = dimensions_;
  seed = seed_;
  totalSteps = totalSteps_;
  samples = samples_;
  pairs = <u32>((<u64>particles * dimensions + 1) >> 1);
}

/** Reserves the block. */
export function layOutState(withVelocities: bool): void {
  state = column(2, 8);
  rows = column(samples, 16);
  positions = column(pairs, 16);
  velocities = column(withVelocities ? pairs : 0, 16);
  stateBytes = velocities + (withVelocities ? <usize>pairs << 4 : 0) - state;
}

/** Clears the block. */
export function clearState(): void {
  memory.fill(state, 0, stateBytes);
  store<u64>(state, <u64>particles);
}

/** The number of particles that the block itself claims to hold. */
export function claimedParticles(): u64 {
  return load<u64>(state);
}

export function stepsDone(): u64 {
  return load<u64>(state, 8);
}

export function addSteps(steps: u64): void {
  store<u64>(state, stepsDone() + steps, 8);
}

/** The step of sample `k` = 1 … samples: they divide the whole evenly. */
export function stepOfSample(k: u32): u64 {
  return (<u64>k * totalSteps) / <u64>samples;
}

/** The address of a pair. */
// @ts-ignore: decorator
@inline
export function pairAt(column: usize, pair: u32): usize {
  return column + (<usize>pair << 4);
}
