import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { testContext } from '../test-context.ts';
import { type BrownianParameters, brownian, kernelBytes, stateBytesOf } from './declaration.ts';
import { restoreState, startBrownian, stateOf } from './kernel.ts';

const given = (fields: Partial<BrownianParameters>) => v.parse(brownian.parameters, fields);
const start = (fields: Partial<BrownianParameters>) => startBrownian(testContext(), given(fields));

const hex = (words: bigint) => BigInt.asUintN(64, words).toString(16).padStart(16, '0');

type Counter = readonly [number, number, number, number];
const knownAnswers: { key: readonly [number, number]; counter: Counter; words: string[] }[] = [
  { key: [0, 0], counter: [0, 0, 0, 0], words: ['e169c58d6627e8d5', '9b00dbd8bc57ac4c'] },
  {
    key: [0xffffffff, 0xffffffff],
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    words: ['41c83b0e408f276d', '6d5451fda20bc7c6'],
  },
  {
    key: [0xa4093822, 0x299f31d0],
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    words: ['94fdccebd16cfe09', '24126ea15001e420'],
  },
];

// From the known answers of Random123; of two words, the lower one stands behind.
test.each(knownAnswers)('random bits are the published ones for the key $key', ({ key, counter, words }) => {
  const kernel = start({});
  expect([0, 1].map((half) => hex(kernel.randomWords(key[0], key[1], ...counter, half)))).toEqual(words);
});

describe('the exact solution', () => {
  /** Integrates the moments of x and v by the midpoint rule, from the equation of motion alone. */
  function integrated({ temperature, friction, mass, stiffness, potential }: BrownianParameters, time: number) {
    const steps = 20_000;
    const dt = time / steps;
    const k = potential === 'harmonic' ? stiffness : 0;
    const rate = ([xx, xv, vv]: number[]) => [
      2 * xv!,
      vv! - (friction * xv! + k * xx!) / mass,
      (2 * (friction * (temperature / mass - vv!) - k * xv!)) / mass,
    ];
    let moments = [0, 0, temperature / mass];
    for (let step = 0; step < steps; step++) {
      const middle = moments.map((moment, index) => moment + 0.5 * dt * rate(moments)[index]!);
      moments = moments.map((moment, index) => moment + dt * rate(middle)[index]!);
    }
    return { position: moments[0]!, velocity: moments[2]! };
  }

  test.each([
    { potential: 'free', friction: 2, mass: 0.5, temperature: 3 },
    { potential: 'harmonic', friction: 0.3, mass: 1, stiffness: 2 },
    { potential: 'harmonic', friction: 2, mass: 1, stiffness: 1 },
    { potential: 'harmonic', friction: 5, mass: 1, stiffness: 1.5, temperature: 0.2 },
  ] as const)('has the variances of the equation of motion: %o', (fields) => {
    const parameters = given({ ...fields, model: 'underdamped' });
    const kernel = start(parameters);
    for (const time of [0.1, 1, 4]) {
      const { position, velocity } = integrated(parameters, time);
      expect(kernel.varianceAfter(time / 0.01) / position).toBeCloseTo(1, 5);
      expect(kernel.velocityVarianceAfter(time / 0.01) / velocity).toBeCloseTo(1, 5);
    }
  });

  test('without inertia is what inertia leaves when the mass is small', () => {
    for (const potential of ['free', 'harmonic'] as const) {
      const heavy = start({ potential, model: 'underdamped', mass: 0.01, friction: 100 });
      const light = start({ potential, model: 'overdamped', friction: 100 });
      expect(heavy.varianceAfter(5000) / light.varianceAfter(5000)).toBeCloseTo(1, 4);
    }
  });
});

describe('chance', () => {
  const kernel = start({});
  test.each([
    { from: -1, to: 1, part: 0.682689492137 },
    { from: 0, to: 0.125, part: 0.049738224894 },
    { from: -4, to: -3, part: 0.001318226791 },
  ])('puts $part of a normal distribution between $from and $to', ({ from, to, part }) => {
    expect(kernel.normalPart(from, to)).toBeCloseTo(part, 6);
  });

  // Quantiles of chi-square: 18.307 at 10 degrees of freedom is 1.645 σ, 124.342 at 100 likewise.
  test.each([
    { sum: 18.307, freedoms: 10, sigmas: 1.645 },
    { sum: 124.342, freedoms: 100, sigmas: 1.645 },
    { sum: 3.94, freedoms: 10, sigmas: -1.645 },
  ])('calls $sum at $freedoms degrees of freedom $sigmas σ', ({ sum, freedoms, sigmas }) => {
    expect(Math.abs(kernel.deviation(sum / freedoms, freedoms) - sigmas)).toBeLessThan(0.01);
  });
});

describe('steps', () => {
  const models = ['overdamped', 'underdamped'] as const;
  test.each(models)('may be divided in any way, or go on in another instance: %s', (model) => {
    const fields = { particles: 11, dimensions: 3, model, steps: 100, samples: 7 };
    const whole = start(fields);
    whole.step(100);
    for (const part of [1, 3, 64]) {
      let kernel = start(fields);
      for (let left = 100; left > 0; left -= part) {
        kernel.step(Math.min(part, left));
        const next = start(fields);
        restoreState(next, stateOf(kernel).slice());
        kernel = next;
      }
      expect(Buffer.from(stateOf(kernel)).equals(stateOf(whole))).toBe(true);
    }
  });

  test('do not notice that theory is asked for between them', () => {
    const fields = { particles: 10, model: 'underdamped', potential: 'harmonic' } as const;
    const [asked, left] = [start(fields), start(fields)];
    asked.varianceAfter(77);
    asked.velocityVarianceAfter(33);
    asked.step(5);
    left.step(5);
    expect(Buffer.from(stateOf(asked)).equals(stateOf(left))).toBe(true);
  });

  test('refuse the state of other particles', () => {
    const kernel = start({});
    expect(() => restoreState(kernel, new Uint8Array(64))).toThrow('64 bytes');
    expect(() => restoreState(kernel, new Uint8Array(kernel.stateBytes()))).toThrow('another number of particles');
  });
});

test.each([
  { particles: 10, dimensions: 1 },
  { particles: 9999, dimensions: 3, samples: 1000 },
  { particles: 3_000_000, dimensions: 3 },
])('the kernel stays within the stated memory: $particles particles in $dimensions dimensions', (fields) => {
  for (const model of ['overdamped', 'underdamped'] as const) {
    const parameters = given({ ...fields, model });
    const kernel = start({ ...fields, model });
    expect(kernel.stateBytes()).toBe(stateBytesOf(parameters));
    expect(kernel.memory.buffer.byteLength).toBeLessThanOrEqual(kernelBytes(parameters));
  }
});
