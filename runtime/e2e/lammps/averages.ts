/** Averages of ours and of LAMMPS, each with its own start, seed and thermostat: the same within their errors. */
import { join } from 'node:path';
import { type Estimate, estimate } from '../../../functions/statistics.ts';
import type { Report } from '../chaos/report.ts';
import { type LammpsRow, type Model, modelCommands, runLammps } from './lammps.ts';
import { runOurs } from './ours.ts';

interface Point extends Model {
  readonly density: number;
  readonly temperature: number;
}

const POINTS: Readonly<Record<string, Point>> = {
  'a liquid': { density: 0.8, temperature: 1, cutoff: 2.5, shift: 'none', tail_correction: false, timestep: 0.005 },
  'a supercritical fluid': {
    ...{ density: 0.4, temperature: 1.5 },
    ...{ cutoff: 2.5, shift: 'force', tail_correction: false, timestep: 0.004 },
  },
};

const CELLS = 7;
const PARTICLES = 4 * CELLS ** 3;
const EQUILIBRATION_STEPS = 2000;
const STEPS = 15_000;
const STEPS_A_ROW = 25;

/** Standard errors of the difference by which averages may differ: by chance once in 16 000 comparisons. */
const MOST_ERRORS = 4;
/** The difference's standard error must be below this, or the comparison would say nothing. */
const LARGEST_ERRORS = { e_pair: 0.005, press: 0.02 };

/** Compares energy and pressure of each state. */
export function compareAverages(report: Report, folder: string): void {
  const course = { equilibration_steps: EQUILIBRATION_STEPS, steps: STEPS, thermo_every: STEPS_A_ROW, rdf_bins: 0 };
  const ours = runOurs(
    join(folder, 'states'),
    Object.fromEntries(
      Object.entries(POINTS).map(([name, point]) => [
        name,
        { ...point, ...course, particles: PARTICLES, ensemble: 'nvt' },
      ]),
    ),
  );
  for (const [name, point] of Object.entries(POINTS)) {
    const { averages } = ours.get(name)!.result;
    const rows = averageInLammps(folder, point);
    const theirs = { e_pair: column(rows, 'E_pair'), press: column(rows, 'Press') };
    for (const field of ['e_pair', 'press'] as const)
      compare(report, `${field} of ${name}`, averages[field], theirs[field], LARGEST_ERRORS[field]);
  }
}

function averageInLammps(folder: string, point: Point): LammpsRow[] {
  const { density, temperature } = point;
  const script = [
    ...['units lj', 'atom_style atomic', `lattice fcc ${density}`],
    ...[`region box block 0 ${CELLS} 0 ${CELLS} 0 ${CELLS}`, 'create_box 1 box', 'create_atoms 1 box', 'mass 1 1.0'],
    `velocity all create ${temperature} 87287`,
    ...modelCommands(point),
    `fix 1 all nvt temp ${temperature} ${temperature} 0.5`,
    ...[`thermo ${STEPS_A_ROW}`, `run ${EQUILIBRATION_STEPS}`, `run ${STEPS}`, ''],
  ];
  // The first row of a run is the last one of the run before.
  return runLammps(folder, script.join('\n'))[1]!.slice(1);
}

function column(rows: readonly LammpsRow[], name: string): Estimate {
  return estimate(rows.map((row) => row[name]!));
}

function compare(report: Report, name: string, ours: Estimate, theirs: Estimate, largestError: number): void {
  const error = Math.hypot(ours.error!, theirs.error!);
  const apart = Math.abs(ours.mean - theirs.mean);
  const numbers = `${shown(ours)}, LAMMPS has ${shown(theirs)}`;
  const faults =
    apart <= MOST_ERRORS * error ? [] : [`${numbers}: ${(apart / error).toFixed(1)} standard errors apart`];
  if (!(error <= largestError)) faults.push(`${numbers}: the errors say nothing, above ${largestError}`);
  report.check(`${name} is LAMMPS's within their errors`, faults);
  report.say(`         ${numbers}`);
}

function shown({ mean, error }: Estimate): string {
  return `${mean.toFixed(4)} ± ${error!.toFixed(4)}`;
}
