import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { checksField } from '../checks.ts';
import { realNumber, wholeNumber } from '../number-fields.ts';
import { trajectoryEvery } from '../trajectory.ts';

const parameters = v.strictObject({
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many disks there are, of diameter 1 and mass 1.',
    from: 16,
    to: 1_000_000,
    byDefault: 400,
  }),
  packing_fraction: realNumber({
    title: 'Packing fraction',
    description: 'The part of the box that the disks cover (η); above 0.7 they freeze.',
    from: 0.001,
    to: 0.7,
    byDefault: 0.3,
  }),
  steps: wholeNumber({
    title: 'Steps',
    description: 'How many collisions to measure over.',
    from: 1,
    to: 1_000_000_000,
    byDefault: 200_000,
  }),
  equilibration_steps: wholeNumber({
    title: 'Equilibration steps',
    description: 'Collisions before the measurement, in addition to the steps.',
    from: 0,
    to: 1_000_000_000,
    byDefault: 20_000,
  }),
  temperature: realNumber({
    title: 'Temperature',
    description: 'kT of the start, in units of energy; it only sets the unit of time.',
    from: 1e-6,
    to: 1e6,
    byDefault: 1,
  }),
  seed: wholeNumber({
    title: 'Seed',
    description: 'Where the random velocities come from: the same seed gives the same start.',
    from: 0,
    to: 4_294_967_295,
    byDefault: 42,
  }),
  trajectory_every: trajectoryEvery,
});

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type EdmdParameters = v.InferOutput<typeof parameters>;

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const result = v.strictObject({
  collisions: v.pipe(v.number(), v.integer(), v.description('Collisions, those of the equilibration included.')),
  time: v.pipe(v.number(), v.description('The time of the last collision, from the start.')),
  width: v.pipe(v.number(), v.description('Width of the periodic box, in diameters.')),
  height: v.pipe(v.number(), v.description('Height of the periodic box, in diameters.')),
  compressibility: v.pipe(v.number(), v.description('Z = P A/(N kT), from the momentum exchanged over the steps.')),
  compressibility_error: v.pipe(
    v.nullable(v.number()),
    v.description('Standard error of Z, from 32 to 63 blocks of the steps; null when there are fewer than 8.'),
  ),
  henderson: v.pipe(v.number(), v.description("Z by Henderson's equation of state, (1 + η²/8)/(1 − η)².")),
  relative_deviation: v.pipe(v.number(), v.description("Z over Henderson's, less 1.")),
  pressure: v.pipe(v.number(), v.description('P = Z N kT/A.')),
  kinetic_energy: v.pipe(v.number(), v.description('½ Σ v² at the end; (N − 1) kT at the start.')),
  initial_digest: v.pipe(digest, v.description('The digest before the first collision.')),
  digest: v.pipe(
    digest,
    v.description(
      'SHA-256 of the positions (x0 y0 x1 y1 …) at the time of the last collision, then the velocities, as little-endian doubles.',
    ),
  ),
  checks: checksField,
});

/**
 * What a collision costs with its share of events, in events (0.3 µs): two disks are foreseen anew, and each disk when
 * it crosses into another cell, the more often the longer it flies. The factor is a fit to counts from η = 0.001 to 0.7.
 */
export function collisionCost({ packing_fraction: eta }: { readonly packing_fraction: number }): number {
  const atContact = (1 - 0.4375 * eta) / ((1 - eta) * (1 - eta));
  return 2 + 0.83 / (Math.sqrt(eta) * atContact);
}

/** The memory that the kernel lays out at most, in bytes; see `assembly/hard-disks-edmd/state.ts`. */
export function kernelBytes(particles: number): number {
  return 128 * 1024 + 120 * particles;
}

/** The state of the kernel in bytes, at most. */
export function stateBytesAtMost(particles: number): number {
  return 2048 + 76 * particles;
}

/** Elastic hard disks without a time step: from collision to collision, with the pressure that they exert. */
export const hardDisksEdmd = defineFunction({
  name: 'hard_disks_edmd',
  title: 'Hard disks, event by event',
  description: 'Elastic disks in a periodic box, from collision to collision: pressure against equation of state.',
  parameters,
  parameterSpellings: { num_particulas: 'particles', num_pasos: 'steps', semilla: 'seed' },
  result,
  costUnit: 'events',
  unitNs: 250,
  // An instance, then the start, its events and two digests, then the collisions.
  cost: (given) => 1000 + 3 * given.particles + (given.equilibration_steps + given.steps) * collisionCost(given),
  // The kernel, and two states as bytes: the one resumed from, and a checkpoint on its way out.
  memory: ({ particles }) => kernelBytes(particles) + 2 * stateBytesAtMost(particles),
  kernel: 'hard-disks-edmd',
});
