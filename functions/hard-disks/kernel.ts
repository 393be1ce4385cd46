import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { Frame } from '../../runtime/function/frame.ts';
import type { HardDiskParameters } from './parameters.ts';

/** The exports of `assembly/hard-disks/index.ts`, where each is explained. */
export interface HardDisksKernel extends KernelExports {
  init(
    particles: number,
    seed: number,
    width: number,
    height: number,
    radius: number,
    timestep: number,
    maxSpeed: number,
    wallRestitution: number,
    particleRestitution: number,
  ): number;
  step(steps: number): void;
  stepBruteForce(steps: number): void;
  stateOffset(): number;
  stateBytes(): number;
  restore(): number;
  positions(): number;
  velocities(): number;
  stepsDone(): number;
  particleCollisions(): number;
  wallCollisions(): number;
  kineticEnergy(): number;
}

const initFailures: Readonly<Record<number, string>> = {
  1: 'the machine has not enough memory for this many disks - ask for fewer, or for a larger worker',
  2: 'the kernel refuses these parameters',
};

/**
 * A fresh kernel at the start of a simulation.
 * @throws Error when the memory cannot be had.
 */
export function startHardDisks(
  context: Pick<InvocationContext, 'instantiate'>,
  parameters: HardDiskParameters,
): HardDisksKernel {
  const kernel = context.instantiate<HardDisksKernel>('hard-disks');
  const failure = kernel.init(
    parameters.particles,
    parameters.seed,
    parameters.width,
    parameters.height,
    parameters.radius,
    parameters.timestep,
    parameters.max_speed,
    parameters.wall_restitution,
    parameters.particle_restitution,
  );
  if (failure) throw new Error(initFailures[failure] ?? `the kernel answered ${failure}`);
  return kernel;
}

/** The kernel's state in place: a view, valid until its memory grows, which it does not after `init`. */
export function stateOf(kernel: HardDisksKernel): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.stateOffset(), kernel.stateBytes());
}

/**
 * Continues from a copy of `stateOf` of a simulation with the same parameters.
 * @throws Error when the copy cannot be of such a one.
 */
export function restoreState(kernel: HardDisksKernel, checkpoint: Uint8Array): void {
  const state = stateOf(kernel);
  if (checkpoint.length !== state.length) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${state.length}`);
  }
  state.set(checkpoint);
  if (kernel.restore() !== 0) throw new Error('the checkpoint is of a simulation with another number of disks');
}

/** The disks at this moment: views, valid until the next step. */
export function frameOf(
  kernel: HardDisksKernel,
  parameters: Pick<HardDiskParameters, 'particles' | 'width' | 'height' | 'timestep' | 'radius'>,
): Frame {
  const { particles, width, height, timestep, radius } = parameters;
  const column = (address: number) => new Float64Array(kernel.memory.buffer, address, 2 * particles);
  const step = kernel.stepsDone();
  return {
    ...{
      diameter: 2 * radius,
      step,
      time: step * timestep,
      box: [width, height, 1],
      periodic: [false, false, false],
      dimensions: 2,
    },
    ...{ positions: column(kernel.positions()), velocities: column(kernel.velocities()) },
  };
}
