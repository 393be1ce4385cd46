import type { Check } from '../../runtime/wire/check.ts';
import { checkAtMost } from '../checks.ts';
import { type Fluid, type LennardJonesKernel, vectorsAt } from '../lennard-jones/kernel.ts';
import type { LennardJonesParameters } from './declaration.ts';
import type { Measurement } from './measurement.ts';
import { driftOf, productionOf, temperatureOf } from './result.ts';

/** Momentum per atom. */
export type Momentum = readonly [number, number, number];

/** Σ v / N. */
export function momentumOf(kernel: LennardJonesKernel, { particles }: Fluid): Momentum {
  const velocities = vectorsAt(kernel, kernel.velocities(), particles);
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < velocities.length; i++) sums[i % 3]! += velocities[i]!;
  return sums.map((sum) => sum / particles) as typeof sums;
}

/**
 * What must hold at the end. Time steps cost some 1e-4 of the energy in 20 000 steps, and ten times that is too much;
 * friction and noise let the roundings of single precision add up. A thermostat scales the momentum or breaks it, so it
 * is looked at where none worked, or where there is none to scale.
 */
export function verdicts(
  parameters: LennardJonesParameters,
  fluid: Fluid,
  { rows }: Measurement,
  before: Momentum,
  after: Momentum,
): Check[] {
  const { steps, precision, thermostat } = parameters;
  const isRubbed = isHeld(parameters) && thermostat === 'langevin';
  const driftBound = (isRubbed ? 1e-2 : 1e-3) * Math.max(1, steps / 20_000);
  const checks = [checkAtMost('energy_drift', driftOf(productionOf(parameters, rows)), driftBound)];
  const isAtRest = before.every((component) => Math.abs(component) < 1e-12);
  if (!isHeld(parameters) || (!isRubbed && isAtRest)) {
    const speed = Math.max(1, Math.sqrt(temperatureOf(rows[0]!, fluid)));
    const gained = Math.max(...after.map((component, axis) => Math.abs(component - before[axis]!)));
    checks.push(checkAtMost('momentum', gained, (precision === 'double' ? 1e-12 : 1e-5) * speed));
  }
  return checks;
}

function isHeld({ ensemble, equilibration_steps }: LennardJonesParameters): boolean {
  return ensemble === 'nvt' || equilibration_steps > 0;
}
