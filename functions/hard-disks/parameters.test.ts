import { describe, expect, test } from 'vitest';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { benchmark } from '../benchmark/declaration.ts';

const defaults = {
  particles: 100,
  steps: 1000,
  seed: 42,
  width: 800,
  height: 600,
  radius: 5,
  timestep: 0.1,
  max_speed: 20,
  wall_restitution: 0.8,
  particle_restitution: 0.9,
};

describe('the parameters of hard disks', () => {
  test('default to the constants of the original', () => {
    expect(checkParameters(benchmark, {})).toEqual({ ok: true, parameters: defaults });
  });

  test('may be spelled as the original spells them', () => {
    const given = { num_particulas: 7, num_pasos: 8, semilla: 9 };
    expect(checkParameters(benchmark, given)).toMatchObject({
      ok: true,
      parameters: { particles: 7, steps: 8, seed: 9 },
    });
  });

  test.each([
    { particles: 1 },
    { particles: 10_000_000 },
    { steps: 0 },
    { seed: 4_294_967_295 },
    { radius: 300 },
    { wall_restitution: 0, particle_restitution: 1 },
    { timestep: 0, max_speed: 0 },
  ])('may be at their bounds: %o', (given) => {
    expect(checkParameters(benchmark, given).ok).toBe(true);
  });

  test.each([
    { given: { particles: 0 }, says: 'particles must be a whole number from 1 to 10000000 (given 0)' },
    { given: { particles: 1.5 }, says: 'particles must be a whole number from 1 to 10000000 (given 1.5)' },
    { given: { particles: '100' }, says: 'particles must be a whole number from 1 to 10000000 (given "100")' },
    { given: { num_pasos: -1 }, says: 'num_pasos must be a whole number from 0 to 1000000000 (given -1)' },
    { given: { seed: 4_294_967_296 }, says: 'seed must be a whole number from 0 to 4294967295 (given 4294967296)' },
    { given: { width: Number.NaN }, says: 'width must be a number from 0.001 to 1000000000 (given NaN)' },
    { given: { height: Infinity }, says: 'height must be a number from 0.001 to 1000000000 (given Infinity)' },
    { given: { max_speed: -Infinity }, says: 'max_speed must be a number from 0 to 1000000000 (given -Infinity)' },
    { given: { wall_restitution: 1.1 }, says: 'wall_restitution must be a number from 0 to 1 (given 1.1)' },
    {
      given: { radius: 301 },
      says: 'radius must be at most half of the width and of the height, so that a disk fits in the box (given 301)',
    },
  ])('are refused in words that say what is allowed: $says', ({ given, says }) => {
    const checked = checkParameters(benchmark, given);
    expect(checked.ok ? [] : checked.faults.map(({ detail }) => detail)).toEqual([says]);
  });
});
