import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { checksField } from '../checks.ts';
import { cubeRoot } from '../cube-root.ts';
import { precisions, shifts } from '../lennard-jones/kernel.ts';
import { realNumber, wholeNumber } from '../number-fields.ts';
import { trajectoryEvery } from '../trajectory.ts';
import { configurationField } from './configuration-field.ts';
import { costOf, memoryOf } from './estimates.ts';

/** Rows that a result may have, that at the start not counted. */
export const MAX_ROWS = 10_000;

const fields = v.strictObject({
  particles: wholeNumber({
    title: 'Particles',
    description: 'How many atoms there are, on a face-centred lattice; with a configuration, as many as it has.',
    from: 2,
    to: 10_000_000,
    byDefault: 4000,
  }),
  density: realNumber({
    title: 'Density',
    description: 'Atoms per volume, ρσ³; with a configuration, what its box says.',
    from: 1e-6,
    to: 2,
    byDefault: 0.8442,
  }),
  temperature: realNumber({
    title: 'Temperature',
    description: 'kT/ε: of the velocities at the start, and what the thermostat holds.',
    from: 0,
    to: 1000,
    byDefault: 1.44,
  }),
  steps: wholeNumber({
    title: 'Steps',
    description: 'How many time steps to take and to average over, those of the equilibration not counted.',
    from: 0,
    to: 1_000_000_000,
    byDefault: 1000,
  }),
  seed: wholeNumber({
    title: 'Seed',
    description: 'Where the velocities and the thermostat come from: the same seed gives the same motion.',
    from: 0,
    to: 4_294_967_295,
    byDefault: 42,
  }),
  timestep: realNumber({
    title: 'Time step',
    description: 'Length of a step, in units of σ√(m/ε).',
    from: 1e-6,
    to: 0.1,
    byDefault: 0.005,
  }),
  cutoff: realNumber({
    title: 'Cutoff',
    description: 'Distance beyond which atoms do not interact, in σ; at most half of the box.',
    from: 0.5,
    to: 100,
    byDefault: 2.5,
  }),
  skin: realNumber({
    title: 'Skin',
    description: 'How much further than the cutoff the neighbour list looks; it changes the speed, not the physics.',
    from: 0,
    to: 10,
    byDefault: 0.5,
  }),
  shift: v.optional(
    v.pipe(
      v.picklist(shifts, 'must be none, potential or force'),
      v.title('Shift'),
      v.description('What is taken off inside of the cutoff, so that the potential, or also the force, ends at 0.'),
    ),
    'none',
  ),
  tail_correction: v.optional(
    v.pipe(
      v.boolean('must be true or false'),
      v.title('Tail correction'),
      v.description('Whether energy and pressure include what a uniform fluid has beyond the cutoff.'),
    ),
    false,
  ),
  precision: v.optional(
    v.pipe(
      v.picklist(precisions, 'must be mixed or double'),
      v.title('Precision'),
      v.description('Of the forces: mixed computes them in single, and energies and all sums in double precision.'),
    ),
    'mixed',
  ),
  ensemble: v.optional(
    v.pipe(
      v.picklist(['nve', 'nvt'], 'must be nve or nvt'),
      v.title('Ensemble'),
      v.description('Whether the energy is constant, or a thermostat holds the temperature.'),
    ),
    'nve',
  ),
  thermostat: v.optional(
    v.pipe(
      v.picklist(['bussi', 'langevin'], 'must be bussi or langevin'),
      v.title('Thermostat'),
      v.description(
        'Stochastic rescaling of all velocities (Bussi, Donadio and Parrinello), or friction and noise on each atom ' +
          '(Langevin); it works in the equilibration, and for nvt until the end.',
      ),
    ),
    'bussi',
  ),
  relaxation_time: realNumber({
    title: 'Relaxation time',
    description: 'How fast the thermostat works; longer disturbs the motion less.',
    from: 1e-3,
    to: 1e6,
    byDefault: 0.5,
  }),
  equilibration_steps: wholeNumber({
    title: 'Equilibration steps',
    description: 'Steps with the thermostat before those that are averaged over.',
    from: 0,
    to: 1_000_000_000,
    byDefault: 0,
  }),
  thermo_every: wholeNumber({
    title: 'Thermo every',
    description: `Steps from row to row of energy and pressure; there may be ${MAX_ROWS} rows.`,
    from: 1,
    to: 1_000_000_000,
    byDefault: 100,
  }),
  rdf_bins: wholeNumber({
    title: 'RDF bins',
    description: 'Bins of the radial distribution function from 0 to the cutoff; 0 for none.',
    from: 0,
    to: 1000,
    byDefault: 100,
  }),
  trajectory_every: trajectoryEvery,
  configuration: configurationField,
});

/** Parameters as the schema gives them out: every field there, within its bounds. */
export type LennardJonesParameters = v.InferOutput<typeof fields>;

const parameters = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const { value } = dataset;
    const refuse = (key: keyof LennardJonesParameters, message: string) =>
      addIssue({
        message,
        input: value[key],
        path: [{ type: 'object', origin: 'value', input: value, key, value: value[key] }],
      });
    const shortest = shortestEdgeOf(value);
    if (shortest !== null && 2 * value.cutoff > shortest) refuse('cutoff', cutoffMessage(shortest));
    if (value.tail_correction && value.shift !== 'none')
      refuse('tail_correction', 'must be false where the potential is shifted: there is no tail to put back');
    const steps = value.equilibration_steps + value.steps;
    if (steps / value.thermo_every > MAX_ROWS)
      refuse('thermo_every', `must be at least ${Math.ceil(steps / MAX_ROWS)} for ${steps} steps: ${MAX_ROWS} rows`);
  }),
);

/** What is said of a cutoff that a box is too small for. */
export function cutoffMessage(shortestEdge: number): string {
  return `must be at most ${shortestEdge / 2}, half of the box's shortest edge; a larger one needs more particles`;
}

/** The box's shortest edge; null where only a file knows it. */
function shortestEdgeOf({ particles, density, configuration }: LennardJonesParameters): number | null {
  if (configuration === null) return cubeRoot(particles / density);
  return 'box' in configuration ? Math.min(...configuration.box) : null;
}

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const thermoRow = v.strictObject({
  step: count,
  temp: v.pipe(v.number(), v.description('Temperature, with 3N − 3 degrees of freedom.')),
  e_pair: v.pipe(v.number(), v.description('Potential energy per atom.')),
  e_mol: v.pipe(v.number(), v.description('Of bonds, which there are none of: 0.')),
  tot_eng: v.pipe(v.number(), v.description('Total energy per atom.')),
  press: v.pipe(v.number(), v.description('Pressure.')),
});

const average = v.strictObject({
  mean: v.number(),
  error: v.pipe(v.nullable(v.number()), v.description('Standard error by blocking; null where rows are too few.')),
});

const result = v.strictObject({
  thermo: v.pipe(
    v.array(thermoRow),
    v.description('At the start, every `thermo_every` steps, and at the end, in reduced units.'),
  ),
  averages: v.pipe(
    v.strictObject({ temp: average, e_pair: average, tot_eng: average, press: average }),
    v.description('Over the rows after the equilibration.'),
  ),
  rdf: v.pipe(
    v.array(v.strictObject({ r: v.number(), g: v.number() })),
    v.description('Radial distribution function over the same rows, at the middle of each bin.'),
  ),
  msd: v.pipe(
    v.array(v.strictObject({ time: v.number(), msd: v.number() })),
    v.description('Mean squared displacement since the end of the equilibration.'),
  ),
  diffusion_coefficient: v.pipe(
    v.nullable(v.number()),
    v.description('A sixth of the slope of the second half of the displacement; null where rows are too few.'),
  ),
  diffusion_coefficient_error: v.pipe(
    v.nullable(v.number()),
    v.description('Its standard error, from the difference between x, y and z.'),
  ),
  energy_drift: v.pipe(
    v.number(),
    v.description('Change of the conserved energy after the equilibration, relative to the energy.'),
  ),
  start: v.pipe(
    v.strictObject({
      energy: v.pipe(v.number(), v.description('U, the sum over pairs.')),
      virial: v.pipe(v.number(), v.description('W = −Σ r · dU/dr.')),
      tail_energy: v.pipe(v.number(), v.description('What a uniform fluid has beyond the cutoff, counted or not.')),
      box: v.pipe(v.tuple([v.number(), v.number(), v.number()]), v.description('Edges of the box.')),
      particles: count,
    }),
    v.description('The configuration before the first step, all atoms together.'),
  ),
  precision: v.pipe(v.string(), v.description('What forces were computed in; energies and sums are double always.')),
  initial_digest: v.pipe(digest, v.description('The digest before the first step.')),
  digest: v.pipe(
    digest,
    v.description(
      'SHA-256 of the positions (x0 y0 z0 x1 …, unwrapped) at the end, then the velocities, as little-endian doubles.',
    ),
  ),
  checks: checksField,
});

/** The result, as TypeScript sees it. */
export type LennardJonesResult = v.InferOutput<typeof result>;

/** Atoms that attract and repel each other by 4ε[(σ/r)¹² − (σ/r)⁶], in a periodic box. */
export const lennardJones = defineFunction({
  name: 'lennard_jones',
  title: 'Lennard-Jones fluid',
  description: 'A periodic fluid in reduced units: energy, pressure, structure and diffusion, as LAMMPS gives them.',
  parameters,
  parameterSpellings: { num_particulas: 'particles', num_pasos: 'steps', semilla: 'seed' },
  result,
  costUnit: 'atom steps',
  unitNs: 70,
  cost: costOf,
  memory: memoryOf,
  kernel: 'lennard-jones',
  inputs: ({ configuration }) => (configuration !== null && 'blob' in configuration ? [configuration.blob] : []),
});
