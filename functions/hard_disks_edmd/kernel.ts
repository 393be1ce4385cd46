import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { EdmdParameters } from './declaration.ts';
import { blockLengthOf } from './measurement.ts';

/** The exports of `assembly/hard-disks-edmd/index.ts`, where each is explained. */
export interface EdmdKernel extends KernelExports {
  init(
    particles: number,
    seed: number,
    packingFraction: number,
    temperature: number,
    equilibration: number,
    blockLength: number,
  ): number;
  step(collisions: number): void;
  stateOffset(): number;
  stateBytes(): number;
  restore(): number;
  snapshot(): number;
  snapshotBytes(): number;
  largestOverlap(): number;
  stepsDone(): number;
  crossings(): number;
  time(): number;
  virial(): number;
  marks(): number;
  lastCollided(which: number): number;
  width(): number;
  height(): number;
  kineticEnergy(): number;
  momentum(): number;
}

const initFailures: Readonly<Record<number, string>> = {
  1: 'the machine has not enough memory for this many disks - ask for fewer, or for a larger worker',
  2: 'the kernel refuses these parameters',
};

/**
 * A fresh kernel at the start of a simulation.
 * @throws Error when the memory cannot be had.
 */
export function startEdmd(context: Pick<InvocationContext, 'instantiate'>, parameters: EdmdParameters): EdmdKernel {
  const { particles, seed, packing_fraction, temperature, equilibration_steps, steps } = parameters;
  const kernel = context.instantiate<EdmdKernel>('hard-disks-edmd');
  const failure = kernel.init(
    particles,
    seed,
    packing_fraction,
    temperature,
    equilibration_steps,
    blockLengthOf(steps),
  );
  if (failure) throw new Error(initFailures[failure] ?? `the kernel answered ${failure}`);
  return kernel;
}

/** The kernel's state in place: a view, valid until its memory grows, which it does not after `init`. */
export function stateOf(kernel: EdmdKernel): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.stateOffset(), kernel.stateBytes());
}

/**
 * Continues from a copy of `stateOf` of a simulation with the same parameters.
 * @throws Error when the copy cannot be of such a one.
 */
export function restoreState(kernel: EdmdKernel, checkpoint: Uint8Array): void {
  const state = stateOf(kernel);
  if (checkpoint.length !== state.length) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${state.length}`);
  }
  state.set(checkpoint);
  if (kernel.restore() !== 0) throw new Error('the checkpoint is of a simulation with another number of disks');
}

/** Positions (x0 y0 x1 y1 …) at this moment, then velocities, as bytes: a view. */
export function snapshotOf(kernel: EdmdKernel): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.snapshot(), kernel.snapshotBytes());
}
