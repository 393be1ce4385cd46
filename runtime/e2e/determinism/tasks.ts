/** What is computed everywhere: every function, short tasks with known digests and longer ones that go further. */
import { selfTests } from '../../../functions/self-tests.ts';

/** A task and its name. */
export interface DeterminismTask {
  readonly name: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Long enough for lists that are made anew, particles that change their cells, thermostats, and artifacts. */
const LONGER: readonly DeterminismTask[] = [
  { name: 'nothing', type: 'noop', parameters: {} },
  { name: 'dense disks', type: 'benchmark_wasm', parameters: { particles: 1500, steps: 500, seed: 7 } },
  {
    name: 'disks with a trajectory',
    type: 'hard_disks',
    parameters: { particles: 3000, width: 1200, height: 1000, steps: 300, trajectory_every: 100 },
  },
  {
    name: 'dense disks, event by event',
    type: 'hard_disks_edmd',
    parameters: { particles: 400, packing_fraction: 0.6, steps: 20_000, trajectory_every: 10_000 },
  },
  {
    name: 'free motion with noise',
    type: 'brownian',
    parameters: { particles: 500, steps: 400, samples: 10, trajectory_every: 200 },
  },
  ...(['mixed', 'double'] as const).flatMap((precision) => [
    {
      name: `a fluid, lists made anew many times, ${precision}`,
      type: 'lennard_jones',
      parameters: { particles: 2000, steps: 600, temperature: 2, precision, rdf_bins: 100, trajectory_every: 200 },
    },
    {
      name: `a fluid in a bath, ${precision}`,
      type: 'lennard_jones',
      parameters: { particles: 864, density: 0.6, steps: 500, precision, ensemble: 'nvt', equilibration_steps: 100 },
    },
  ]),
  {
    name: 'a sphere of stars',
    type: 'gravity',
    parameters: { particles: 500, steps: 100, trajectory_every: 50 },
  },
];

export const tasks: readonly DeterminismTask[] = [...selfTests, ...LONGER];
