/** From parameters to a kernel that is ready for its first step. */
import type { InvocationContext } from '../../runtime/function/context.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { readXyz } from '../configuration/extended-xyz.ts';
import { readNist } from '../configuration/nist.ts';
import { findOverlap } from '../configuration/overlap.ts';
import { cubeRoot } from '../cube-root.ts';
import { expectDone, type Fluid, type LennardJonesKernel, layOutFluid, vectorsAt } from '../lennard-jones/kernel.ts';
import { cutoffMessage, type LennardJonesParameters } from './declaration.ts';

/** The kernel can be resumed at multiples of this many steps; its lists are made anew there. */
export const SEGMENT = 100;

/** Atoms nearer than this repel each other so hard that no time step can follow. */
const NEAREST = 0.5;

/** A kernel with all atoms in their places, and the fluid that they are. */
export interface Start {
  readonly kernel: LennardJonesKernel;
  readonly fluid: Fluid;
}

/**
 * Lays the fluid out, with positions and velocities, but without forces: `start()` or a state to resume from is next.
 * @throws Error for a configuration that cannot be simulated
 */
export function layOutStart(context: InvocationContext, parameters: LennardJonesParameters): Start {
  const configuration = configurationOf(context, parameters);
  const fluid = fluidOf(parameters, configuration);
  const kernel = context.instantiate<LennardJonesKernel>('lennard-jones');
  layOutFluid(kernel, fluid);
  if (configuration) place(kernel, fluid, configuration);
  else placeOnLattice(kernel, fluid.particles);
  if (configuration?.velocities) vectorsAt(kernel, kernel.velocities(), fluid.particles).set(configuration.velocities);
  else kernel.drawVelocities(parameters.seed, parameters.temperature);
  expectDone(kernel.countDistances(parameters.rdf_bins));
  return { kernel, fluid };
}

function fluidOf(parameters: LennardJonesParameters, configuration: Configuration | null): Fluid {
  const particles = configuration ? configuration.positions.length / 3 : parameters.particles;
  const edge = cubeRoot(particles / parameters.density);
  const { timestep, cutoff, skin, shift, precision } = parameters;
  const box = configuration ? configuration.box : ([edge, edge, edge] as const);
  return { particles, box, timestep, cutoff, skin, shift, precision, segment: SEGMENT };
}

function placeOnLattice(kernel: LennardJonesKernel, particles: number): void {
  let cells = 1;
  while (4 * cells * cells * cells < particles) cells++;
  expectDone(kernel.placeLattice(cells, cells, cells));
}

function configurationOf(
  context: InvocationContext,
  { configuration, cutoff }: LennardJonesParameters,
): Configuration | null {
  if (configuration === null) return null;
  if (!('blob' in configuration)) {
    const { box, positions, velocities } = configuration;
    return {
      box,
      positions: new Float64Array(positions.flat()),
      velocities: velocities ? new Float64Array(velocities.flat()) : null,
    };
  }
  const text = new TextDecoder().decode(context.input(configuration.blob));
  const read = configuration.format === 'nist' ? readNist(text) : readXyz(text);
  const particles = read.positions.length / 3;
  if (particles !== configuration.particles)
    throw new Error(`configuration.particles must be ${particles}, as in the file (given ${configuration.particles})`);
  const shortest = Math.min(...read.box);
  if (2 * cutoff > shortest) throw new Error(`cutoff ${cutoffMessage(shortest)} (given ${cutoff})`);
  return read;
}

function place(kernel: LennardJonesKernel, { particles, box }: Fluid, { positions }: Configuration): void {
  const overlap = findOverlap(positions, box, NEAREST);
  if (overlap) {
    const [first, second] = [overlap.first + 1, overlap.second + 1];
    throw new Error(
      `atoms ${first} and ${second} of the configuration overlap: they are ${overlap.distance} apart, ` +
        `and must be at least ${NEAREST} - move one of them`,
    );
  }
  vectorsAt(kernel, kernel.positions(), particles).set(positions);
}
