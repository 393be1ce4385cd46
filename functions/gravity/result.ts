import * as v from 'valibot';
import { checksField } from '../checks.ts';

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const vector = v.tuple([v.number(), v.number(), v.number()]);
const ratio = v.pipe(
  v.nullable(v.number()),
  v.description(
    'Twice the kinetic energy around the centre of mass over −Σ r · F: 1 in equilibrium; null where no force acts.',
  ),
);

const row = v.strictObject({
  step: count,
  time: v.number(),
  kinetic_energy: v.pipe(v.number(), v.description('½ Σ m v².')),
  potential_energy: v.pipe(v.number(), v.description('−Σ mᵢ mⱼ / √(d² + ε²) over all pairs.')),
  total_energy: v.number(),
  virial_ratio: ratio,
  momentum: v.pipe(vector, v.description('Σ m v.')),
  angular_momentum: v.pipe(vector, v.description('Σ m r × v, around the origin.')),
  lagrangian_radii: v.pipe(
    v.tuple([v.number(), v.number(), v.number(), v.number(), v.number()]),
    v.description('Around the centre of mass, those that hold 10, 25, 50, 75 and 90 % of the mass.'),
  ),
});

/** What the function answers. */
export const gravityResult = v.strictObject({
  thermo: v.pipe(v.array(row), v.description('At the start, every `thermo_every` steps, and at the end.')),
  energy_drift: v.pipe(
    v.number(),
    v.description('The largest change of the energy in any row, relative to kinetic plus binding energy of the start.'),
  ),
  momentum_drift: v.pipe(
    v.number(),
    v.description('The largest change of momentum, relative to √(2 K M), which bounds Σ m |v|.'),
  ),
  angular_momentum_drift: v.pipe(
    v.number(),
    v.description('The largest change of angular momentum, relative to √(2 K Σ m r²), which bounds Σ m |r| |v|.'),
  ),
  virial_ratio: ratio,
  half_mass_radius: v.pipe(v.number(), v.description('At the end.')),
  initial_digest: v.pipe(digest, v.description('The digest before the first step.')),
  digest: v.pipe(
    digest,
    v.description(
      'SHA-256 of the positions (x0 y0 z0 x1 …) at the end, then the velocities, as little-endian doubles.',
    ),
  ),
  checks: checksField,
});

/** The result, as TypeScript sees it. */
export type GravityResult = v.InferOutput<typeof gravityResult>;

/** A row of it. */
export type ThermoRow = GravityResult['thermo'][number];
