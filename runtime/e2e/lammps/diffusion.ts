/** Diffusion of ours and of LAMMPS, from a frame of ours on. */
import { join } from 'node:path';
import { fitLine } from '../../../functions/statistics.ts';
import type { Report } from '../chaos/report.ts';
import { type Model, modelCommands, runLammps, startFrom } from './lammps.ts';
import { runOurs } from './ours.ts';

/**
 * From one origin the slope of the second half of MSD(t) has a relative error of √(2/N) where displacements are normal:
 * 1 % for 20 000 atoms, so 1.4 % for the quotient of two, and the bound of 5 % is three times and a half of that.
 */
const PARTICLES = 20_000;
const BOUND = 0.05;

const MODEL: Model = { cutoff: 2.5, shift: 'none', tail_correction: false, timestep: 0.005 };
const EQUILIBRATION_STEPS = 1000;
const STEPS = 2000;
const STEPS_A_ROW = 50;

/** Compares the diffusion coefficient of a dense fluid. */
export function compareDiffusion(report: Report, folder: string): void {
  const { result, frames } = runOurs(join(folder, 'diffusion'), {
    fluid: {
      ...{ ...MODEL, particles: PARTICLES, density: 0.6, temperature: 1.2, rdf_bins: 0 },
      ...{ equilibration_steps: EQUILIBRATION_STEPS, steps: STEPS, thermo_every: STEPS_A_ROW },
      trajectory_every: EQUILIBRATION_STEPS,
    },
  }).get('fluid')!;
  const theirs = diffuseInLammps(folder, frames().get(EQUILIBRATION_STEPS)!);
  const off = Math.abs(result.diffusion_coefficient! / theirs - 1);
  const numbers = `${result.diffusion_coefficient!.toFixed(5)}, LAMMPS has ${theirs.toFixed(5)}`;
  report.check("the diffusion coefficient is LAMMPS's within 5 %", off <= BOUND ? [] : [numbers]);
  report.say(`         ${numbers}, ${(100 * off).toFixed(1)} % off`);
}

/** A sixth of the slope of the second half of the mean squared displacement. */
function diffuseInLammps(folder: string, frame: string): number {
  const script = [
    ...startFrom(folder, frame),
    ...modelCommands(MODEL),
    ...[
      'compute displacement all msd',
      'thermo_style custom step c_displacement[4]',
      'thermo_modify format float %.15g',
    ],
    ...['fix 1 all nve', `thermo ${STEPS_A_ROW}`, `run ${STEPS}`, ''],
  ];
  const rows = runLammps(folder, script.join('\n'))[0]!.slice(1);
  const late = rows.slice(Math.floor(rows.length / 2));
  const times = late.map(({ Step }) => Step! * MODEL.timestep);
  return (
    fitLine(
      times,
      late.map((row) => row['c_displacement[4]']!),
    ).slope / 6
  );
}
