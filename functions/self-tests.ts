/**
 * Tasks with known answers, for `motes selftest` and for every worker as it starts: a machine whose processor, engine
 * or kernels compute anything else must not compute for others.
 */

import nist from './lennard-jones/nist/configurations.json' with { type: 'json' };
import digests from './self-test-digests.json' with { type: 'json' };

/** A task, and what its result must be. */
export interface SelfTest {
  readonly name: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By field, `start.energy` say: a text as it is, a number to as many digits as are printed here. */
  readonly expected: Readonly<Record<string, string>>;
}

/** All of them; together some 50 ms of work. */
export const selfTests: readonly SelfTest[] = [...digests.tests, ...nistTests()];

/** Energies of NIST's configurations, at every cutoff that is published. */
function nistTests(): SelfTest[] {
  return nist.configurations.flatMap(({ number, box, positions, expected }) =>
    expected.map(({ cutoff, shift, energy, virial, tail }) => ({
      name: `NIST Lennard-Jones ${number}, cutoff ${cutoff}, shift ${shift}`,
      type: 'lennard_jones',
      parameters: { steps: 0, temperature: 0, cutoff, shift, configuration: { box, positions } },
      expected: {
        'start.energy': energy,
        'start.virial': virial,
        ...(tail !== undefined && { 'start.tail_energy': tail }),
      },
    })),
  );
}

/** What a result has that it should not; null when it is as expected. */
export function judge({ expected }: SelfTest, result: unknown): string | null {
  for (const [path, value] of Object.entries(expected)) {
    const found = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], result);
    const printed = typeof found === 'number' ? found.toPrecision(digitsOf(value)) : String(found);
    const isEqual = typeof found === 'number' ? Number(printed) === Number(value) : printed === value;
    if (!isEqual) return `${path} is ${printed}, and should be ${value}`;
  }
  return null;
}

/** Significant digits of a decimal number. */
function digitsOf(value: string): number {
  return Math.max(1, value.replace(/e.*$/, '').replace(/^-?0?\.?0*|[-.]/g, '').length);
}
