/**
 * A Lennard-Jones fluid in a periodic box, in reduced units (σ = ε = m = k = 1): the kernel's exports. Numbers and
 * addresses in, numbers and addresses out. `step(a + b)` equals `step(a)` then `step(b)`, bit for bit.
 *
 * `init`, then a start: `placeLattice` and `drawVelocities`, or the host's own numbers at `positions()` and
 * `velocities()`; then `start()`, which makes the first list and forces.
 *
 * A checkpoint is a copy of the `stateBytes()` bytes at `stateOffset()` after a multiple of `segment` steps. To resume,
 * `init` (and `setThermostat`) a fresh instance with the same parameters, write the copy over its state and call
 * `restore`: it goes on with the bits of the run that was not interrupted.
 *
 * The stages: sort.ts → clusters.ts → list.ts → prune.ts → force-….ts → integrate.ts → thermostat.ts; advance.ts says
 * which is when. Memory may grow with the list in `start`, `restore` and `step`: the state's address stays, but the
 * host's views have to be made again.
 */
import { beginColumns, claimColumns } from '../lib/columns';
import { advance, begin, builds, forgetBodies, prunes, settle } from './advance';
import { layOutBodies, prepareTranslations, scatterForces } from './clusters';
import { layOutList } from './list';
import * as measures from './measure';
import { preparePotential } from './potential';
import { layOutInner } from './prune';
import { layOutSort, scratch } from './sort';
import * as starting from './start';
import * as state from './state';
import * as thermostat from './thermostat';

/** What `init`, `start`, `step` and `restore` answer. */
export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const BAD_PARAMETERS: i32 = 2;
export const BAD_STATE: i32 = 3;

/** Beyond these, squares of single precision overflow or lose what they are compared with. */
const MAX_LENGTH: f64 = 1e6;
const MIN_CUTOFF: f64 = 1e-3;
/** Slots and their bytes must be numbered in 32 bits. */
const MAX_PARTICLES: u32 = 1 << 25;

/**
 * Lays out the memory: all atoms at rest at the origin.
 * @param shift 0 cuts the potential, 1 shifts it to 0 at the cutoff, 2 shifts the force so.
 * @param precision 0 computes forces in single precision, 1 in double; all sums are double.
 * @param segment steps from one list that depends on the state alone to the next.
 * @returns OK, OUT_OF_MEMORY, or BAD_PARAMETERS when the cutoff exceeds half of an edge, or there is nothing to simulate.
 */
export function init(
  particles: u32,
  lx: f64,
  ly: f64,
  lz: f64,
  timestep: f64,
  cutoff: f64,
  skin: f64,
  shift: u32,
  precision: u32,
  segment: u32,
): i32 {
  const shortest = min(lx, min(ly, lz));
  if (particles == 0 || segment == 0 || shift > state.SHIFT_FORCE || precision > 1) return BAD_PARAMETERS;
  if (!(cutoff >= MIN_CUTOFF && 2 * cutoff <= shortest && max(lx, max(ly, lz)) <= MAX_LENGTH)) return BAD_PARAMETERS;
  if (!(skin >= 0 && timestep >= 0)) return BAD_PARAMETERS;
  if (particles > MAX_PARTICLES) return OUT_OF_MEMORY;
  state.setModel(particles, lx, ly, lz, timestep, cutoff, skin, shift, precision == 1, segment);
  beginColumns();
  state.layOutState();
  layOutSort();
  layOutBodies();
  layOutInner();
  measures.layOutMeasure();
  layOutList();
  if (!claimColumns()) return OUT_OF_MEMORY;
  state.clearState();
  forgetBodies();
  prepareTranslations();
  preparePotential();
  thermostat.setThermostat(thermostat.NO_THERMOSTAT, 0, 1, 0);
  return OK;
}

/** Spreads the atoms over a face-centred cubic lattice. @returns OK, or BAD_PARAMETERS when its sites are too few. */
export function placeLattice(cellsX: u32, cellsY: u32, cellsZ: u32): i32 {
  return starting.placeLattice(cellsX, cellsY, cellsZ) ? OK : BAD_PARAMETERS;
}

/** Draws velocities of momentum 0 and of exactly this temperature, with 3N − 3 degrees of freedom. */
export function drawVelocities(seed: u32, temperature: f64): void {
  starting.drawVelocities(seed, temperature);
}

/** Holds the temperature from now on: kind 0 not, 1 by Bussi's rescaling, 2 by Langevin's friction and noise. */
export function setThermostat(kind: u32, temperature: f64, relaxationTime: f64, seed: u32): i32 {
  if (kind > thermostat.LANGEVIN || !(temperature >= 0 && relaxationTime > 0)) return BAD_PARAMETERS;
  thermostat.setThermostat(kind, temperature, relaxationTime, seed);
  return OK;
}

/** Makes lists and forces of the state as it is. @returns OK or OUT_OF_MEMORY. */
export function start(): i32 {
  return begin() ? OK : OUT_OF_MEMORY;
}

/** Takes over a state that was written into memory. @returns OK, OUT_OF_MEMORY, or BAD_STATE for another number. */
export function restore(): i32 {
  return state.claimedCount() == state.count ? start() : BAD_STATE;
}

/** Advances the simulation by `steps` steps. @returns OK, or OUT_OF_MEMORY when a list cannot grow. */
export function step(steps: u32): i32 {
  return advance(steps) ? OK : OUT_OF_MEMORY;
}

/** Where the state stands in memory. */
export function stateOffset(): usize {
  settle();
  return state.state;
}

/** How long the state is; positions, then velocities, are all but its first 32 bytes. */
export function stateBytes(): usize {
  return state.stateBytes();
}

/** Where the positions stand, unwrapped: x0 y0 z0 x1 … as f64. */
export function positions(): usize {
  settle();
  return state.positions;
}

/** Where the velocities stand: x0 y0 z0 x1 … as f64. */
export function velocities(): usize {
  settle();
  return state.velocities;
}

/** Writes the forces of the last step, x0 y0 z0 x1 … as f64. @returns where they stand until the next step. */
export function forces(): usize {
  scatterForces(scratch);
  return scratch;
}

/** Steps since the start; exact to 2⁵³. */
export function stepsDone(): f64 {
  return <f64>state.stepsDone();
}

/** ½ Σ v²; not finite when an atom is lost. */
export function kineticEnergy(): f64 {
  settle();
  return state.kineticEnergy();
}

/** Σ U, summed anew in double precision; not finite when an atom is lost. */
export function potentialEnergy(): f64 {
  settle();
  measures.measure();
  return measures.energy + state.lostPlaces();
}

/** W = −Σ r · dU/dr of the last `potentialEnergy()`. */
export function virial(): f64 {
  return measures.virial;
}

/** How many pairs were within the cutoff at the last `potentialEnergy()`. */
export function pairsWithinCutoff(): u32 {
  return measures.pairs;
}

/** Has every `potentialEnergy()` from now on count pairs by their distance. @returns OK or BAD_PARAMETERS. */
export function countDistances(bins: u32): i32 {
  if (bins > measures.MAX_BINS) return BAD_PARAMETERS;
  measures.setBins(bins);
  return OK;
}

/** Where these counts stand: u32 each, in bins of equal width from 0 to the cutoff. */
export function distances(): usize {
  return measures.distances;
}

/** The energy that the thermostat has put in since the start. */
export function heat(): f64 {
  return state.heat();
}

/** Outer lists made since `start` or `restore`. */
export function listBuilds(): u32 {
  return builds;
}

/** Inner lists made since `start` or `restore`. */
export function listPrunes(): u32 {
  return prunes;
}
