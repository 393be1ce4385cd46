/** Notices a simulation that has blown up, so that it fails instead of going on with nonsense. */
import type { Fluid, LennardJonesKernel } from '../lennard-jones/kernel.ts';
import type { Row } from './measurement.ts';

/** Part of all energy at the start that the conserved energy may change by before the simulation is given up. */
const MAX_CHANGE = 0.2;

/** Energy of an atom that is always allowed: in a cold gas there is none at the start. */
const ALWAYS_ALLOWED = 0.05;

/**
 * Passes a row whose conserved energy is that of the first, but for what time steps cost.
 * @throws Error with the step and the remedy
 */
export function expectConserved(row: Row, first: Row, fluid: Fluid): void {
  if (Math.abs(row.conserved - first.conserved) <= MAX_CHANGE * scaleOf(first, fluid)) return;
  throw blownUp(row.step, row.conserved, first, fluid);
}

/**
 * Passes atoms that are somewhere, and whose motion has no more energy than all of the start's could have become.
 * @throws Error with the step and the remedy
 */
export function expectCalm(kernel: LennardJonesKernel, first: Row, fluid: Fluid): void {
  const kinetic = kernel.kineticEnergy();
  if (kinetic - kernel.heat() <= 100 * scaleOf(first, fluid)) return;
  throw blownUp(kernel.stepsDone(), kinetic, first, fluid);
}

function scaleOf({ kinetic, potential }: Row, { particles }: Fluid): number {
  return kinetic + Math.abs(potential) + ALWAYS_ALLOWED * particles;
}

function blownUp(step: number, energy: number, first: Row, { particles, timestep }: Fluid): Error {
  const now = energy / particles;
  const energies = `the energy per atom is ${now.toPrecision(6)}, after ${(first.conserved / particles).toPrecision(6)} at the start`;
  return new Error(
    `the simulation blew up by step ${step}: ${energies} - take a shorter timestep, say ${timestep / 2}, ` +
      'or a start whose atoms are less near to each other',
  );
}
