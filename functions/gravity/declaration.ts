import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { realNumber, wholeNumber } from '../number-fields.ts';
import { trajectoryEvery } from '../trajectory.ts';
import { configurationField, findCoincidence } from './configuration-field.ts';
import { costOf, memoryOf } from './estimates.ts';
import { gravityResult } from './result.ts';

/** Rows that a result may have, that at the start not counted. */
export const MAX_ROWS = 10_000;

const fields = v.strictObject({
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many bodies there are, of equal mass, in all 1.',
    from: 2,
    to: 1_000_000,
    byDefault: 1000,
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
  start: v.optional(
    v.pipe(
      v.picklist(['plummer', 'collision', 'given'], 'must be plummer, collision or given'),
      v.title('Start'),
      v.description(
        'A Plummer sphere in equilibrium, of mass 1 and virial radius 1; two of half the mass and size that approach ' +
          'each other along x; or the bodies of `configuration`.',
      ),
    ),
    'plummer',
  ),
  timestep: realNumber({
    title: 'Time step',
    description: 'Length of a step, in units of time (G = 1).',
    from: 1e-9,
    to: 1000,
    byDefault: 0.01,
  }),
  softening: realNumber({
    title: 'Softening',
    description: 'ε of the potential −m m/√(d² + ε²): how near to each other bodies still are points. 0 for none.',
    from: 0,
    to: 1000,
    byDefault: 0.05,
  }),
  separation: realNumber({
    title: 'Separation',
    description: 'Of two colliding spheres at the start, along x.',
    from: 0.01,
    to: 1e6,
    byDefault: 4,
  }),
  impact_parameter: realNumber({
    title: 'Impact parameter',
    description: 'How far beside each other the two aim, along y.',
    from: 0,
    to: 1e6,
    byDefault: 0.5,
  }),
  approach_speed: realNumber({
    title: 'Approach speed',
    description: 'Of one towards the other at the start, along x; 0.7 is a fall from infinity to 4.',
    from: 0,
    to: 1e6,
    byDefault: 0.7,
  }),
  thermo_every: wholeNumber({
    title: 'Thermo every',
    description: `Steps from row to row of energy and radii; there may be ${MAX_ROWS} rows.`,
    from: 1,
    to: 1_000_000_000,
    byDefault: 100,
  }),
  trajectory_every: trajectoryEvery,
  configuration: configurationField,
});

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type GravityParameters = v.InferOutput<typeof fields>;

const parameters = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const { value } = dataset;
    const refuse = (key: keyof GravityParameters, message: string) =>
      addIssue({
        message,
        input: value[key],
        path: [{ type: 'object', origin: 'value', input: value, key, value: value[key] }],
      });
    const { configuration, softening, start, steps, thermo_every } = value;
    if (start === 'given' && configuration === null)
      refuse('configuration', 'must be {masses, positions, velocities} for the start given');
    if (start !== 'given' && configuration !== null) refuse('start', 'must be given where a configuration is');
    const coincident = configuration && softening === 0 ? findCoincidence(configuration) : null;
    if (coincident)
      refuse('softening', `must be above 0, as bodies ${coincident.join(' and ')} (from 0) are at one place`);
    if (steps / thermo_every > MAX_ROWS)
      refuse('thermo_every', `must be at least ${Math.ceil(steps / MAX_ROWS)} for ${steps} steps: ${MAX_ROWS} rows`);
  }),
);

/** Bodies that attract each other, each all others. */
export const gravity = defineFunction({
  name: 'gravity',
  title: 'Gravity, N bodies',
  description:
    'Stars in a Plummer sphere, two that collide, or given bodies; all pairs, softened, by leapfrog: energy, angular ' +
    'momentum, virial ratio and Lagrangian radii over time.',
  parameters,
  parameterSpellings: { bodies: 'particles', num_particulas: 'particles', num_pasos: 'steps', semilla: 'seed' },
  result: gravityResult,
  costUnit: 'pair interactions',
  unitNs: 1.5,
  cost: costOf,
  memory: memoryOf,
  kernel: 'gravity',
});
