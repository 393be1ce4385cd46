/** The rows of a result, and what they are made of: numbers that a checkpoint carries too. */
import { bytesOf, numbersOf } from '../parts.ts';
import type { GravityKernel } from './kernel.ts';
import type { ThermoRow } from './result.ts';

/** Doubles of a measurement: the step, and those of the kernel's `measure`. */
const FIELDS = 16;

/** What the kernel measures at the end of a step. */
export interface Measurement {
  readonly step: number;
  readonly kinetic: number;
  readonly potential: number;
  /** Σ r · F. */
  readonly virial: number;
  /** Σ m r², around the origin. */
  readonly inertia: number;
  readonly momentum: [number, number, number];
  readonly angular: [number, number, number];
  readonly radii: [number, number, number, number, number];
}

/** Measures this moment, which must be the start or the end of a step that `init` announced. */
export function measurementOf(kernel: GravityKernel): Measurement {
  const measured = new Float64Array(kernel.memory.buffer, kernel.measure(), FIELDS - 1);
  return read([kernel.stepsDone(), ...measured]);
}

function read([step, kinetic, potential, virial, inertia, ...rest]: number[]): Measurement {
  const [px, py, pz, lx, ly, lz, r10, r25, r50, r75, r90] = rest as [...Measurement['momentum'], ...number[]];
  return {
    ...{ step: step!, kinetic: kinetic!, potential: potential!, virial: virial!, inertia: inertia! },
    momentum: [px, py, pz],
    angular: [lx!, ly!, lz!],
    radii: [r10!, r25!, r50!, r75!, r90!],
  };
}

/** Measurements as a part of a checkpoint. */
export function packMeasurements(measurements: readonly Measurement[]): Uint8Array {
  const numbers = new Float64Array(FIELDS * measurements.length);
  for (const [index, { step, kinetic, potential, virial, inertia, ...more }] of measurements.entries()) {
    const fields = [step, kinetic, potential, virial, inertia, ...more.momentum, ...more.angular, ...more.radii];
    numbers.set(fields, FIELDS * index);
  }
  return bytesOf(numbers);
}

/**
 * The measurements again.
 * @throws Error when the part does not hold whole ones.
 */
export function unpackMeasurements(part: Uint8Array): Measurement[] {
  const count = Math.floor(part.length / (8 * FIELDS));
  const numbers = numbersOf(part, FIELDS * count);
  return Array.from({ length: count }, (_, index) => read([...numbers.subarray(FIELDS * index, FIELDS * (index + 1))]));
}

/** A measurement as the result shows it. */
export function rowOf(measurement: Measurement, timestep: number, mass: number): ThermoRow {
  return {
    step: measurement.step,
    time: measurement.step * timestep,
    kinetic_energy: measurement.kinetic,
    potential_energy: measurement.potential,
    total_energy: energyOf(measurement),
    virial_ratio: virialRatio(measurement, mass),
    momentum: measurement.momentum,
    angular_momentum: measurement.angular,
    lagrangian_radii: measurement.radii,
  };
}

/** Kinetic and potential. */
export function energyOf({ kinetic, potential }: Measurement): number {
  return kinetic + potential;
}

/** See the result's `virial_ratio`. */
export function virialRatio({ kinetic, virial, momentum: [x, y, z] }: Measurement, mass: number): number | null {
  const ofTheCentre = (x * x + y * y + z * z) / (2 * mass);
  return virial < 0 ? (-2 * (kinetic - ofTheCentre)) / virial : null;
}
