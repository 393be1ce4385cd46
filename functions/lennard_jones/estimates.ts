/** What a simulation will cost and hold, before it starts. The numbers are fits to measurements of the kernel. */
import { particlesIn } from './configuration-field.ts';
import type { LennardJonesParameters } from './declaration.ts';

/** Of a file whose box is not known yet: that of a dense liquid, which costs more than a gas. */
const UNKNOWN_DENSITY = 0.9;

/** A droplet in a gas is as dense as a liquid, so lists may be as long as there. */
const DENSEST = 1;

/**
 * What a step of one atom costs: 1 is an atom's of the melt (ρ = 0.8442, cutoff 2.5) in mixed precision, some 100 ns.
 * A part for the motion, and one for its neighbours, which a longer cutoff makes cheaper by the piece.
 */
export function stepCost(given: LennardJonesParameters): number {
  const neighbours = neighboursOf(given);
  const perNeighbour = given.precision === 'double' ? 0.096 : 0.052;
  return 0.33 + (perNeighbour * neighbours) / (1 + neighbours / 400);
}

/** ρ·r_c³, in proportion to the neighbours of an atom. */
function neighboursOf(given: LennardJonesParameters): number {
  return densityOf(given) * given.cutoff * given.cutoff * given.cutoff;
}

function densityOf({ density, configuration }: LennardJonesParameters): number {
  if (configuration === null) return density;
  if ('blob' in configuration) return UNKNOWN_DENSITY;
  const [x, y, z] = configuration.box;
  return configuration.positions.length / (x * y * z);
}

/** The whole work: an instance, the start with its digests, the steps, and the energy of every row. */
export function costOf(given: LennardJonesParameters): number {
  const steps = given.equilibration_steps + given.steps;
  const rows = 2 + Math.floor(steps / given.thermo_every);
  const rowCost = 0.1 + (given.rdf_bins > 0 ? 0.36 : 0.07) * neighboursOf(given);
  return 5000 + particlesIn(given) * (30 + steps * stepCost(given) + rows * rowCost);
}

/** The memory that an invocation holds at most: the kernel, and on the host its states, rows and displacements. */
export function memoryOf(given: LennardJonesParameters): number {
  const particles = particlesIn(given);
  const rows = 2 + Math.floor((given.equilibration_steps + given.steps) / given.thermo_every);
  // One state resumed from, one checkpoint in the making and one on its way out; where atoms were; the rows, the histogram.
  return kernelBytes(given) + 3 * 72 * particles + 24 * particles + 600 * rows + 64 * given.rdf_bins;
}

/** The memory that the kernel grows to; see the columns in `assembly/lennard-jones`. */
export function kernelBytes(given: LennardJonesParameters): number {
  const particles = particlesIn(given);
  const density = densityOf(given);
  const reach = given.cutoff + given.skin;
  const clusterEdge = 0.95 * Math.cbrt(4 / density);
  const edge = Math.cbrt(particles / density);
  const columns = Math.max(1, edge / clusterEdge) ** 2;
  const clusters = particles / 4 + columns;
  const shell = Math.min(edge, reach + 1.5 * clusterEdge) / edge;
  const ghosts = clusters * ((1 + shell) * (1 + 2 * shell) * (1 + 2 * shell) - 1);
  const clusterBytes = (given.precision === 'double' ? 192 + 48 : 96) + 8 + 28;
  const entries = clusters * entriesOf(Math.max(density, DENSEST), reach);
  // The outer list is doubled until it is long enough; the inner one has four times its length.
  const listBytes = 4 * Math.max(48 * clusters, 2 * entries) + 16 * entries;
  return 256 * 1024 + particles * 80 + clusters * (384 + 40) + (clusters + ghosts) * clusterBytes + listBytes;
}

/** Later clusters within reach of a cluster: half of those whose cube touches its own, widened by the reach. */
function entriesOf(density: number, reach: number): number {
  const side = 2 * Math.cbrt(4 / density);
  const widened = side ** 3 + 6 * side ** 2 * reach + 3 * Math.PI * side * reach ** 2 + (4 / 3) * Math.PI * reach ** 3;
  return 1.25 * (density / 8) * widened;
}
