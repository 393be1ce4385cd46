import type { Fluid } from './kernel.ts';

/** What the forces of a configuration are, and what they sum to. */
export interface Interactions {
  energy: number;
  /** W = −Σ r · dU/dr. */
  virial: number;
  /** x0 y0 z0 x1 y1 z1 … */
  forces: Float64Array;
  /** Of the pairs within the cutoff. */
  distances: number[];
}

/** The potential inside of the cutoff and r times its force, unshifted. */
function pair(distance: number): { energy: number; force: number } {
  const inverse6 = distance ** -6;
  return { energy: 4 * inverse6 * (inverse6 - 1), force: (48 * inverse6 * (inverse6 - 0.5)) / distance };
}

function shiftedPair(distance: number, { cutoff, shift }: Fluid): { energy: number; force: number } {
  const { energy, force } = pair(distance);
  const atCutoff = pair(cutoff);
  if (shift === 'none') return { energy, force };
  if (shift === 'potential') return { energy: energy - atCutoff.energy, force };
  return {
    energy: energy - atCutoff.energy + (distance - cutoff) * atCutoff.force,
    force: force - atCutoff.force,
  };
}

/** Every pair at its nearest image, by the plain double loop: what the kernel is checked against. */
export function interactions(positions: Float64Array, fluid: Fluid): Interactions {
  const result: Interactions = { energy: 0, virial: 0, forces: new Float64Array(positions.length), distances: [] };
  for (let i = 0; i < positions.length; i += 3) {
    for (let j = i + 3; j < positions.length; j += 3) {
      const apart = fluid.box.map((edge, k) => {
        const d = positions[i + k]! - positions[j + k]!;
        return d - edge * Math.round(d / edge);
      });
      const distance = Math.hypot(...apart);
      if (distance >= fluid.cutoff) continue;
      const { energy, force } = shiftedPair(distance, fluid);
      result.distances.push(distance);
      result.energy += energy;
      result.virial += distance * force;
      apart.forEach((d, k) => {
        result.forces[i + k]! += (force * d) / distance;
        result.forces[j + k]! -= (force * d) / distance;
      });
    }
  }
  return result;
}
