import * as v from 'valibot';
import { realNumber, wholeNumber } from '../number-fields.ts';

const fields = v.strictObject({
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many disks there are.',
    from: 1,
    to: 10_000_000,
    byDefault: 100,
  }),
  steps: wholeNumber({
    title: 'Steps',
    description: 'How many time steps to take.',
    from: 0,
    to: 1_000_000_000,
    byDefault: 1000,
  }),
  seed: wholeNumber({
    title: 'Seed',
    description: 'Where the random start comes from: the same seed gives the same start.',
    from: 0,
    to: 4_294_967_295,
    byDefault: 42,
  }),
  width: realNumber({
    title: 'Width',
    description: 'Width of the box, in units of length.',
    from: 1e-3,
    to: 1e9,
    byDefault: 800,
  }),
  height: realNumber({
    title: 'Height',
    description: 'Height of the box, in units of length.',
    from: 1e-3,
    to: 1e9,
    byDefault: 600,
  }),
  radius: realNumber({
    title: 'Radius',
    description: 'Radius of every disk, in units of length; a disk must fit in the box.',
    from: 1e-6,
    to: 1e9,
    byDefault: 5,
  }),
  timestep: realNumber({
    title: 'Time step',
    description: 'Length of a step, in units of time.',
    from: 0,
    to: 1e6,
    byDefault: 0.1,
  }),
  max_speed: realNumber({
    title: 'Maximum speed',
    description: 'Velocities start uniform between minus and plus this, in x and in y, in length per time.',
    from: 0,
    to: 1e9,
    byDefault: 20,
  }),
  wall_restitution: realNumber({
    title: 'Wall restitution',
    description: 'Part of the normal speed that a wall gives back.',
    from: 0,
    to: 1,
    byDefault: 0.8,
  }),
  particle_restitution: realNumber({
    title: 'Particle restitution',
    description: 'Part of the normal velocities that two disks exchange.',
    from: 0,
    to: 1,
    byDefault: 0.9,
  }),
});

/** The parameters of a hard-disk simulation; the defaults are the constants of the system that motes replaces. */
export const hardDiskParameters = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const { radius, width, height } = dataset.value;
    if (2 * radius <= Math.min(width, height)) return;
    addIssue({
      message: 'must be at most half of the width and of the height, so that a disk fits in the box',
      input: radius,
      path: [{ type: 'object', origin: 'value', input: dataset.value, key: 'radius', value: radius }],
    });
  }),
);

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type HardDiskParameters = v.InferOutput<typeof hardDiskParameters>;

/** The original's Spanish names. */
export const hardDiskSpellings = { num_particulas: 'particles', num_pasos: 'steps', semilla: 'seed' } as const;
