/**
 * The hard-disk kernel against its own double loop, against the same algorithm in C, and against plain TypeScript.
 *
 *     node scripts/bench/hard-disks.ts
 *
 * Needs a build, and gcc for the part in C, which is left out where there is none.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { runBenchmark } from '../../functions/benchmark/run.ts';
import { runBenchmarkWasm } from '../../functions/benchmark_wasm/run.ts';
import { type HardDisksKernel, startHardDisks, stateOf } from '../../functions/hard-disks/kernel.ts';
import { type HardDiskParameters, hardDiskParameters } from '../../functions/hard-disks/parameters.ts';
import { STATE_HEADER_BYTES } from '../../functions/hard-disks/state.ts';
import { testContext } from '../../functions/test-context.ts';
import { type BenchRow, elapsedMs, interleave, median, medianRatio, printRows, spread } from './lib/measure.ts';

const ROUNDS = 9;
/** Milliseconds that the original's Cython took for 100 disks and 1000 steps. */
const CYTHON_MS = 4460;

const context = testContext();

/** All the rows of this bench, in some half a minute. */
export async function benchHardDisks(): Promise<BenchRow[]> {
  return [...(await benchFunctions()), ...(await benchGrid()), ...(await benchGrowth()), ...(await benchAgainstC())];
}

/** So many disks at the default density, in a box of the default shape. */
function atDefaultDensity(particles: number, steps: number): HardDiskParameters {
  const scale = Math.sqrt(particles / 100);
  return v.parse(hardDiskParameters, { particles, steps, width: 800 * scale, height: 600 * scale });
}

/** Whole invocations without the host: `benchmark_wasm` against `benchmark`. */
async function benchFunctions(): Promise<BenchRow[]> {
  const parameters = atDefaultDensity(100, 1000);
  const { wasm, plain } = await interleave(ROUNDS, {
    wasm: () => elapsedMs(() => runBenchmarkWasm(parameters, context)),
    plain: () => elapsedMs(() => runBenchmark(parameters, context)),
  });
  const note = `100 × 1000, medians of ${ROUNDS} rounds, spread ${percent(spread(wasm))}`;
  return [
    { what: 'benchmark_wasm', value: median(wasm), unit: 'ms', bound: { atMost: CYTHON_MS / 300 }, note },
    { what: 'benchmark_wasm against benchmark', value: medianRatio(plain, wasm), unit: '×', note },
  ];
}

/** The neighbour grid against the double loop of the same kernel. */
async function benchGrid(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [particles, steps] of [
    [500, 200],
    [2000, 40],
    [20_000, 8],
  ] as const) {
    const parameters = atDefaultDensity(particles, steps);
    const { grid, pairs } = await interleave(particles > 10_000 ? 3 : ROUNDS, {
      grid: () => timeSteps(parameters, (kernel) => kernel.step(steps)),
      pairs: () => timeSteps(parameters, (kernel) => kernel.stepBruteForce(steps)),
    });
    rows.push({
      what: `grid against brute force, ${particles} disks`,
      value: medianRatio(pairs, grid),
      unit: '×',
      ...(particles === 2000 && { bound: { atLeast: 10 } }),
      note: `${steps} steps from the start, ${perDiskStep(grid, parameters)} against ${perDiskStep(pairs, parameters)}`,
    });
  }
  return rows;
}

/** How the time of a step grows with the disks, at one density: the exponent between 500 and 20 000, and beyond. */
async function benchGrowth(): Promise<BenchRow[]> {
  const sizes = [500, 20_000, 100_000].map((particles) => atDefaultDensity(particles, 100));
  const { few, many, more } = await interleave(ROUNDS, {
    few: () => timeSteps(sizes[0]!, (kernel) => kernel.step(100)),
    many: () => timeSteps(sizes[1]!, (kernel) => kernel.step(100)),
    more: () => timeSteps(sizes[2]!, (kernel) => kernel.step(100)),
  });
  const note = `100 steps, ${perDiskStep(few, sizes[0]!)}, ${perDiskStep(many, sizes[1]!)}, ${perDiskStep(more, sizes[2]!)}`;
  const exponent = Math.log(medianRatio(many, few)) / Math.log(20_000 / 500);
  const further = Math.log(medianRatio(more, few)) / Math.log(100_000 / 500);
  return [
    { what: 'growth exponent, 500 to 20 000 disks', value: exponent, unit: '', bound: { atMost: 1.1 }, note },
    { what: 'growth exponent, 500 to 100 000 disks', value: further, unit: '', note },
  ];
}

/** The kernel against the same algorithm in C, which must come to the same bits. */
async function benchAgainstC(): Promise<BenchRow[]> {
  if (spawnSync('gcc', ['--version']).status !== 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'hard-disks-'));
  try {
    const program = compileC(folder);
    const rows: BenchRow[] = [];
    for (const parameters of [
      atDefaultDensity(100, 20_000),
      atDefaultDensity(2000, 500),
      atDefaultDensity(20_000, 50),
    ]) {
      rows.push(await compareWithC(program, parameters));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compileC(folder: string): string {
  const program = join(folder, 'hard-disks');
  const source = fileURLToPath(new URL('hard-disks.c', import.meta.url));
  execFileSync('gcc', ['-O3', '-march=native', '-ffp-contract=off', source, '-o', program, '-lm']);
  return program;
}

async function compareWithC(program: string, parameters: HardDiskParameters): Promise<BenchRow> {
  const { particles, steps, seed, width, height } = parameters;
  const inC = () => {
    const output = execFileSync(program, [particles, steps, seed, width, height].map(String), { encoding: 'utf8' });
    const [elapsed, checksum] = output.trim().split(' ');
    if (checksum !== ours) throw new Error(`C ends with ${checksum}, the kernel with ${ours}`);
    return Number(elapsed);
  };
  const ours = checksumAfter(parameters);
  const { kernel, c } = await interleave(ROUNDS, {
    kernel: () => timeSteps(parameters, (started) => started.step(steps)),
    c: inC,
  });
  return {
    what: `kernel against C, ${particles} disks`,
    value: medianRatio(c, kernel),
    unit: '× its speed',
    bound: { atLeast: 0.7 },
    note: `${steps} steps, same bits, ${perDiskStep(kernel, parameters)} against ${perDiskStep(c, parameters)} (gcc -O3 -march=native)`,
  };
}

/** FNV-1a over positions and velocities, as `hard-disks.c` prints it. */
function checksumAfter(parameters: HardDiskParameters): string {
  const kernel = startHardDisks(context, parameters);
  kernel.step(parameters.steps);
  let hash = 0xcbf29ce484222325n;
  for (const byte of stateOf(kernel).subarray(STATE_HEADER_BYTES)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Milliseconds of steps from the start, without the start. */
function timeSteps(parameters: HardDiskParameters, run: (kernel: HardDisksKernel) => void): number {
  const kernel = startHardDisks(context, parameters);
  return elapsedMs(() => run(kernel));
}

function perDiskStep(milliseconds: readonly number[], { particles, steps }: HardDiskParameters): string {
  return `${((median(milliseconds) * 1e6) / particles / steps).toFixed(1)} ns a disk and step`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

if (import.meta.main) process.exitCode = printRows(await benchHardDisks()) ? 0 : 1;
