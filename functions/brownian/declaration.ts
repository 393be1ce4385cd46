import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { checksField } from '../checks.ts';
import { realNumber, wholeNumber } from '../number-fields.ts';
import { trajectoryEvery } from '../trajectory.ts';

/** Bins of the histogram: an even share of eight standard deviations. */
export const BINS = 64;

const parameters = v.strictObject({
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many independent particles there are.',
    from: 10,
    to: 10_000_000,
    byDefault: 10_000,
  }),
  steps: wholeNumber({
    title: 'Steps',
    description: 'How many time steps to take.',
    from: 1,
    to: 1_000_000_000,
    byDefault: 1000,
  }),
  seed: wholeNumber({
    title: 'Seed',
    description: 'Where the random numbers come from: the same seed gives the same motion.',
    from: 0,
    to: 4_294_967_295,
    byDefault: 42,
  }),
  dimensions: wholeNumber({
    title: 'Dimensions',
    description: 'Of the space in which the particles move.',
    from: 1,
    to: 3,
    byDefault: 3,
  }),
  model: v.optional(
    v.pipe(
      v.picklist(['overdamped', 'underdamped'], 'must be overdamped or underdamped'),
      v.title('Model'),
      v.description('Without inertia, or with: Langevin dynamics. Both are solved exactly, for any time step.'),
    ),
    'overdamped',
  ),
  potential: v.optional(
    v.pipe(
      v.picklist(['free', 'harmonic'], 'must be free or harmonic'),
      v.title('Potential'),
      v.description('Nothing, or a harmonic trap around the place where all particles start.'),
    ),
    'free',
  ),
  temperature: realNumber({
    title: 'Temperature',
    description: 'kT, in units of energy.',
    from: 1e-6,
    to: 1e6,
    byDefault: 1,
  }),
  friction: realNumber({
    title: 'Friction',
    description: 'γ, force per velocity.',
    from: 0.01,
    to: 10_000,
    byDefault: 1,
  }),
  mass: realNumber({
    title: 'Mass',
    description: 'Of a particle; the overdamped model has none.',
    from: 0.01,
    to: 100,
    byDefault: 1,
  }),
  stiffness: realNumber({
    title: 'Stiffness',
    description: 'Of the harmonic trap, force per length.',
    from: 0.01,
    to: 10_000,
    byDefault: 1,
  }),
  timestep: realNumber({
    title: 'Time step',
    description: 'Length of a step, in units of time.',
    from: 1e-4,
    to: 100,
    byDefault: 0.01,
  }),
  samples: wholeNumber({
    title: 'Samples',
    description: 'Rows of the mean squared displacement, evenly over the steps; not more than there are steps.',
    from: 1,
    to: 1000,
    byDefault: 50,
  }),
  trajectory_every: trajectoryEvery,
});

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type BrownianParameters = v.InferOutput<typeof parameters>;

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const displacementRow = v.strictObject({
  step: whole,
  time: v.number(),
  msd: v.pipe(v.number(), v.description('Mean squared displacement from the start.')),
  standard_error: v.pipe(v.number(), v.description('Of the mean, from the spread over the particles.')),
  theory: v.pipe(
    v.number(),
    v.description("Einstein's 2 d D t; with inertia Fürth's; in a trap Ornstein and Uhlenbeck's."),
  ),
});

const binRow = v.strictObject({
  from: v.pipe(v.number(), v.description('Where the bin starts, a coordinate; it ends where the next one starts.')),
  count: v.pipe(whole, v.description('Coordinates of particles in it at the end.')),
  theory: v.pipe(v.number(), v.description('As many as the normal distribution has there.')),
});

const result = v.strictObject({
  msd: v.pipe(v.array(displacementRow), v.description('One row a sample.')),
  diffusion_coefficient: v.pipe(
    v.nullable(v.number()),
    v.description('D from the displacement at the end; null in a trap, which hides it.'),
  ),
  diffusion_coefficient_error: v.pipe(v.nullable(v.number()), v.description('Its standard error.')),
  einstein: v.pipe(v.number(), v.description('D = kT/γ.')),
  kinetic_temperature: v.pipe(
    v.nullable(v.number()),
    v.description('m v² per coordinate at the end; null if overdamped.'),
  ),
  distribution: v.pipe(v.array(binRow), v.description('All coordinates at the end, to four standard deviations.')),
  outside: v.pipe(whole, v.description('Coordinates beyond these bins.')),
  initial_digest: v.pipe(digest, v.description('The digest before the first step.')),
  digest: v.pipe(
    digest,
    v.description(
      'SHA-256 of the positions (x0 y0 z0 x1 …) at the end, then any velocities, as little-endian doubles.',
    ),
  ),
  checks: checksField,
});

/** The result, as TypeScript sees it. */
export type BrownianResult = v.InferOutput<typeof result>;

/** What a step costs: the pairs of normal numbers that it draws, 45 ns each. */
export function stepCost({ particles, dimensions, model }: BrownianParameters): number {
  return Math.ceil((particles * dimensions) / 2) * (model === 'underdamped' ? 2 : 1);
}

/** The kernel's state in bytes; see `assembly/brownian/state.ts`. */
export function stateBytesOf({ particles, dimensions, model, steps, samples }: BrownianParameters): number {
  const columns = 16 * Math.ceil((particles * dimensions) / 2) * (model === 'underdamped' ? 2 : 1);
  return 16 + 16 * Math.min(samples, steps) + columns;
}

/** The memory that the kernel lays out at most, in bytes. */
export function kernelBytes(given: BrownianParameters): number {
  return 128 * 1024 + stateBytesOf(given);
}

/** Particles that only noise, friction and perhaps a trap move: their spreading against Einstein's relation. */
export const brownian = defineFunction({
  name: 'brownian',
  title: 'Brownian motion',
  description: 'Independent particles with friction and noise, free or in a harmonic trap, against theory.',
  parameters,
  parameterSpellings: { num_particulas: 'particles', num_pasos: 'steps', semilla: 'seed' },
  result,
  costUnit: 'pairs of normal numbers',
  unitNs: 40,
  // An instance and its start, two digests and the histogram, the samples, then the steps.
  cost: (given) =>
    5000 + given.particles + 0.1 * given.samples * given.particles * given.dimensions + given.steps * stepCost(given),
  // The kernel, and two states as bytes: the one resumed from, and a checkpoint on its way out.
  memory: (given) => kernelBytes(given) + 2 * stateBytesOf(given),
  kernel: 'brownian',
});
