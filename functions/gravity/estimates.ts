/** What a simulation will cost and hold, before it starts. The numbers are fits to measurements of the kernel. */
import { bodiesIn } from './configuration-field.ts';
import type { GravityParameters } from './declaration.ts';

/** Pairs of bodies. */
export function pairsOf(bodies: number): number {
  return (bodies * (bodies - 1)) / 2;
}

/**
 * What a step costs, in pair interactions of some 1.65 ns: the pairs, a part for each body, where loops end and motion is,
 * and one for the step.
 */
export function stepCost(bodies: number): number {
  return pairsOf(bodies) + 3.6 * bodies + 12;
}

/** What a row costs besides: the potential of all pairs, sums and sorting. */
function rowCost(bodies: number): number {
  return 0.08 * pairsOf(bodies) + 3.5 * bodies * Math.log2(bodies) + 750;
}

/** The whole work: an instance, the start with its digests, the steps, the rows, and the frames of a trajectory. */
export function costOf(given: GravityParameters): number {
  const bodies = bodiesIn(given);
  const frames = given.trajectory_every > 0 ? 1 + Math.floor(given.steps / given.trajectory_every) : 0;
  return (
    150_000 +
    150 * bodies +
    (1 + given.steps) * stepCost(bodies) +
    rowsOf(given) * rowCost(bodies) +
    350 * frames * bodies
  );
}

/** Rows of the result, at most. */
export function rowsOf({ steps, thermo_every }: GravityParameters): number {
  return 2 + Math.floor(steps / thermo_every);
}

/** The kernel's state in bytes; see `assembly/gravity/state.ts`. */
export function stateBytesOf(bodies: number): number {
  return 48 + 176 * Math.ceil(bodies / 2);
}

/** The memory that the kernel lays out at most, in bytes. */
export function kernelBytes(bodies: number): number {
  return 128 * 1024 + stateBytesOf(bodies) + 56 * bodies;
}

/** The memory that an invocation holds at most. */
export function memoryOf(given: GravityParameters): number {
  const bodies = bodiesIn(given);
  const configuration = given.configuration ? 1024 * bodies : 0;
  // One state resumed from and its parts, one checkpoint on its way out; rows as numbers, as objects and as text.
  return kernelBytes(bodies) + 3 * stateBytesOf(bodies) + 3000 * rowsOf(given) + configuration;
}
