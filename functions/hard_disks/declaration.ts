import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { checksField } from '../checks.ts';
import { hardDiskParameters, hardDiskSpellings } from '../hard-disks/parameters.ts';
import { hardDiskResult } from '../hard-disks/result.ts';
import { stateBytesOf } from '../hard-disks/state.ts';
import { kernelBytes, kernelStepCost } from '../hard-disks/work.ts';
import { realNumber, wholeNumber } from '../number-fields.ts';
import { trajectoryEvery } from '../trajectory.ts';

/** Rows that a result may have, that at the start not counted. */
export const MAX_ROWS = 10_000;

const fields = v.strictObject({
  ...hardDiskParameters.entries,
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many disks there are.',
    from: 1,
    to: 10_000_000,
    byDefault: 100_000,
  }),
  width: realNumber({
    title: 'Width',
    description: 'Width of the box, in units of length.',
    from: 1e-3,
    to: 1e9,
    byDefault: 8000,
  }),
  height: realNumber({
    title: 'Height',
    description: 'Height of the box, in units of length.',
    from: 1e-3,
    to: 1e9,
    byDefault: 6000,
  }),
  wall_restitution: realNumber({
    title: 'Wall restitution',
    description: 'Part of the normal speed that a wall gives back; 1 is elastic.',
    from: 0,
    to: 1,
    byDefault: 1,
  }),
  particle_restitution: realNumber({
    title: 'Particle restitution',
    description: 'Part of the normal velocities that two disks exchange; 1 is elastic.',
    from: 0,
    to: 1,
    byDefault: 1,
  }),
  thermo_every: wholeNumber({
    title: 'Thermo every',
    description: `Steps from row to row of energy and collisions; there may be ${MAX_ROWS} rows.`,
    from: 1,
    to: 1_000_000_000,
    byDefault: 100,
  }),
  trajectory_every: trajectoryEvery,
});

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type LargeHardDiskParameters = v.InferOutput<typeof fields>;

const parameters = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const refuse = (key: keyof LargeHardDiskParameters, message: string) => {
      const input = dataset.value[key];
      addIssue({
        message,
        input,
        path: [{ type: 'object', origin: 'value', input: dataset.value, key, value: input }],
      });
    };
    const { radius, width, height, steps, thermo_every } = dataset.value;
    if (2 * radius > Math.min(width, height)) {
      refuse('radius', 'must be at most half of the width and of the height, so that a disk fits in the box');
    }
    if (thermo_every >= 1 && steps / thermo_every > MAX_ROWS) {
      refuse('thermo_every', `must be at least ${Math.ceil(steps / MAX_ROWS)} for ${steps} steps: ${MAX_ROWS} rows`);
    }
  }),
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const result = v.strictObject({
  ...hardDiskResult.entries,
  thermo: v.pipe(
    v.array(
      v.strictObject({
        step: count,
        kinetic_energy: v.number(),
        particle_collisions: count,
        wall_collisions: count,
      }),
    ),
    v.description('At the start, every `thermo_every` steps, and at the end: ½ Σ v², and the collisions until then.'),
  ),
  checks: checksField,
});

/** The result, as TypeScript sees it. */
export type LargeHardDiskResult = v.InferOutput<typeof result>;

/** Hard disks with a time step, for large boxes: the model and the bits of `benchmark_wasm`, with rows and verdicts. */
export const hardDisks = defineFunction({
  name: 'hard_disks',
  title: 'Hard disks, many',
  description:
    'A hundred thousand disks and more in a box with walls, elastic or not, with energy and collisions over time.',
  parameters,
  parameterSpellings: hardDiskSpellings,
  result,
  costUnit: 'disk steps',
  unitNs: 8,
  // An instance, then the random start and two digests of it, then the steps.
  cost: (given) => 10_000 + 25 * given.particles + given.steps * kernelStepCost(given),
  // The kernel; two states as bytes, the one resumed from and a checkpoint on its way out; and the rows.
  memory: ({ particles, steps, thermo_every }) =>
    kernelBytes(particles) + 2 * stateBytesOf(particles) + 256 * (2 + Math.floor(steps / thermo_every)),
  kernel: 'hard-disks',
});
