import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { testContext } from '../test-context.ts';
import { type EdmdParameters, hardDisksEdmd } from './declaration.ts';
import { runHardDisksEdmd } from './run.ts';

const given = (fields: Partial<EdmdParameters>) => v.parse(hardDisksEdmd.parameters, fields);
const run = async (fields: Partial<EdmdParameters>, context = testContext()) =>
  (await runHardDisksEdmd(given(fields), context)).result;

/** Several slices, and a moment's work. */
const short = { particles: 200, packing_fraction: 0.5, steps: 50_000, equilibration_steps: 1000 };

describe('the pressure', () => {
  const densities = [0.1, 0.3, 0.5].map((packing_fraction) => ({ packing_fraction }));
  test.each(densities)("is near Henderson's at η = $packing_fraction: 2 in 100", async ({ packing_fraction }) => {
    const result = await run({ packing_fraction, steps: 300_000 });
    expect(Math.abs(result.relative_deviation)).toBeLessThan(0.02);
    expect(result.compressibility_error).toBeGreaterThan(0);
    expect(result.compressibility_error! / result.compressibility).toBeLessThan(0.01);
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('does not depend on the temperature but by its unit', async () => {
    const [cold, hot] = [await run({ ...short, temperature: 1 }), await run({ ...short, temperature: 4 })];
    expect(hot.pressure / cold.pressure).toBeCloseTo(4, 12);
    expect(cold.time / hot.time).toBeCloseTo(2, 12);
  });

  test('has no error when the steps are too few to say', async () => {
    const result = await run({ ...short, steps: 7 });
    expect(result.compressibility_error).toBeNull();
    expect(v.parse(hardDisksEdmd.result, result)).toEqual(result);
  });
});

describe('the function', () => {
  test('answers what its result schema says, and how much work that was', async () => {
    const { result, amounts } = await runHardDisksEdmd(given(short), testContext());
    expect(v.parse(hardDisksEdmd.result, result)).toEqual(result);
    expect(amounts).toEqual({ collisions: 51_000 });
    expect(result.collisions).toBe(51_000);
    expect(result.digest).not.toBe(result.initial_digest);
    expect(result.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['energy_drift', true],
      ['momentum', true],
      ['overlap', true],
    ]);
  });

  test('reports progress in slices, to the last step', async () => {
    const reports: number[] = [];
    await run(short, testContext({ progress: (done) => reports.push(done) }));
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.at(-1)).toBe(51_000);
  });

  test('stops when it is told to', async () => {
    let looks = 0;
    const throwIfAborted = () => {
      if (++looks === 2) throw new Error('told to stop');
    };
    await expect(() => run(short, testContext({ signal: { aborted: false, throwIfAborted } }))).rejects.toThrow(
      'told to',
    );
  });

  test('goes on from every checkpoint with the same bits', async () => {
    const checkpoints: Uint8Array[] = [];
    const whole = await run(short, testContext({ checkpoint: (capture) => checkpoints.push(capture()) }));
    expect(checkpoints.length).toBeGreaterThan(2);
    for (const resumeFrom of checkpoints) expect(await run(short, testContext({ resumeFrom }))).toEqual(whole);
  });

  test('costs more with more collisions, more disks, and less density', () => {
    const cost = (fields: Partial<EdmdParameters>) => hardDisksEdmd.cost(given({ ...short, ...fields }));
    expect(cost({ steps: 60_000 })).toBeGreaterThan(cost({}));
    expect(cost({ particles: 201 })).toBeGreaterThan(cost({}));
    expect(cost({ packing_fraction: 0.1 })).toBeGreaterThan(cost({}));
  });

  test.each([
    { given: { particles: 15 }, says: 'particles must be a whole number from 16 to 1000000 (given 15)' },
    { given: { packing_fraction: 0.8 }, says: 'packing_fraction must be a number from 0.001 to 0.7 (given 0.8)' },
    { given: { num_pasos: 0 }, says: 'num_pasos must be a whole number from 1 to 1000000000 (given 0)' },
    { given: { temperature: -1 }, says: 'temperature must be a number from 0.000001 to 1000000 (given -1)' },
  ])('refuses in words that say what is allowed: $says', ({ given, says }) => {
    const checked = checkParameters(hardDisksEdmd, given);
    expect(checked.ok ? [] : checked.faults.map(({ detail }) => detail)).toEqual([says]);
  });
});
