/** The plain way, as an oracle for tests and for comparison of speeds: a double loop over all pairs. */

/** Bodies as a snapshot of the kernel has them: three numbers each, but for the masses. */
export interface Bodies {
  readonly masses: Float64Array;
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
}

/** The accelerations of all bodies, x0 y0 z0 x1 …; each pair is looked at once. */
export function accelerationsOf({ masses, positions }: Bodies, softening: number): Float64Array {
  const accelerations = new Float64Array(positions.length);
  for (let i = 0; i < masses.length; i++) {
    for (let j = i + 1; j < masses.length; j++) {
      const dx = positions[3 * j]! - positions[3 * i]!;
      const dy = positions[3 * j + 1]! - positions[3 * i + 1]!;
      const dz = positions[3 * j + 2]! - positions[3 * i + 2]!;
      const square = dx * dx + dy * dy + dz * dz + softening * softening;
      const weight = 1 / (square * Math.sqrt(square));
      const [onI, onJ] = [masses[j]! * weight, masses[i]! * weight];
      accelerations[3 * i]! += onI * dx;
      accelerations[3 * i + 1]! += onI * dy;
      accelerations[3 * i + 2]! += onI * dz;
      accelerations[3 * j]! -= onJ * dx;
      accelerations[3 * j + 1]! -= onJ * dy;
      accelerations[3 * j + 2]! -= onJ * dz;
    }
  }
  return accelerations;
}

/** Takes so many steps, kick, drift, kick. */
export function leap(bodies: Bodies, softening: number, timestep: number, steps: number): void {
  const { positions, velocities } = bodies;
  let accelerations = accelerationsOf(bodies, softening);
  for (let step = 0; step < steps; step++) {
    for (let k = 0; k < positions.length; k++) {
      velocities[k]! += 0.5 * timestep * accelerations[k]!;
      positions[k]! += timestep * velocities[k]!;
    }
    accelerations = accelerationsOf(bodies, softening);
    for (let k = 0; k < positions.length; k++) velocities[k]! += 0.5 * timestep * accelerations[k]!;
  }
}

/** −Σ mᵢ mⱼ / √(d² + ε²). */
export function potentialOf({ masses, positions }: Bodies, softening: number): number {
  let sum = 0;
  for (let i = 0; i < masses.length; i++) {
    for (let j = i + 1; j < masses.length; j++) {
      const dx = positions[3 * j]! - positions[3 * i]!;
      const dy = positions[3 * j + 1]! - positions[3 * i + 1]!;
      const dz = positions[3 * j + 2]! - positions[3 * i + 2]!;
      sum += (masses[i]! * masses[j]!) / Math.sqrt(dx * dx + dy * dy + dz * dz + softening * softening);
    }
  }
  return -sum;
}
