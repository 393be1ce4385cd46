/**
 * Brownian particles, free or in a harmonic trap: the kernel's exports. Numbers and addresses in, numbers and addresses
 * out; all memory is laid out by `init`. `step(a + b)` equals `step(a)` then `step(b)`, bit for bit.
 *
 * A checkpoint is a copy of the `stateBytes()` bytes at `stateOffset()`. To resume, `init` a fresh instance with the
 * same parameters, write the copy over its state and call `restore`.
 */
import { beginColumns, claimColumns } from '../lib/columns';
import * as model from './model';
import { drawVelocities, move } from './motion';
import { philoxWords } from './philox';
import * as state from './state';
import * as statistics from './statistics';

/** What `init` and `restore` answer. */
export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const BAD_PARAMETERS: i32 = 2;
export const BAD_STATE: i32 = 3;

/**
 * Lays out the memory and draws the start of `seed`: all particles at the centre. Of the `steps` to come, `samples`
 * are looked at.
 * @param isUnderdamped 1 with inertia, 0 without; then the mass has no meaning.
 * @param stiffness of the trap; 0 without one.
 * @returns OK, OUT_OF_MEMORY, or BAD_PARAMETERS.
 */
export function init(
  particles: u32,
  dimensions: u32,
  seed: u32,
  isUnderdamped: u32,
  temperature: f64,
  friction: f64,
  mass: f64,
  stiffness: f64,
  timestep: f64,
  steps: f64,
  samples: u32,
): i32 {
  if (particles == 0 || dimensions < 1 || dimensions > 3 || <u64>particles * dimensions >= 0xffffffff) {
    return BAD_PARAMETERS;
  }
  if (!(temperature > 0 && friction > 0 && mass > 0 && stiffness >= 0 && timestep > 0)) return BAD_PARAMETERS;
  if (!(steps >= 1 && samples >= 1 && <f64>samples <= steps)) return BAD_PARAMETERS;
  state.setExtent(particles, dimensions, seed, <u64>steps, samples);
  beginColumns();
  state.layOutState(isUnderdamped != 0);
  if (!claimColumns()) return OUT_OF_MEMORY;
  state.clearState();
  model.setModel(isUnderdamped != 0, temperature, friction, mass, stiffness, timestep);
  if (model.isUnderdamped) drawVelocities();
  return OK;
}

/** Advances the simulation by `steps` steps, which must not lead beyond its end. */
export function step(steps: u32): void {
  const end = state.stepsDone() + steps;
  while (state.stepsDone() < end) {
    const sample = nextSample();
    const stop = state.stepOfSample(sample);
    move(min(end, stop) - state.stepsDone());
    if (state.stepsDone() == stop) statistics.takeSample(sample);
  }
}

/** The first sample after the steps done: the least k with k · total ≥ (done + 1) · samples. */
function nextSample(): u32 {
  return <u32>(((state.stepsDone() + 1) * <u64>state.samples + state.totalSteps - 1) / state.totalSteps);
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
 * @returns OK, or BAD_STATE when it holds another number of particles.
 */
export function restore(): i32 {
  return state.claimedParticles() == state.particles ? OK : BAD_STATE;
}

/** Where the positions stand: x0 y0 z0 x1 … as f64. Behind them, at an even number of f64, the velocities. */
export function positions(): usize {
  return state.positions;
}

/** Where the velocities stand; none when overdamped. */
export function velocities(): usize {
  return state.velocities;
}

/** Where the samples stand: Σ r² and Σ r⁴ over the particles, as f64, for each. */
export function rows(): usize {
  return state.rows;
}

/** The step of sample `k` = 1 … samples. */
export function stepOfSample(k: u32): f64 {
  return <f64>state.stepOfSample(k);
}

export function stepsDone(): f64 {
  return <f64>state.stepsDone();
}

/** The mean square of a coordinate, as it is now. */
export function meanSquarePosition(): f64 {
  return statistics.meanSquare(state.positions);
}

/** The mean square of a component of the velocities, as it is now. */
export function meanSquareVelocity(): f64 {
  return statistics.meanSquare(state.velocities);
}

/** By theory, the variance of a coordinate after `steps` steps. */
export function varianceAfter(steps: f64): f64 {
  return model.varianceAfter(steps * model.timestep);
}

/** By theory, the variance of a component of the velocities after `steps` steps. */
export function velocityVarianceAfter(steps: f64): f64 {
  return model.velocityVarianceAfter(steps * model.timestep);
}

/** See `statistics.deviation`. */
export function deviation(ratio: f64, freedoms: f64): f64 {
  return statistics.deviation(ratio, freedoms);
}

/** See `statistics.normalPart`. */
export function normalPart(from: f64, to: f64): f64 {
  return statistics.normalPart(from, to);
}

/** Half of a block of random bits, for comparison with published ones: see `philox.philoxWords`. */
export function randomWords(k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32, which: u32): u64 {
  return philoxWords(k0, k1, c0, c1, c2, c3, which);
}
