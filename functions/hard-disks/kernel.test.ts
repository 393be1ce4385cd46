import { describe, expect, test } from 'vitest';
import { seededRandom } from '../benchmark/random.ts';
import { type HardDisksKernel, restoreState, stateOf } from './kernel.ts';
import { stateBytesOf } from './state.ts';
import { type Box, box, copyState, freshKernel, kinds, startBox } from './test-boxes.ts';
import { kernelBytes } from './work.ts';

const dense = box({ particles: 150, width: 160, height: 120, steps: 60 });
const dilute = box({ steps: 60 });

describe('the neighbour grid', () => {
  const grid = freshKernel();
  const pairs = freshKernel();

  /** Runs one start both ways. */
  function compare(from: Box, advance = () => grid.step(from.steps)): void {
    startBox(pairs, from);
    startBox(grid, { ...from, disturb: () => {} });
    restoreState(grid, stateOf(pairs));
    pairs.stepBruteForce(from.steps);
    advance();
    expect(copyState(grid).equals(copyState(pairs)), JSON.stringify(from)).toBe(true);
  }

  test.each(kinds)('gives the bits of the double loop in 500 $name', ({ make }) => {
    const random = seededRandom(20_250_107);
    for (let count = 0; count < 500; count++) compare(make(random));
  });

  test.each([
    { name: 'dilute', covered: 0.016, particles: 3000, steps: 60 },
    { name: 'fluid', covered: 0.4, particles: 2000, steps: 30 },
    { name: 'crowded', covered: 0.9, particles: 1500, steps: 30 },
    { name: 'overfull', covered: 5, particles: 1000, steps: 20 },
  ])('gives the bits of the double loop with $particles disks, $name', ({ covered, particles, steps }) => {
    const side = Math.sqrt((particles * Math.PI * 25) / covered);
    compare(box({ particles, steps, width: side, height: side }));
  });

  test('gives the bits of the double loop when steps of both kinds take turns', () => {
    compare(dense, () => {
      for (let step = 0; step < dense.steps; step++) (step % 3 ? grid.step : grid.stepBruteForce)(1);
    });
  });
});

describe('steps', () => {
  test.each([dilute, dense])('may be divided in any way ($particles disks)', (from) => {
    const whole = startBox(freshKernel(), from);
    whole.step(from.steps);
    const random = seededRandom(1);
    for (let partition = 0; partition < 30; partition++) {
      const parts = startBox(freshKernel(), from);
      for (let left = from.steps; left > 0; ) {
        const part = Math.min(left, Math.floor(random() * 8));
        parts.step(part);
        left -= part;
      }
      expect(copyState(parts).equals(copyState(whole))).toBe(true);
    }
  });

  test.each([dilute, dense])('may go on in another instance after each of them ($particles disks)', (from) => {
    const whole = startBox(freshKernel(), from);
    let resumed: HardDisksKernel = startBox(freshKernel(), from);
    for (let step = 1; step <= from.steps; step++) {
      whole.step(1);
      resumed.step(1);
      const next = startBox(freshKernel(), from);
      restoreState(next, copyState(resumed));
      resumed = next;
      expect(resumed.stepsDone()).toBe(step);
      expect(copyState(resumed).equals(copyState(whole))).toBe(true);
    }
  });

  test('are the same in every fresh instance, and after another simulation in the same one', () => {
    const first = startBox(freshKernel(), dense);
    const second = startBox(freshKernel(), dilute);
    second.step(7);
    startBox(second, dense);
    first.step(20);
    second.step(20);
    expect(copyState(first).equals(copyState(second))).toBe(true);
  });
});

describe('init', () => {
  const init = (fields: Partial<Box>) => {
    const { particles, seed, width, height, radius, timestep, maxSpeed, wallRestitution, particleRestitution } =
      box(fields);
    return freshKernel().init(
      particles,
      seed,
      width,
      height,
      radius,
      timestep,
      maxSpeed,
      wallRestitution,
      particleRestitution,
    );
  };

  test.each([
    { name: 'no disks', fields: { particles: 0 } },
    { name: 'no radius', fields: { radius: 0 } },
    { name: 'a negative radius', fields: { radius: -5 } },
    { name: 'a radius whose square vanishes', fields: { radius: 1e-200 } },
    { name: 'an infinite radius', fields: { radius: Infinity } },
    { name: 'no width', fields: { width: 0 } },
    { name: 'an infinite height', fields: { height: Infinity } },
    { name: 'a width that is no number', fields: { width: Number.NaN } },
  ])('refuses $name', ({ fields }) => {
    expect(init(fields)).toBe(2);
  });

  test('answers with a code when the memory cannot be had', () => {
    expect(init({ particles: 2 ** 32 - 1 })).toBe(1);
    expect(init({ particles: 100_000_000 })).toBe(1);
  });

  test.each([
    { particles: 1, width: 800, height: 600 },
    { particles: 100, width: 800, height: 600 },
    { particles: 1000, width: 1e9, height: 10 },
    { particles: 1000, width: 1e5, height: 1e5 },
    { particles: 99_999, width: 50, height: 1e6 },
    { particles: 1_000_000, width: 80_000, height: 60_000 },
  ])('stays within the stated memory: $particles disks in $width × $height', ({ particles, width, height }) => {
    const kernel = startBox(freshKernel(), box({ particles, width, height }));
    expect(kernel.memory.buffer.byteLength).toBeLessThanOrEqual(kernelBytes(particles));
    expect(kernel.stateBytes()).toBe(stateBytesOf(particles));
  });
});

describe('restore', () => {
  test('refuses the state of another number of disks', () => {
    const kernel = startBox(freshKernel(), dilute);
    expect(() => restoreState(kernel, new Uint8Array(stateBytesOf(99)))).toThrow('3200 bytes, but this');
    expect(() => restoreState(kernel, new Uint8Array(stateBytesOf(100)))).toThrow('another number of disks');
  });
});
