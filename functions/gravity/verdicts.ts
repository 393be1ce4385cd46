import type { Check } from '../../runtime/wire/check.ts';
import { checkAtMost } from '../checks.ts';
import { energyOf, type Measurement } from './rows.ts';

/** A change of energy beyond this part of it is a failure: what follows has nothing to do with the bodies. */
const HARD_DRIFT = 0.5;

/** The largest changes since the start, each relative to the size of what is conserved. */
export interface Drifts {
  readonly energy: number;
  readonly momentum: number;
  readonly angular: number;
}

const REMEDY = 'bodies came too close for this time step - make timestep smaller or softening larger';

/**
 * Refuses to go on from a measurement that no time step should have led to.
 * @throws Error with the step and the remedy
 */
export function expectBound(measurement: Measurement, first: Measurement): void {
  expectFinite(energyOf(measurement), measurement.step);
  const drift = energyDrift(measurement, first);
  if (drift > HARD_DRIFT)
    throw new Error(`the energy has changed by ${Math.round(100 * drift)} % by step ${measurement.step}: ${REMEDY}`);
}

/**
 * Refuses to go on when an energy is no number.
 * @throws Error with the step and the remedy
 */
export function expectFinite(energy: number, step: number): void {
  if (!Number.isFinite(energy)) throw new Error(`the energy is not a finite number at step ${step}: ${REMEDY}`);
}

/** The largest change in any row. */
export function driftsOf(rows: readonly Measurement[], mass: number): Drifts {
  const first = rows[0]!;
  const speed = Math.max(...rows.map(({ kinetic }) => Math.sqrt(2 * kinetic * mass)));
  const turning = Math.max(...rows.map(({ kinetic, inertia }) => Math.sqrt(2 * kinetic * inertia)));
  const largest = (of: (row: Measurement) => number) => Math.max(...rows.map(of));
  return {
    energy: largest((row) => energyDrift(row, first)),
    momentum: ratio(
      largest((row) => distance(row.momentum, first.momentum)),
      speed,
    ),
    angular: ratio(
      largest((row) => distance(row.angular, first.angular)),
      turning,
    ),
  };
}

/**
 * What must hold at the end. The time step costs some 1e-4 of the energy where encounters are softened, and more where
 * they are close; momenta are kept by every pair, so that only roundings change them.
 */
export function verdicts({ energy, momentum, angular }: Drifts, steps: number): Check[] {
  const roundings = 1e-12 + 1e-15 * steps;
  return [
    checkAtMost('energy_drift', energy, 0.01),
    checkAtMost('momentum', momentum, roundings),
    checkAtMost('angular_momentum', angular, roundings),
  ];
}

function energyDrift(row: Measurement, first: Measurement): number {
  return Math.abs(energyOf(row) - energyOf(first)) / (first.kinetic - first.potential);
}

/** A part of a size; 0 of nothing. */
function ratio(part: number, size: number): number {
  return part === 0 ? 0 : part / size;
}

function distance([x0, y0, z0]: Measurement['momentum'], [x1, y1, z1]: Measurement['momentum']): number {
  const [x, y, z] = [x0 - x1, y0 - y1, z0 - z1];
  return Math.sqrt(x * x + y * y + z * z);
}
