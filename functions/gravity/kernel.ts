import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { Frame } from '../../runtime/function/frame.ts';
import { bodiesIn } from './configuration-field.ts';
import type { GravityParameters } from './declaration.ts';

/** The exports of `assembly/gravity/index.ts`, where each is explained. */
export interface GravityKernel extends KernelExports {
  init(bodies: number, timestep: number, softening: number, steps: number, rowsEvery: number): number;
  startSphere(seed: number): void;
  startCollision(seed: number, separation: number, impact: number, speed: number): void;
  givenOffset(): number;
  startGiven(): void;
  prepare(tiles: number): number;
  step(tiles: number): void;
  tilesAStep(): number;
  tilesDone(): number;
  stepsDone(): number;
  stateOffset(): number;
  stateBytes(): number;
  restore(): number;
  snapshot(): number;
  kineticEnergy(): number;
  measure(): number;
}

const initFailures: Readonly<Record<number, string>> = {
  1: 'the machine has not enough memory for this many bodies - ask for fewer, or for a larger worker',
  2: 'the kernel refuses these parameters',
};

/**
 * A fresh kernel with all bodies in their places, but without forces: `prepare`, or a state to resume from, is next.
 * @throws Error when the memory cannot be had.
 */
export function startGravity(context: Pick<InvocationContext, 'instantiate'>, given: GravityParameters): GravityKernel {
  const kernel = context.instantiate<GravityKernel>('gravity');
  const failure = kernel.init(bodiesIn(given), given.timestep, given.softening, given.steps, given.thermo_every);
  if (failure) throw new Error(initFailures[failure] ?? `the kernel answered ${failure}`);
  if (given.configuration) place(kernel, given.configuration);
  else if (given.start === 'plummer') kernel.startSphere(given.seed);
  else kernel.startCollision(given.seed, given.separation, given.impact_parameter, given.approach_speed);
  return kernel;
}

function place(kernel: GravityKernel, configuration: NonNullable<GravityParameters['configuration']>): void {
  const { masses, positions, velocities } = configuration;
  const count = masses.length;
  const columns = new Float64Array(kernel.memory.buffer, kernel.givenOffset(), 7 * count);
  columns.set(masses);
  columns.set(positions.flat(), count);
  columns.set(velocities.flat(), 4 * count);
  kernel.startGiven();
}

/** The kernel's state in place: a view, valid until its memory grows, which it does not after `init`. */
export function stateOf(kernel: GravityKernel): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.stateOffset(), kernel.stateBytes());
}

/**
 * Continues from a copy of `stateOf` of a simulation with the same parameters.
 * @throws Error when the copy cannot be of such a one.
 */
export function restoreState(kernel: GravityKernel, checkpoint: Uint8Array): void {
  const state = stateOf(kernel);
  if (checkpoint.length !== state.length) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${state.length}`);
  }
  state.set(checkpoint);
  if (kernel.restore() !== 0) throw new Error('the checkpoint is of a simulation with another number of bodies');
}

/** Positions, then velocities, three numbers a body: a view, valid until the next step or row. */
export function snapshotOf(kernel: GravityKernel, bodies: number): Float64Array {
  return new Float64Array(kernel.memory.buffer, kernel.snapshot(), 6 * bodies);
}

/** The bodies as they are now; within a step, where they will be at its end. */
export function frameOf(kernel: GravityKernel, given: GravityParameters): Frame {
  const bodies = bodiesIn(given);
  const numbers = snapshotOf(kernel, bodies);
  const step = kernel.stepsDone();
  return {
    ...{ step, time: step * given.timestep, box: null, periodic: [false, false, false], dimensions: 3 },
    positions: numbers.subarray(0, 3 * bodies),
    velocities: numbers.subarray(3 * bodies),
  };
}
