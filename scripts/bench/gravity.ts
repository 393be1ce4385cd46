/**
 * The kernel of gravity against the same sum over all pairs in C and in plain TypeScript, and against its own cost model.
 *
 *     node scripts/bench/gravity.ts
 *
 * Needs a build, and gcc for the part in C, which is left out where there is none.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { type GravityParameters, gravity } from '../../functions/gravity/declaration.ts';
import { pairsOf, stepCost } from '../../functions/gravity/estimates.ts';
import { type GravityKernel, snapshotOf, startGravity } from '../../functions/gravity/kernel.ts';
import { type Bodies, leap } from '../../functions/gravity/reference.ts';
import { compileKernels, instantiateKernel } from '../../runtime/function/kernel.ts';
import { type BenchRow, elapsedMs, interleave, median, medianRatio, printRows, spread } from './lib/measure.ts';

const ROUNDS = 9;
/** Pairs that a round looks at: some 0.2 s of the kernel. */
const PAIRS_A_ROUND = 1e8;

const kernels = compileKernels(['gravity'], fileURLToPath(new URL('../../build', import.meta.url)));

/** All the rows of this bench, in a minute. */
export async function benchGravity(): Promise<BenchRow[]> {
  return [...(await benchAgainstC()), ...(await benchPlain()), await benchCost()];
}

/** A Plummer sphere, and as many steps as are a round's work. */
function sphere(particles: number): GravityParameters {
  const steps = Math.max(1, Math.round(PAIRS_A_ROUND / pairsOf(particles)));
  return v.parse(gravity.parameters, { particles, steps, timestep: 1e-4, thermo_every: 1e9 });
}

/** A kernel with the forces of the start, in which no step of the round is the last one, which has a row. */
function prepared(parameters: GravityParameters): GravityKernel {
  const instantiate = (name: string) => instantiateKernel(kernels, name) as never;
  const kernel = startGravity({ instantiate }, { ...parameters, steps: parameters.steps + 1 });
  kernel.prepare(2 ** 31);
  return kernel;
}

/** Milliseconds of all steps, without the start and its forces. */
function timeKernel(parameters: GravityParameters): number {
  const kernel = prepared(parameters);
  return elapsedMs(() => kernel.step(parameters.steps * kernel.tilesAStep()));
}

function bodiesOf(parameters: GravityParameters): Bodies {
  const count = parameters.particles;
  const numbers = snapshotOf(prepared(parameters), count).slice();
  const masses = new Float64Array(count).fill(1 / count);
  return { masses, positions: numbers.subarray(0, 3 * count), velocities: numbers.subarray(3 * count) };
}

/** The kernel against C, both ways of writing it down. */
async function benchAgainstC(): Promise<BenchRow[]> {
  if (spawnSync('gcc', ['--version']).status !== 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'gravity-'));
  try {
    const program = join(folder, 'gravity');
    const source = fileURLToPath(new URL('gravity.c', import.meta.url));
    execFileSync('gcc', ['-O3', '-march=native', source, '-o', program, '-lm']);
    const rows: BenchRow[] = [];
    for (const particles of [100, 1000, 10_000]) rows.push(...(await compareWithC(program, sphere(particles))));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareWithC(program: string, parameters: GravityParameters): Promise<BenchRow[]> {
  const input = startOf(parameters);
  const expected = kineticAfter(parameters);
  const { kernel, once, twice } = await interleave(ROUNDS, {
    kernel: () => timeKernel(parameters),
    once: () => timeC(program, 'once', parameters, input, expected),
    twice: () => timeC(program, 'twice', parameters, input, expected),
  });
  const row = (way: string, c: number[]): BenchRow => ({
    what: `kernel against C, ${parameters.particles} bodies, pairs ${way}`,
    value: medianRatio(c, kernel),
    unit: '× its speed',
    spread: spread(kernel),
    bound: { atLeast: 0.5 },
    note: `${parameters.steps} steps, double precision, ${pairRate(kernel, parameters)} against ${pairRate(c, parameters)} (gcc -O3 -march=native)`,
  });
  return [row('once', once), row('twice, vectorised', twice)];
}

/** Masses, positions and velocities, as `gravity.c` reads them. */
function startOf(parameters: GravityParameters): Buffer {
  const { masses, positions, velocities } = bodiesOf(parameters);
  return Buffer.from(new Float64Array([...masses, ...positions, ...velocities]).buffer);
}

function kineticAfter(parameters: GravityParameters): number {
  const kernel = prepared(parameters);
  kernel.step(parameters.steps * kernel.tilesAStep());
  return kernel.kineticEnergy();
}

/** Milliseconds in C. @throws Error when the bodies do not move as in the kernel. */
function timeC(program: string, way: string, given: GravityParameters, input: Buffer, expected: number): number {
  const args = [way, ...[given.particles, given.steps, given.timestep, given.softening].map(String)];
  const [elapsed, kinetic] = execFileSync(program, args, { input, encoding: 'utf8' }).trim().split(' ').map(Number);
  if (!(Math.abs(kinetic! / expected - 1) < 1e-9))
    throw new Error(`C ends with ${kinetic}, the kernel with ${expected}`);
  return elapsed!;
}

/** The kernel against a double loop in plain TypeScript. */
async function benchPlain(): Promise<BenchRow[]> {
  const parameters = sphere(1000);
  const start = bodiesOf(parameters);
  const { softening, timestep, steps } = parameters;
  const { kernel, plain } = await interleave(ROUNDS, {
    kernel: () => timeKernel(parameters),
    plain: () => {
      const bodies = { ...start, positions: start.positions.slice(), velocities: start.velocities.slice() };
      return elapsedMs(() => leap(bodies, softening, timestep, steps));
    },
  });
  const note = `${steps} steps, ${pairRate(kernel, parameters)} against ${pairRate(plain, parameters)}`;
  return [
    {
      what: 'kernel against plain TypeScript, 1000 bodies',
      value: medianRatio(plain, kernel),
      unit: '×',
      spread: spread(kernel),
      note,
    },
  ];
}

/** How far the time of a step is from what the cost model says, in proportion to that of 2000 bodies. */
async function benchCost(): Promise<BenchRow> {
  const sizes = [32, 100, 300, 1000, 5000, 20_000];
  const candidates = Object.fromEntries([2000, ...sizes].map((particles) => [particles, () => timeACost(particles)]));
  const times = await interleave(ROUNDS, candidates);
  const ratios = sizes.map((particles) => medianRatio(times[particles]!, times[2000]!));
  const shown = sizes.map((particles, index) => `${particles}: ${percent(ratios[index]! - 1)}`).join(', ');
  return {
    what: 'a step off its estimate',
    value: 100 * Math.max(...ratios.map((ratio) => Math.abs(ratio - 1))),
    unit: '%',
    bound: { atMost: 5 },
    note: `largest of ${shown}; against 2000 bodies`,
  };
}

/** Nanoseconds that a unit of cost takes. */
function timeACost(particles: number): number {
  const parameters = sphere(particles);
  return (timeKernel(parameters) * 1e6) / (parameters.steps * stepCost(particles));
}

function pairRate(milliseconds: readonly number[], { particles, steps }: GravityParameters): string {
  return `${((steps * pairsOf(particles)) / median(milliseconds) / 1000).toFixed(0)} million pairs/s`;
}

function percent(part: number): string {
  return `${part < 0 ? '−' : '+'}${(100 * Math.abs(part)).toFixed(1)} %`;
}

if (import.meta.main) process.exitCode = printRows(await benchGravity()) ? 0 : 1;
