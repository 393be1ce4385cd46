import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { BrownianParameters } from './declaration.ts';

/** The exports of `assembly/brownian/index.ts`, where each is explained. */
export interface BrownianKernel extends KernelExports {
  init(
    particles: number,
    dimensions: number,
    seed: number,
    isUnderdamped: number,
    temperature: number,
    friction: number,
    mass: number,
    stiffness: number,
    timestep: number,
    steps: number,
    samples: number,
  ): number;
  step(steps: number): void;
  stateOffset(): number;
  stateBytes(): number;
  restore(): number;
  positions(): number;
  velocities(): number;
  rows(): number;
  stepOfSample(k: number): number;
  stepsDone(): number;
  meanSquarePosition(): number;
  meanSquareVelocity(): number;
  varianceAfter(steps: number): number;
  velocityVarianceAfter(steps: number): number;
  deviation(ratio: number, freedoms: number): number;
  normalPart(from: number, to: number): number;
  randomWords(k0: number, k1: number, c0: number, c1: number, c2: number, c3: number, which: number): bigint;
}

const initFailures: Readonly<Record<number, string>> = {
  1: 'the machine has not enough memory for this many particles - ask for fewer, or for a larger worker',
  2: 'the kernel refuses these parameters',
};

/**
 * A fresh kernel at the start of a simulation.
 * @throws Error when the memory cannot be had.
 */
export function startBrownian(
  context: Pick<InvocationContext, 'instantiate'>,
  given: BrownianParameters,
): BrownianKernel {
  const kernel = context.instantiate<BrownianKernel>('brownian');
  const failure = kernel.init(
    given.particles,
    given.dimensions,
    given.seed,
    given.model === 'underdamped' ? 1 : 0,
    given.temperature,
    given.friction,
    given.mass,
    given.potential === 'harmonic' ? given.stiffness : 0,
    given.timestep,
    given.steps,
    samplesOf(given),
  );
  if (failure) throw new Error(initFailures[failure] ?? `the kernel answered ${failure}`);
  return kernel;
}

/** How many samples are taken. */
export function samplesOf({ samples, steps }: BrownianParameters): number {
  return Math.min(samples, steps);
}

/** The kernel's state in place: a view, valid until its memory grows, which it does not after `init`. */
export function stateOf(kernel: BrownianKernel): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.stateOffset(), kernel.stateBytes());
}

/**
 * Continues from a copy of `stateOf` of a simulation with the same parameters.
 * @throws Error when the copy cannot be of such a one.
 */
export function restoreState(kernel: BrownianKernel, checkpoint: Uint8Array): void {
  const state = stateOf(kernel);
  if (checkpoint.length !== state.length) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${state.length}`);
  }
  state.set(checkpoint);
  if (kernel.restore() !== 0) throw new Error('the checkpoint is of a simulation with another number of particles');
}
