import type { Check } from '../../runtime/wire/check.ts';
import { checkAtMost } from '../checks.ts';
import type { LargeHardDiskParameters } from './declaration.ts';
import type { ThermoRow } from './thermo.ts';

/**
 * What must hold at the end. Every collision, of disks or with a wall, takes energy away, or none if elastic; its
 * roundings are some 1e-16 of the disks' own. A wall puts a centre a radius inside, and a push moves it by a radius at
 * most: a centre outside was pushed several times in one step, so the box is too crowded to be believed.
 */
export function verdicts(
  parameters: LargeHardDiskParameters,
  rows: readonly ThermoRow[],
  positions: Float64Array,
): Check[] {
  const end = rows.at(-1)!;
  const collisions = end.particle_collisions + end.wall_collisions;
  const roundings = 1e-12 + (1e-15 * collisions) / parameters.particles;
  const checks = [
    checkAtMost('centre_outside', farthestOutside(positions, parameters), 0),
    checkAtMost('energy_rise', largestRise(rows), roundings),
  ];
  const isElastic = parameters.wall_restitution === 1 && parameters.particle_restitution === 1;
  if (isElastic) checks.push(checkAtMost('energy_drift', relativeChange(rows[0]!, end), roundings));
  return checks;
}

/** How far the centre farthest outside is beyond its wall; 0 when all are inside, NaN when one is nowhere. */
export function farthestOutside(
  positions: Float64Array,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  let farthest = 0;
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i]!, positions[i + 1]!];
    farthest = Math.max(farthest, -x, x - width, -y, y - height);
  }
  return farthest;
}

/** By how much the energy rises from a row to the next, relative to it; 0 when it never does. */
export function largestRise(rows: readonly ThermoRow[]): number {
  return Math.max(0, ...rows.slice(1).map((row, before) => relativeChange(rows[before]!, row)));
}

function relativeChange(from: ThermoRow, to: ThermoRow): number {
  if (from.kinetic_energy === to.kinetic_energy) return 0;
  return to.kinetic_energy / from.kinetic_energy - 1;
}
