/** Peers of lennard_jones that Debian packages: LAMMPS and GROMACS, on LAMMPS's melt, each on one core. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MELT_SCRIPT } from '../../../runtime/e2e/lammps/melt.ts';

/** What LAMMPS prints for the melt's energy of an atom after 100 steps; velocities decide the third digit. */
const MELT_ENERGY = -5.76;
const MELT_ENERGY_BOUND = 0.02;

/** A peer on the melt, 32 000 atoms and 100 steps. */
export interface MeltPeer {
  /** Its own name of its version. */
  readonly version: string;
  /** Milliseconds of processor that the steps take. */
  readonly time: () => number;
  stop(): void;
}

/** LAMMPS, with arguments; null where it is not installed. */
export function lammps(args: readonly string[]): MeltPeer | null {
  const help = spawnSync('lmp', ['-help'], { encoding: 'utf8' });
  if (help.error) return null;
  const folder = mkdtempSync(join(tmpdir(), 'motes-bench-lammps-'));
  writeFileSync(join(folder, 'in.lj'), MELT_SCRIPT);
  return {
    version: `LAMMPS ${/Simulator - (\d+ \w+ \d+)/.exec(help.stdout)?.[1]}`,
    time: () => {
      const printed = execFileSync('lmp', [...args, '-in', 'in.lj', '-log', 'none'], { cwd: folder, encoding: 'utf8' });
      return 10 * numberIn(printed, /^Loop time of (\S+)/m) * numberIn(printed, /^(\S+)% CPU use/m);
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * GROMACS; null where it is not installed. The melt is of argon there, as it has no reduced units: σ = 0.3405 nm,
 * ε = 0.99607 kJ/mol, m = 39.948 u, of which times are σ√(m/ε). Its pair list and buffer are its own choice.
 */
export function gromacs(): MeltPeer | null {
  const about = spawnSync('gmx', ['-quiet', '--version'], { encoding: 'utf8' });
  if (about.error) return null;
  const folder = mkdtempSync(join(tmpdir(), 'motes-bench-gromacs-'));
  const gmx = (...args: string[]) => execFileSync('gmx', ['-quiet', ...args], { cwd: folder, stdio: 'ignore' });
  for (const [name, text] of Object.entries(gromacsInput())) writeFileSync(join(folder, name), text);
  gmx('grompp', '-f', 'melt.mdp', '-c', 'melt.gro', '-p', 'melt.top', '-o', 'melt.tpr');
  return {
    version: `GROMACS ${/version: *(\d+[.\d]*)/.exec(about.stdout)?.[1]}, ${/SIMD instructions: *(\S+)/.exec(about.stdout)?.[1]}`,
    // Its own clock is the wall's: the start is measured alone, and taken off.
    time: () => {
      const whole = timeGromacs(folder, 100);
      expectMelt(readFileSync(join(folder, 'melt.log'), 'utf8'));
      return whole - timeGromacs(folder, 0);
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Milliseconds of processor that a run of so many steps takes, as the shell counts them for its children. */
function timeGromacs(folder: string, steps: number): number {
  const one = ['-ntmpi', '1', '-ntomp', '1', '-nb', 'cpu', '-pin', 'off', '-noconfout'];
  const mdrun = ['gmx', '-quiet', 'mdrun', '-s', 'melt.tpr', '-g', 'melt.log', '-nsteps', `${steps}`, ...one];
  const script = '"$@" > mdrun.out 2>&1 || exit; times';
  const printed = execFileSync('sh', ['-c', script, 'sh', ...mdrun], { cwd: folder, encoding: 'utf8' });
  const spent = [
    ...printed
      .trim()
      .split('\n')
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return spent.reduce((ms, [, minutes, seconds]) => ms + 60_000 * Number(minutes) + 1000 * Number(seconds), 0);
}

const SIGMA = 0.3405;
const EPSILON = 0.99607;
const MASS = 39.948;
/** Boltzmann's constant in kJ/mol/K. */
const BOLTZMANN = 0.0083144626;
const CELLS = 20;
const ATOMS = 4 * CELLS ** 3;

function gromacsInput(): Record<string, string> {
  const timestep = 0.005 * SIGMA * Math.sqrt(MASS / EPSILON);
  return {
    'melt.top': `[ defaults ]
1 2 no 1.0 1.0
[ atomtypes ]
AR ${MASS} 0.0 A ${SIGMA} ${EPSILON}
[ moleculetype ]
AR 1
[ atoms ]
1 AR 1 AR AR 1 0.0 ${MASS}
[ system ]
melt
[ molecules ]
AR ${ATOMS}
`,
    'melt.mdp': `integrator = md
dt = ${timestep}
nsteps = 100
cutoff-scheme = Verlet
rvdw = ${2.5 * SIGMA}
rcoulomb = ${2.5 * SIGMA}
vdw-modifier = None
coulombtype = Cut-off
gen-vel = yes
gen-temp = ${(1.44 * EPSILON) / BOLTZMANN}
gen-seed = 87287
nstlog = 100
nstenergy = 100
`,
    'melt.gro': latticeFile(),
  };
}

function latticeFile(): string {
  const edge = Math.cbrt(4 / 0.8442) * SIGMA;
  const corners = [
    [0, 0, 0],
    [0.5, 0.5, 0],
    [0.5, 0, 0.5],
    [0, 0.5, 0.5],
  ];
  const atoms = Array.from({ length: ATOMS }, (_, i) => {
    const cell = Math.floor(i / 4);
    const at = [cell % CELLS, Math.floor(cell / CELLS) % CELLS, Math.floor(cell / (CELLS * CELLS))];
    const place = at.map((along, axis) => ((along + corners[i % 4]![axis]!) * edge).toFixed(3).padStart(8));
    const number = `${(i + 1) % 100_000}`.padStart(5);
    return `${number}AR      AR${number}${place.join('')}`;
  });
  const box = (CELLS * edge).toFixed(5);
  return ['melt', ATOMS, ...atoms, `${box} ${box} ${box}`, ''].join('\n');
}

/** @throws Error when the last energies in the log are not those of the melt */
function expectMelt(log: string): void {
  const energies = [...log.matchAll(/LJ \(SR\).*\n *(\S+)/g)].map(([, energy]) => Number(energy));
  // After the energies of step 100 the log has averages of all.
  const energy = energies[1]! / (ATOMS * EPSILON);
  if (!(Math.abs(energy - MELT_ENERGY) < MELT_ENERGY_BOUND))
    throw new Error(`GROMACS ends with an energy of ${energy} an atom, and should with ${MELT_ENERGY}`);
}

function numberIn(text: string, pattern: RegExp): number {
  const found = Number(pattern.exec(text)?.[1]);
  if (Number.isFinite(found)) return found;
  throw new Error(`there is no ${pattern} in what was printed:\n${text.slice(-2000)}`);
}
