/** LAMMPS as Debian packages it: our potential and our atoms in its own words, and the rows that it prints. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isThere, run } from '../../../scripts/docker/run.ts';

/** What stands under each word of the head: `Step`, `Temp`, `E_pair` … */
export type LammpsRow = Readonly<Record<string, number>>;

/** A fluid as both have it. */
export interface Model {
  readonly cutoff: number;
  readonly shift: 'none' | 'potential' | 'force';
  readonly tail_correction: boolean;
  readonly timestep: number;
}

/** @throws Error saying what to install */
export function requireLammps(): void {
  if (!isThere('lmp')) throw new Error('lmp is missing: install LAMMPS (Debian: apt-get install lammps)');
}

/** Runs a script in a folder. @returns the rows of each `run` command in it */
export function runLammps(folder: string, script: string): LammpsRow[][] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'in.script'), script);
  // The optimised pair style, where there is one, computes the same in less time.
  const printed = run('lmp', ['-sf', 'opt', '-in', 'in.script', '-log', 'none'], { cwd: folder });
  const tables = printed.matchAll(/^ *(Step .*)\n([\s\S]*?)^Loop time/gm);
  return Array.from(tables, ([, head, body]) => rowsOf(head!.trim().split(/\s+/), body!));
}

function rowsOf(names: readonly string[], body: string): LammpsRow[] {
  // Between rows there may be warnings.
  const lines = body.split('\n').filter((line) => /^ *\d+ /.test(line));
  return lines.map((line) => {
    const numbers = line.trim().split(/\s+/).map(Number);
    return Object.fromEntries(names.map((name, column) => [name, numbers[column]!]));
  });
}

/** Commands that make the atoms of a data file attract and repel each other as ours do, and print rows with all digits. */
export function modelCommands({ cutoff, shift, tail_correction, timestep }: Model): string[] {
  const yesOrNo = (is: boolean) => (is ? 'yes' : 'no');
  const isForce = shift === 'force';
  return [
    `pair_style ${isForce ? 'lj/smooth/linear' : 'lj/cut'} ${cutoff}`,
    'pair_coeff 1 1 1.0 1.0',
    ...(isForce ? [] : [`pair_modify shift ${yesOrNo(shift === 'potential')} tail ${yesOrNo(tail_correction)}`]),
    'neighbor 0.3 bin',
    'neigh_modify every 1 delay 0 check yes',
    `timestep ${timestep}`,
    'thermo_style custom step temp epair emol etotal press',
    'thermo_modify norm yes format float %.15g',
  ];
}

/** A frame of `trajectory.xyz` as a data file, its numbers copied as they are written. */
export function dataFileOf(frame: string): string {
  const [count, head, ...atoms] = frame.split('\n');
  const lattice = /Lattice="([^"]*)"/.exec(head!)![1]!.split(' ');
  const borders = ['x', 'y', 'z'].map((axis, k) => `0 ${lattice[4 * k]} ${axis}lo ${axis}hi`);
  const columns = atoms.map((atom) => atom.split(' ').slice(1));
  const positions = columns.map((column, i) => `${i + 1} 1 ${column.slice(0, 3).join(' ')}`);
  const velocities = columns.map((column, i) => `${i + 1} ${column.slice(3).join(' ')}`);
  return [
    ...['a frame of ours', '', `${count} atoms`, '1 atom types', '', ...borders, '', 'Masses', '', '1 1.0', ''],
    ...['Atoms # atomic', '', ...positions, '', 'Velocities', '', ...velocities, ''],
  ].join('\n');
}

/** Writes a frame of ours into a folder. @returns the commands that begin with it */
export function startFrom(folder: string, frame: string): string[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'start.data'), dataFileOf(frame));
  return ['units lj', 'atom_style atomic', 'read_data start.data'];
}
