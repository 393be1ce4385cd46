import type { KernelExports } from '../../runtime/function/context.ts';

/** The exports of `assembly/lennard-jones/index.ts`, where each is explained. */
export interface LennardJonesKernel extends KernelExports {
  init(
    particles: number,
    lx: number,
    ly: number,
    lz: number,
    timestep: number,
    cutoff: number,
    skin: number,
    shift: number,
    precision: number,
    segment: number,
  ): number;
  placeLattice(cellsX: number, cellsY: number, cellsZ: number): number;
  drawVelocities(seed: number, temperature: number): void;
  setThermostat(kind: number, temperature: number, relaxationTime: number, seed: number): number;
  start(): number;
  step(steps: number): number;
  stateOffset(): number;
  stateBytes(): number;
  restore(): number;
  positions(): number;
  velocities(): number;
  forces(): number;
  stepsDone(): number;
  potentialEnergy(): number;
  virial(): number;
  pairsWithinCutoff(): number;
  countDistances(bins: number): number;
  distances(): number;
  kineticEnergy(): number;
  heat(): number;
  listBuilds(): number;
  listPrunes(): number;
}

/** What is taken away from the potential inside of the cutoff; the kernel knows each by its place. */
export const shifts = ['none', 'potential', 'force'] as const;
export type Shift = (typeof shifts)[number];

/** What forces are computed in; energies and sums are always double. The kernel knows each by its place. */
export const precisions = ['mixed', 'double'] as const;
export type Precision = (typeof precisions)[number];

/** What holds the temperature; the kernel knows each by its place. */
export const thermostats = ['none', 'bussi', 'langevin'] as const;
export type Thermostat = (typeof thermostats)[number];

/** A fluid as the kernel takes it, in reduced units. */
export interface Fluid {
  particles: number;
  /** The edges of the box. */
  box: readonly [number, number, number];
  timestep: number;
  /** At most half of the shortest edge. */
  cutoff: number;
  /** How much further than the cutoff the neighbour list looks. */
  skin: number;
  shift: Shift;
  precision: Precision;
  /** Checkpoints are taken at multiples of this many steps. */
  segment: number;
}

const failures: Readonly<Record<number, string>> = {
  1: 'the machine has not enough memory for this many atoms so near to each other - ask for fewer, or for a larger worker',
  2: 'the kernel refuses these parameters',
  3: 'the checkpoint is of a simulation with another number of atoms',
};

/**
 * Passes on that the kernel did as it was told.
 * @throws Error saying what failed.
 */
export function expectDone(code: number): void {
  if (code !== 0) throw new Error(failures[code] ?? `the kernel answered ${code}`);
}

/**
 * Lays the memory of a fluid out: all atoms at rest at the origin. A start has to be written or drawn, then `start()`.
 * @throws Error when the memory cannot be had, or the parameters are none.
 */
export function layOutFluid(kernel: LennardJonesKernel, fluid: Fluid): void {
  const { particles, box, timestep, cutoff, skin, segment } = fluid;
  const shift = shifts.indexOf(fluid.shift);
  const precision = precisions.indexOf(fluid.precision);
  expectDone(kernel.init(particles, ...box, timestep, cutoff, skin, shift, precision, segment));
}

/** Three numbers an atom at an address: a view, valid until the kernel's memory grows in `start`, `restore` or `step`. */
export function vectorsAt(kernel: LennardJonesKernel, address: number, particles: number): Float64Array {
  return new Float64Array(kernel.memory.buffer, address, 3 * particles);
}

/** The kernel's state in place: a view, valid until its memory grows in `start`, `restore` or `step`. */
export function stateOf(kernel: LennardJonesKernel): Uint8Array {
  const offset = kernel.stateOffset();
  return new Uint8Array(kernel.memory.buffer, offset, kernel.stateBytes());
}

/**
 * Continues from a copy of `stateOf` of a simulation with the same parameters.
 * @throws Error when the copy cannot be of such a one.
 */
export function restoreState(kernel: LennardJonesKernel, checkpoint: Uint8Array): void {
  const state = stateOf(kernel);
  if (checkpoint.length !== state.length) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${state.length}`);
  }
  state.set(checkpoint);
  expectDone(kernel.restore());
}
