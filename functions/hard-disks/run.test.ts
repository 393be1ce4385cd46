import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { benchmark } from '../benchmark/declaration.ts';
import { runBenchmark } from '../benchmark/run.ts';
import { benchmarkWasm } from '../benchmark_wasm/declaration.ts';
import { runBenchmarkWasm } from '../benchmark_wasm/run.ts';
import { testContext } from '../test-context.ts';
import { hardDiskParameters } from './parameters.ts';
import { hardDiskResult } from './result.ts';
import { stateBytesOf } from './state.ts';
import { pairsOf } from './work.ts';

const functions = [
  { name: 'benchmark', run: runBenchmark, declaration: benchmark },
  { name: 'benchmark_wasm', run: runBenchmarkWasm, declaration: benchmarkWasm },
];
/** Crowded enough for several slices of either function, small enough for a test. */
const parameters = v.parse(hardDiskParameters, { particles: 600, steps: 130, width: 200, height: 200 });
const reference = runBenchmarkWasm(parameters, testContext());

describe.each(functions)('$name', ({ run, declaration }) => {
  test('answers what its result schema says, and how much work that was', async () => {
    const { result, amounts } = await run({ ...parameters, steps: 3 }, testContext());
    expect(v.parse(hardDiskResult, result)).toEqual(result);
    expect(amounts).toEqual({ steps: 3, pair_checks: 3 * pairsOf(600) });
  });

  test('answers the start after no steps', async () => {
    const { result } = await run({ ...parameters, steps: 0 }, testContext());
    expect(result.digest).toBe(result.initial_digest);
    expect(result.particle_collisions).toBe(0);
  });

  test('reports progress in slices, to the last step', async () => {
    const reports: number[] = [];
    await run(parameters, testContext({ progress: (done) => reports.push(done) }));
    expect(reports.length).toBeGreaterThan(1);
    expect(reports).toEqual(reports.toSorted((a, b) => a - b));
    expect(reports.at(-1)).toBe(130);
  });

  test('stops when it is told to', () => {
    let looks = 0;
    const throwIfAborted = () => {
      looks += 1;
      if (looks === 2) throw new Error('told to stop');
    };
    expect(() => run(parameters, testContext({ signal: { aborted: false, throwIfAborted } }))).toThrow('told to stop');
  });

  test.each(functions)('goes on from every checkpoint of $name with the same bits', async ({ run: checkpointed }) => {
    const checkpoints: Uint8Array[] = [];
    await checkpointed(parameters, testContext({ checkpoint: (capture) => checkpoints.push(capture()) }));
    expect(checkpoints.length).toBeGreaterThan(1);
    for (const resumeFrom of checkpoints) {
      const { result } = await run(parameters, testContext({ resumeFrom }));
      expect(result).toEqual((await reference).result);
    }
  });

  test('refuses a checkpoint of another simulation', () => {
    expect(() => run(parameters, testContext({ resumeFrom: new Uint8Array(64) }))).toThrow('64 bytes');
  });

  test('costs more with more disks and more steps, and holds at least its state', () => {
    const larger = { ...parameters, particles: 1200 };
    expect(declaration.cost(larger)).toBeGreaterThan(declaration.cost(parameters));
    expect(declaration.cost({ ...parameters, steps: 131 })).toBeGreaterThan(declaration.cost(parameters));
    expect(declaration.memory(larger)).toBeGreaterThan(2 * stateBytesOf(1200));
  });
});

test('the kernel costs in proportion to the disks at one density, and no more than the pairs in a crowd', () => {
  const cost = (particles: number, side: number) =>
    benchmarkWasm.cost({ ...parameters, particles, width: side, height: side, steps: 1_000_000 });
  expect(cost(40_000, 10_000) / cost(10_000, 5000)).toBeCloseTo(4, 2);
  expect(cost(40_000, 10) / cost(10_000, 10)).toBeCloseTo(16, 0);
});
