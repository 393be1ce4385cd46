import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { type GravityParameters, gravity } from './declaration.ts';
import { pair } from './test-bodies.ts';

const given = (fields: Partial<GravityParameters>) => v.parse(gravity.parameters, fields);

describe('the declaration', () => {
  test('costs in proportion to pairs and steps', () => {
    const cost = (fields: Partial<GravityParameters>) => gravity.cost(given({ thermo_every: 1e6, ...fields }));
    expect(cost({ particles: 20_000, steps: 1000 }) / cost({ particles: 10_000, steps: 1000 })).toBeCloseTo(4, 1);
    expect(cost({ steps: 100_000 }) / cost({ steps: 50_000 })).toBeCloseTo(2, 1);
    expect(cost({ ...pair, steps: 1000 })).toBeLessThan(cost({ particles: 3, steps: 1000 }));
    expect(cost({ thermo_every: 100 })).toBeGreaterThan(cost({}));
    expect(cost({ trajectory_every: 100 })).toBeGreaterThan(cost({}));
  });

  test('goes by each of its parameters’ names', () => {
    for (const name of ['particles', 'bodies', 'num_particulas']) {
      const checked = checkParameters(gravity, { [name]: 77, num_pasos: 3, semilla: 1 });
      expect(checked).toMatchObject({ ok: true, parameters: { particles: 77, steps: 3, seed: 1 } });
    }
  });

  const { masses, positions, velocities } = pair.configuration;
  test.each([
    { given: { bodies: 1 }, says: 'bodies must be a whole number from 2 to 1000000 (given 1)' },
    { given: { timestep: 0 }, says: 'timestep must be a number from 1e-9 to 1000 (given 0)' },
    { given: { softening: Number.NaN }, says: 'softening must be a number from 0 to 1000 (given NaN)' },
    { given: { start: 'cold' }, says: 'start must be plummer, collision or given (given "cold")' },
    {
      given: { num_pasos: 1_000_001 },
      says: 'thermo_every must be at least 101 for 1000001 steps: 10000 rows (given 100)',
    },
    {
      given: { start: 'given' },
      says: 'configuration must be {masses, positions, velocities} for the start given (given null)',
    },
    {
      given: { configuration: pair.configuration },
      says: 'start must be given where a configuration is (given "plummer")',
    },
    {
      given: { ...pair, configuration: { masses, positions } },
      says: /^configuration\.velocities .*velocities/,
    },
    {
      given: { ...pair, configuration: { masses: [1, 1, 1], positions, velocities: [...velocities, [0, 0, 0]] } },
      says: /^configuration\.positions must have 3 entries, as many as masses has, but has 2 /,
    },
    {
      given: {
        ...pair,
        configuration: {
          masses,
          positions: [
            [0, 0, 0],
            [0, 0],
          ],
          velocities,
        },
      },
      says: /^configuration\.positions\.1\.2 .*/,
    },
    {
      given: {
        ...pair,
        configuration: {
          masses,
          positions: [
            [0, 0, 0],
            [0, 0, Number.NaN],
          ],
          velocities,
        },
      },
      says: 'configuration.positions.1.2 must be a number from -1000000000 to 1000000000 (given NaN)',
    },
    {
      given: { ...pair, configuration: { masses: [1, 0], positions, velocities } },
      says: 'configuration.masses.1 must be a number from 1e-12 to 1000000000000 (given 0)',
    },
    {
      given: { ...pair, configuration: { masses: [1], positions: [[0, 0, 0]], velocities: [[0, 0, 0]] } },
      says: 'configuration.masses must have at least 2 entries (given [1])',
    },
    {
      given: {
        ...pair,
        configuration: {
          masses,
          positions: [
            [0, 1, 2],
            [-0, 1, 2],
          ],
          velocities,
        },
      },
      says: 'softening must be above 0, as bodies 0 and 1 (from 0) are at one place (given 0)',
    },
  ])('refuses in words that say what is allowed: $says', ({ given, says }) => {
    const checked = checkParameters(gravity, given);
    const details = checked.ok ? [] : checked.faults.map(({ detail }) => detail);
    expect(details).toEqual([
      expect.stringMatching(typeof says === 'string' ? new RegExp(`^${RegExp.escape(says)}$`) : says),
    ]);
  });
});
