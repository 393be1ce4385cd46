/** What a user reads, in LAMMPS's reduced units: energies per atom, from the sums over all atoms. */
import type { Fluid } from '../lennard-jones/kernel.ts';
import { estimate, fitLine } from '../statistics.ts';
import type { LennardJonesParameters, LennardJonesResult } from './declaration.ts';
import type { Measurement, Row } from './measurement.ts';

type ThermoRow = LennardJonesResult['thermo'][number];

/** A slope needs some points. */
const FEWEST_FOR_A_SLOPE = 4;

/** The part of the result that follows from what was measured. */
export function resultOf(parameters: LennardJonesParameters, fluid: Fluid, measurement: Measurement) {
  const { rows } = measurement;
  const production = productionOf(parameters, rows);
  const displacements = production.filter(({ step }) => step > parameters.equilibration_steps);
  return {
    thermo: rows.map((row) => thermoOf(parameters, fluid, row)),
    averages: averagesOf(parameters, fluid, displacements.length > 0 ? displacements : production),
    rdf: rdfOf(fluid, measurement),
    msd: displacements.map((row) => ({ time: timeOf(parameters, row), msd: sumOf(row.displacement) })),
    ...diffusionOf(parameters, displacements),
    energy_drift: driftOf(production),
    start: {
      energy: rows[0]!.potential,
      virial: rows[0]!.virial,
      tail_energy: tailOf(fluid).energy,
      box: [...fluid.box] as [number, number, number],
      particles: fluid.particles,
    },
  };
}

/** What is worth watching while it runs: the newest row. */
export function observablesOf(parameters: LennardJonesParameters, fluid: Fluid, row: Row) {
  const { e_mol: _, step: __, ...observables } = thermoOf(parameters, fluid, row);
  return observables;
}

/** The rows from the end of the equilibration on: the first is what changes are measured from. */
export function productionOf({ equilibration_steps }: LennardJonesParameters, rows: readonly Row[]): Row[] {
  return rows.filter(({ step }) => step >= equilibration_steps);
}

/**
 * By how much the conserved energy has changed from the first row to the last, relative to the total energy, or to the
 * kinetic one where that is larger.
 */
export function driftOf(production: readonly Row[]): number {
  const [first, last] = [production[0]!, production.at(-1)!];
  const scale = Math.max(Math.abs(first.kinetic + first.potential), first.kinetic);
  return scale > 0 ? (last.conserved - first.conserved) / scale : 0;
}

/** kT, with the degrees of freedom that are left when the whole is at rest. */
export function temperatureOf({ kinetic }: Row, { particles }: Fluid): number {
  return (2 * kinetic) / (3 * particles - 3);
}

function thermoOf({ tail_correction }: LennardJonesParameters, fluid: Fluid, row: Row): ThermoRow {
  const { particles } = fluid;
  const volume = volumeOf(fluid);
  const tail = tail_correction ? tailOf(fluid) : { energy: 0, pressure: 0 };
  const temp = temperatureOf(row, fluid);
  const potential = (row.potential + tail.energy) / particles;
  return {
    step: row.step,
    temp,
    e_pair: potential,
    e_mol: 0,
    tot_eng: potential + row.kinetic / particles,
    press: (2 * row.kinetic + row.virial) / (3 * volume) + tail.pressure,
  };
}

function volumeOf({ box }: Fluid): number {
  return box[0] * box[1] * box[2];
}

/** What a uniform fluid has beyond the cutoff, in energy of all atoms and in pressure (Allen and Tildesley, 2.8). */
function tailOf(fluid: Fluid): { readonly energy: number; readonly pressure: number } {
  const { particles, cutoff } = fluid;
  const density = particles / volumeOf(fluid);
  const inverse3 = 1 / (cutoff * cutoff * cutoff);
  const inverse9 = inverse3 * inverse3 * inverse3;
  return {
    energy: (8 / 9) * Math.PI * density * particles * (inverse9 - 3 * inverse3),
    pressure: (32 / 9) * Math.PI * density * density * (inverse9 - 1.5 * inverse3),
  };
}

function averagesOf(
  parameters: LennardJonesParameters,
  fluid: Fluid,
  rows: readonly Row[],
): LennardJonesResult['averages'] {
  const thermo = rows.map((row) => thermoOf(parameters, fluid, row));
  const of = (field: 'temp' | 'e_pair' | 'tot_eng' | 'press') => estimate(thermo.map((row) => row[field]));
  return { temp: of('temp'), e_pair: of('e_pair'), tot_eng: of('tot_eng'), press: of('press') };
}

/** The pairs at each distance, over those that as many atoms without interaction would have there. */
function rdfOf(fluid: Fluid, { histogram, samples }: Measurement): LennardJonesResult['rdf'] {
  if (samples === 0) return [];
  const { particles, cutoff } = fluid;
  const width = cutoff / histogram.length;
  const pairs = (samples * particles * (particles - 1)) / (2 * volumeOf(fluid));
  return Array.from(histogram, (count, bin) => {
    const shell = (4 / 3) * Math.PI * width * width * width * (3 * bin * (bin + 1) + 1);
    return { r: (bin + 0.5) * width, g: count / (pairs * shell) };
  });
}

function timeOf({ equilibration_steps, timestep }: LennardJonesParameters, { step }: Row): number {
  return (step - equilibration_steps) * timestep;
}

/** Einstein's relation along each axis, over the second half of the time: the first one is not diffusive yet. */
function diffusionOf(parameters: LennardJonesParameters, rows: readonly Row[]) {
  const late = rows.slice(Math.floor(rows.length / 2));
  if (late.length < FEWEST_FOR_A_SLOPE) return { diffusion_coefficient: null, diffusion_coefficient_error: null };
  const times = late.map((row) => timeOf(parameters, row));
  const slopes = [0, 1, 2].map((axis) => {
    const along = late.map(({ displacement }) => displacement[axis]!);
    return fitLine(times, along).slope / 2;
  });
  const mean = sumOf(slopes) / 3;
  const deviationsSq = sumOf(slopes.map((slope) => (slope - mean) * (slope - mean)));
  return { diffusion_coefficient: mean, diffusion_coefficient_error: Math.sqrt(deviationsSq / 6) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
