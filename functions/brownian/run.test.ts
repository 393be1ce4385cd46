import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { testContext } from '../test-context.ts';
import { type BrownianParameters, brownian } from './declaration.ts';
import { runBrownian } from './run.ts';

const given = (fields: Partial<BrownianParameters>) => v.parse(brownian.parameters, fields);
const run = async (fields: Partial<BrownianParameters>, context = testContext()) =>
  (await runBrownian(given(fields), context)).result;

/** Several slices, and a moment's work; an odd number of coordinates. */
const short = { particles: 2001, dimensions: 3, steps: 150, model: 'underdamped', potential: 'harmonic' } as const;

const models: Partial<BrownianParameters>[] = [
  { model: 'overdamped', potential: 'free' },
  { model: 'overdamped', potential: 'harmonic', stiffness: 3 },
  { model: 'underdamped', potential: 'free', mass: 0.5 },
  { model: 'underdamped', potential: 'harmonic' },
];

describe.each(models)('$model particles, $potential', (fields) => {
  test.each([
    { dimensions: 1, timestep: 0.01 },
    { dimensions: 2, timestep: 0.05, temperature: 2.5, friction: 3 },
    { dimensions: 3, timestep: 2, friction: 0.7 },
  ])('spread as theory says: $dimensions dimensions, time step $timestep', async (more) => {
    const result = await run({ particles: 4000, steps: 80, ...fields, ...more });
    expect(result.checks.filter(({ ok, value }) => !ok || value > 5)).toEqual([]);
    expect(result.msd).toHaveLength(50);
    for (const { msd, theory, standard_error } of result.msd) {
      expect(Math.abs(msd - theory) / standard_error).toBeLessThan(5);
    }
    const inBins = result.distribution.reduce((sum, { count }) => sum + count, 0);
    expect(inBins + result.outside).toBe(4000 * more.dimensions);
  });
});

describe('the diffusion coefficient', () => {
  test.each(['overdamped', 'underdamped'] as const)("is Einstein's when %s", async (model) => {
    const result = await run({ model, particles: 20_000, friction: 4, temperature: 2, steps: 100, timestep: 0.1 });
    expect(result.einstein).toBe(0.5);
    expect(Math.abs(result.diffusion_coefficient! - 0.5) / result.diffusion_coefficient_error!).toBeLessThan(4);
    expect(result.diffusion_coefficient_error!).toBeLessThan(0.01);
  });

  test('is not told in a trap', async () => {
    const result = await run({ potential: 'harmonic', steps: 3, particles: 10 });
    expect([result.diffusion_coefficient, result.diffusion_coefficient_error]).toEqual([null, null]);
  });
});

describe('the function', () => {
  test.each(models)('answers what its result schema says: $model, $potential', async (fields) => {
    const { result, amounts } = await runBrownian(given({ ...fields, particles: 10, steps: 7 }), testContext());
    expect(v.parse(brownian.result, result)).toEqual(result);
    expect(amounts).toEqual({ steps: 7, particle_steps: 70 });
    expect(result.msd.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result.digest).not.toBe(result.initial_digest);
  });

  test('looks evenly, and at the end', async () => {
    const result = await run({ particles: 10, steps: 10, samples: 4 });
    expect(result.msd.map(({ step }) => step)).toEqual([2, 5, 7, 10]);
  });

  test('reports progress in slices, to the last step', async () => {
    const reports: number[] = [];
    await run(short, testContext({ progress: (done) => reports.push(done) }));
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.at(-1)).toBe(150);
  });

  test('stops when it is told to', async () => {
    let looks = 0;
    const throwIfAborted = () => {
      if (++looks === 2) throw new Error('told to stop');
    };
    const stopped = run(short, testContext({ signal: { aborted: false, throwIfAborted } }));
    await expect(stopped).rejects.toThrow('told to stop');
  });

  test.each(models)('goes on from every checkpoint with the same bits: $model, $potential', async (fields) => {
    const parameters = { ...short, ...fields, particles: 5001 };
    const checkpoints: Uint8Array[] = [];
    const whole = await run(parameters, testContext({ checkpoint: (capture) => checkpoints.push(capture()) }));
    expect(checkpoints.length).toBeGreaterThan(2);
    for (const resumeFrom of checkpoints) expect(await run(parameters, testContext({ resumeFrom }))).toEqual(whole);
  });

  test('costs more with more steps, more particles, and inertia', () => {
    const cost = (fields: Partial<BrownianParameters>) => brownian.cost(given({ ...short, ...fields }));
    expect(cost({ steps: 151 })).toBeGreaterThan(cost({}));
    expect(cost({ particles: 3000 })).toBeGreaterThan(cost({}));
    expect(cost({ model: 'overdamped' })).toBeLessThan(cost({}));
  });

  test.each([
    { given: { particles: 9 }, says: 'particles must be a whole number from 10 to 10000000 (given 9)' },
    { given: { dimensions: 4 }, says: 'dimensions must be a whole number from 1 to 3 (given 4)' },
    { given: { model: 'damped' }, says: 'model must be overdamped or underdamped (given "damped")' },
    { given: { potential: 'box' }, says: 'potential must be free or harmonic (given "box")' },
    { given: { timestep: 0 }, says: 'timestep must be a number from 0.0001 to 100 (given 0)' },
    { given: { friction: Number.NaN }, says: 'friction must be a number from 0.01 to 10000 (given NaN)' },
  ])('refuses in words that say what is allowed: $says', ({ given, says }) => {
    const checked = checkParameters(brownian, given);
    expect(checked.ok ? [] : checked.faults.map(({ detail }) => detail)).toEqual([says]);
  });
});
