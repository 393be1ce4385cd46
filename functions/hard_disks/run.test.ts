import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { InvocationContext } from '../../runtime/function/context.ts';
import { instantiateKernel } from '../../runtime/function/kernel.ts';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { runBenchmarkWasm } from '../benchmark_wasm/run.ts';
import { testContext, testKernels } from '../test-context.ts';
import { hardDisks, type LargeHardDiskParameters } from './declaration.ts';
import { runHardDisks } from './run.ts';

const given = (fields: Partial<LargeHardDiskParameters>) => v.parse(hardDisks.parameters, fields);
const run = async (fields: Partial<LargeHardDiskParameters>, context = testContext()) =>
  (await runHardDisks(given(fields), context)).result;

const inelastic = { wall_restitution: 0.8, particle_restitution: 0.9 };
/** At the default density; several slices, and a moment's work. */
const small = { particles: 2000, width: 1000, height: 960, steps: 350, thermo_every: 40 };

describe('the simulation', () => {
  test.each([
    { name: 'elastic', fields: { ...small } },
    { name: 'inelastic', fields: { ...small, ...inelastic } },
    { name: 'large', fields: { steps: 20, ...inelastic } },
  ])('is that of benchmark_wasm: $name', async ({ fields }) => {
    const { thermo_every: _, trajectory_every: __, ...parameters } = given(fields);
    const expected = (await runBenchmarkWasm(parameters, testContext())).result;
    const result = await run(fields);
    expect(result).toMatchObject(expected);
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('keeps its energy when elastic, and says so', async () => {
    const { checks, thermo } = await run(small);
    expect(checks.map(({ name }) => name)).toEqual(['centre_outside', 'energy_rise', 'energy_drift']);
    expect(thermo.at(-1)!.kinetic_energy / thermo[0]!.kinetic_energy).toBeCloseTo(1, 12);
    expect(thermo.at(-1)!.particle_collisions).toBeGreaterThan(1000);
  });

  test('loses energy from row to row when not', async () => {
    const { checks, thermo } = await run({ ...small, ...inelastic });
    const energies = thermo.map(({ kinetic_energy }) => kinetic_energy);
    expect(checks.map(({ name }) => name)).toEqual(['centre_outside', 'energy_rise']);
    expect(energies).toEqual(energies.toSorted((a, b) => b - a));
    expect(energies.at(-1)!).toBeLessThan(0.9 * energies[0]!);
  });

  test('is called suspect in a box so crowded that disks are pushed out of it', async () => {
    const { checks } = await run({ particles: 2000, width: 100, height: 100, steps: 5 });
    expect(checks.find(({ name }) => name === 'centre_outside')?.ok).toBe(false);
  });

  test('is a matter of course with nothing that moves', async () => {
    const { checks } = await run({ ...small, max_speed: 0, steps: 3 });
    expect(checks.every(({ ok }) => ok)).toBe(true);
  });
});

describe('the rows', () => {
  test.each([
    { steps: 0, thermo_every: 10, rows: [0] },
    { steps: 25, thermo_every: 10, rows: [0, 10, 20, 25] },
    { steps: 30, thermo_every: 10, rows: [0, 10, 20, 30] },
    { steps: 3, thermo_every: 100, rows: [0, 3] },
  ])('are at the start, every $thermo_every of $steps steps, and at the end', async ({ rows, ...fields }) => {
    const { thermo } = await run({ ...small, ...fields });
    expect(thermo.map(({ step }) => step)).toEqual(rows);
  });
});

describe('the trajectory', () => {
  const recorded = { ...small, particles: 20, width: 100, height: 100, trajectory_every: 100 };

  /** Runs, and gives what was appended to `trajectory.xyz`, with its length at every checkpoint. */
  async function record(overrides: Partial<InvocationContext> = {}) {
    const pieces: (string | Uint8Array)[] = [];
    const checkpoints: { state: Uint8Array; length: number }[] = [];
    const artifact = (name: string) => {
      expect(name).toBe('trajectory.xyz');
      return { append: (piece: string | Uint8Array) => void pieces.push(piece) };
    };
    const checkpoint = (capture: () => Uint8Array) =>
      void checkpoints.push({ state: capture(), length: pieces.join('').length });
    await run(recorded, testContext({ artifact, checkpoint, ...overrides }));
    return { text: pieces.join(''), checkpoints };
  }

  test('is the start and every hundredth step', async () => {
    const { text } = await record();
    expect([...text.matchAll(/Step=(\d+)/g)].map(([, step]) => Number(step))).toEqual([0, 100, 200, 300]);
    expect(text.split('\n')).toHaveLength(4 * 22 + 1);
  });

  test('goes on after every checkpoint without a gap or a repeat', async () => {
    const { text, checkpoints } = await record();
    expect(checkpoints.length).toBeGreaterThan(3);
    for (const { state, length } of checkpoints)
      expect(text.slice(0, length) + (await record({ resumeFrom: state })).text).toBe(text);
  });

  test('is none unless asked for', async () => {
    const artifact = () => expect.unreachable();
    await run({ ...recorded, trajectory_every: 0 }, testContext({ artifact }));
  });
});

describe('the function', () => {
  test('answers what its result schema says, and how much work that was', async () => {
    const { result, amounts } = await runHardDisks(given({ ...small, steps: 3 }), testContext());
    expect(v.parse(hardDisks.result, result)).toEqual(result);
    expect(amounts).toEqual({ steps: 3, pair_checks: 3 * 1000 * 1999 });
  });

  test('reports progress in slices, to the last step, with what is worth watching', async () => {
    const reports: number[] = [];
    const progress = (done: number, total: number, observables = {}) => {
      reports.push(done);
      expect(total).toBe(350);
      expect(Object.keys(observables)).toEqual(['kinetic_energy', 'particle_collisions', 'wall_collisions']);
    };
    await run(small, testContext({ progress }));
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.at(-1)).toBe(350);
  });

  test('stops when it is told to', async () => {
    let looks = 0;
    const throwIfAborted = () => {
      if (++looks === 2) throw new Error('told to stop');
    };
    const stopped = run(small, testContext({ signal: { aborted: false, throwIfAborted } }));
    await expect(stopped).rejects.toThrow('told to stop');
  });

  test('goes on from every checkpoint with the same bits and all rows', async () => {
    const checkpoints: Uint8Array[] = [];
    const whole = await run(small, testContext({ checkpoint: (capture) => checkpoints.push(capture()) }));
    expect(checkpoints.length).toBeGreaterThan(8);
    for (const resumeFrom of checkpoints) expect(await run(small, testContext({ resumeFrom }))).toEqual(whole);
  });

  test('refuses a checkpoint of another simulation', async () => {
    await expect(run(small, testContext({ resumeFrom: new Uint8Array(64) }))).rejects.toThrow('64 bytes');
    const other = new Uint8Array(32 + 32 * 2000 + 32);
    await expect(run(small, testContext({ resumeFrom: other }))).rejects.toThrow('another number of disks');
  });

  test('costs in proportion to disks at one density, and holds no more memory than it says', async () => {
    const cost = (particles: number, side: number) =>
      hardDisks.cost(given({ ...small, particles, width: side, height: side, steps: 1_000_000, thermo_every: 100 }));
    expect(cost(400_000, 10_000) / cost(100_000, 5000)).toBeCloseTo(4, 2);
    let bytes = 0;
    const instantiate: ReturnType<typeof testContext>['instantiate'] = (name) => {
      const kernel = instantiateKernel(testKernels(), name);
      queueMicrotask(() => {
        bytes = kernel.memory.buffer.byteLength;
      });
      return kernel as never;
    };
    await run({ steps: 0 }, testContext({ instantiate }));
    expect(bytes).toBeGreaterThan(100_000 * 32);
    expect(bytes).toBeLessThanOrEqual(hardDisks.memory(given({ steps: 0 })));
  });

  test.each([
    { given: { particles: 0 }, says: 'particles must be a whole number from 1 to 10000000 (given 0)' },
    { given: { thermo_every: 0 }, says: 'thermo_every must be a whole number from 1 to 1000000000 (given 0)' },
    {
      given: { num_pasos: 1_000_001 },
      says: 'thermo_every must be at least 101 for 1000001 steps: 10000 rows (given 100)',
    },
    {
      given: { radius: 3001 },
      says: 'radius must be at most half of the width and of the height, so that a disk fits in the box (given 3001)',
    },
  ])('refuses in words that say what is allowed: $says', ({ given, says }) => {
    const checked = checkParameters(hardDisks, given);
    expect(checked.ok ? [] : checked.faults.map(({ detail }) => detail)).toEqual([says]);
  });
});
