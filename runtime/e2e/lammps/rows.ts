/** A frame of ours goes on in LAMMPS, and gives our rows. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LennardJonesResult } from '../../../functions/lennard_jones/declaration.ts';
import type { Report } from '../chaos/report.ts';
import { type LammpsRow, type Model, modelCommands, runLammps, startFrom } from './lammps.ts';
import { type Ours, runOurs } from './ours.ts';

/** What is compared, and LAMMPS's names of it. */
const FIELDS = [
  { ours: 'temp', theirs: 'Temp' },
  { ours: 'e_pair', theirs: 'E_pair' },
  { ours: 'e_mol', theirs: 'E_mol' },
  { ours: 'tot_eng', theirs: 'TotEng' },
  { ours: 'press', theirs: 'Press' },
] as const;

/** How far rows may be apart: relative to the value, or to 1 where that is more. Motion multiplies what roundings begin. */
const BOUNDS = { mixed: 5e-5, double: 1e-9 } as const;

const CUT: Model = { cutoff: 2.5, shift: 'none', tail_correction: false, timestep: 0.005 };
const MODELS: Readonly<Record<string, Model>> = {
  cut: CUT,
  'with-a-tail': { ...CUT, tail_correction: true },
  'potential-shifted': { ...CUT, shift: 'potential', cutoff: 3 },
  'force-shifted': { ...CUT, shift: 'force', timestep: 0.004 },
};

const STEPS = { steps: 100, thermo_every: 20, trajectory_every: 100 };

/** Compares rows from a lattice, every model in both precisions, and from a liquid that is read from a file. */
export function compareRows(report: Report, folder: string): void {
  const cases = Object.entries(MODELS).flatMap(([name, model]) =>
    (['mixed', 'double'] as const).map((precision) => ({ id: `${name}-${precision}`, model, precision })),
  );
  const ours = runOurs(join(folder, 'from lattices'), {
    ...Object.fromEntries(cases.map(({ id, model, precision }) => [id, { ...STEPS, ...model, precision }])),
    liquid: { density: 0.7, temperature: 1.1, equilibration_steps: 1000, steps: 0, trajectory_every: 1000 },
  });
  for (const { id, model } of cases) compare(report, folder, id, model, ours.get(id)!);
  const liquid = runFromFile(join(folder, 'from a file'), ours.get('liquid')!.frames().get(1000)!);
  compare(report, folder, 'a liquid whose atoms have left the box, from a file', CUT, liquid);
}

function runFromFile(folder: string, frame: string): Ours {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'liquid.xyz'), frame);
  return runOurs(folder, { liquid: { ...STEPS, ...CUT, configuration: { file: 'liquid.xyz' } } }).get('liquid')!;
}

function compare(report: Report, folder: string, name: string, model: Model, { result, frames }: Ours): void {
  const start = startFrom(folder, frames().get(0)!);
  const course = ['fix 1 all nve', `thermo ${STEPS.thermo_every}`, `run ${STEPS.steps}`];
  const rows = runLammps(folder, [...start, ...modelCommands(model), ...course, ''].join('\n'))[0] ?? [];
  report.check(`rows from our frame: ${name}`, faultsOf(result, rows));
  report.say(`         at most off: ${FIELDS.map((field) => shown(field, result.thermo, rows)).join(', ')}`);
}

type Field = (typeof FIELDS)[number];
type Thermo = LennardJonesResult['thermo'];

/** Where rows of ours are not those of LAMMPS. */
function faultsOf({ thermo: ours, precision }: LennardJonesResult, theirs: readonly LammpsRow[]): string[] {
  const [our, their] = [ours.map(({ step }) => step).join(' '), theirs.map(({ Step }) => Step).join(' ')];
  if (our !== their) return [`ours are of the steps ${our}, LAMMPS's of ${their}`];
  return FIELDS.flatMap((field) =>
    ours.flatMap((row, i) => {
      const expected = theirs[i]![field.theirs]!;
      if (distance(row[field.ours], expected) <= BOUNDS[precision as keyof typeof BOUNDS]) return [];
      return [`${field.ours} at step ${row.step} is ${row[field.ours]}, LAMMPS has ${expected}`];
    }),
  );
}

function shown({ ours: name, theirs: theirName }: Field, ours: Thermo, theirs: readonly LammpsRow[]): string {
  const most = Math.max(...ours.map((row, i) => distance(row[name], theirs[i]?.[theirName] ?? Number.NaN)));
  return `${name} ${most.toExponential(1)}`;
}

function distance(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
}
