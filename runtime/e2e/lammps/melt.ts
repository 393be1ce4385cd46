/** LAMMPS's own benchmark, bench/in.lj, in both. */
import { join } from 'node:path';
import type { Report } from '../chaos/report.ts';
import { type LammpsRow, runLammps } from './lammps.ts';
import { runOurs } from './ours.ts';

/** 20³ cells of a lattice melt for 100 steps. */
export const MELT_SCRIPT = `
units lj
atom_style atomic
lattice fcc 0.8442
region box block 0 20 0 20 0 20
create_box 1 box
create_atoms 1 box
mass 1 1.0
velocity all create 1.44 87287 loop geom
pair_style lj/cut 2.5
pair_coeff 1 1 1.0 1.0 2.5
neighbor 0.3 bin
neigh_modify delay 0 every 20 check no
fix 1 all nve
run 100
`;

const NAMES = { temp: 'Temp', e_pair: 'E_pair', e_mol: 'E_mol', tot_eng: 'TotEng', press: 'Press' } as const;
/** What the velocities that were drawn decide, so long as nothing else is wrong. */
const BOUNDS = { temp: 0.006, e_pair: 0.01, tot_eng: 0.001 } as const;

/** Compares the first row digit by digit, and the last one as far as both drew other velocities. */
export function compareMelts(report: Report, folder: string): void {
  const melt = { particles: 32_000, density: 0.8442, temperature: 1.44, steps: 100 };
  const ours = runOurs(join(folder, 'melt'), { mixed: melt, double: { ...melt, precision: 'double' } });
  const [first, last] = runLammps(folder, MELT_SCRIPT)[0] as [LammpsRow, LammpsRow];
  for (const [precision, { result }] of ours) {
    const [ourFirst, ourLast] = [result.thermo[0]!, result.thermo.at(-1)!];
    const atStart = fieldsOf(NAMES).filter((field) => digits(ourFirst[field]) !== digits(first[NAMES[field]]!));
    report.check(
      `the melt begins with LAMMPS's digits, ${precision}`,
      atStart.map((field) => `${field} is ${digits(ourFirst[field])}, LAMMPS has ${digits(first[NAMES[field]]!)}`),
    );
    const atEnd = fieldsOf(BOUNDS).filter(
      (field) => !(Math.abs(ourLast[field] - last[NAMES[field]]!) <= BOUNDS[field]),
    );
    report.check(
      `the melt ends as LAMMPS's, ${precision}`,
      atEnd.map((field) => `${field} is ${ourLast[field]}, LAMMPS has ${last[NAMES[field]]}`),
    );
    report.say(
      `         ${fieldsOf(NAMES)
        .map((field) => `${field} ${digits(ourLast[field])} and ${last[NAMES[field]]}`)
        .join(', ')}`,
    );
  }
}

function fieldsOf<Fields extends object>(of: Fields): (keyof Fields)[] {
  return Object.keys(of) as (keyof Fields)[];
}

/** As LAMMPS prints them. */
function digits(value: number): string {
  return `${Number(value.toPrecision(8))}`;
}
