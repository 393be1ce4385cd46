import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { testContext } from '../test-context.ts';
import { type EdmdParameters, hardDisksEdmd, kernelBytes, stateBytesAtMost } from './declaration.ts';
import { restoreState, snapshotOf, startEdmd, stateOf } from './kernel.ts';
import { collideNext, type Disks } from './reference.ts';

const given = (fields: Partial<EdmdParameters>) => v.parse(hardDisksEdmd.parameters, fields);
const start = (fields: Partial<EdmdParameters>) => startEdmd(testContext(), given(fields));

function disksOf(kernel: ReturnType<typeof start>): Disks {
  const numbers = new Float64Array(snapshotOf(kernel).slice().buffer);
  const half = numbers.length / 2;
  return {
    positions: numbers.slice(0, half),
    velocities: numbers.slice(half),
    width: kernel.width(),
    height: kernel.height(),
  };
}

/** Roundings grow with every collision: as long as they are this small, both must tell the same story. */
const CLOSE = 1e-6;

describe('the events', () => {
  test.each([
    { particles: 16, packing_fraction: 0.7, seed: 1 },
    { particles: 16, packing_fraction: 0.1, seed: 2 },
    { particles: 17, packing_fraction: 0.5, seed: 3 },
    { particles: 23, packing_fraction: 0.02, seed: 4, temperature: 7 },
    { particles: 40, packing_fraction: 0.3, seed: 5 },
  ])('are those of the plain way: $particles disks at $packing_fraction', (fields) => {
    const kernel = start(fields);
    const disks = disksOf(kernel);
    for (let collision = 0; collision < 30; collision++) {
      const before = { time: kernel.time(), virial: kernel.virial() };
      kernel.step(1);
      const { flight, pair, virial } = collideNext(disks);
      expect([kernel.lastCollided(0), kernel.lastCollided(1)].toSorted((a, b) => a - b)).toEqual(pair);
      expect(Math.abs(kernel.time() - before.time - flight)).toBeLessThan(CLOSE);
      expect(Math.abs(kernel.virial() - before.virial - virial)).toBeLessThan(CLOSE);
    }
  });

  test.each([0.01, 0.2, 0.7])('never let a disk into another, at %d', (packing_fraction) => {
    const kernel = start({ particles: 100, packing_fraction });
    for (let look = 0; look < 100; look++) {
      kernel.step(37);
      kernel.snapshot();
      expect(kernel.largestOverlap()).toBeLessThan(1e-11);
    }
  });
});

describe('the start', () => {
  test('fits on its lattice whatever the number of disks, to the highest density', () => {
    for (let particles = 16; particles < 300; particles++) {
      const kernel = start({ particles, packing_fraction: 0.7 });
      kernel.snapshot();
      expect(kernel.largestOverlap()).toBeLessThan(0);
      expect((particles * Math.PI) / 4 / (kernel.width() * kernel.height())).toBeCloseTo(0.7, 12);
    }
  });

  test('has no momentum, and the temperature that was asked for', () => {
    const kernel = start({ particles: 500, temperature: 3 });
    expect(kernel.momentum()).toBeLessThan(1e-11);
    expect(kernel.kineticEnergy() / (499 * 3)).toBeCloseTo(1, 13);
  });

  test.each([
    { name: 'too few disks', particles: 15, eta: 0.3, temperature: 1 },
    { name: 'too many disks', particles: 1_000_001, eta: 0.3, temperature: 1 },
    { name: 'more than fits', particles: 100, eta: 0.91, temperature: 1 },
    { name: 'no density', particles: 100, eta: Number.NaN, temperature: 1 },
    { name: 'no temperature', particles: 100, eta: 0.3, temperature: 0 },
  ])('refuses $name', ({ particles, eta, temperature }) => {
    expect(start({}).init(particles, 1, eta, temperature, 0, 1)).toBe(2);
  });

  test.each([16, 17, 400, 5000, 200_000, 1_000_000])('stays within the stated memory: %d disks', (particles) => {
    for (const packing_fraction of particles > 10_000 ? [0.3] : [0.001, 0.3, 0.7]) {
      const kernel = start({ particles, packing_fraction });
      expect(kernel.memory.buffer.byteLength).toBeLessThanOrEqual(kernelBytes(particles));
      expect(kernel.stateBytes()).toBeLessThanOrEqual(stateBytesAtMost(particles));
    }
  });
});

describe('steps', () => {
  // Beyond 16 collisions a disk, where the clock is set back.
  const fields = { particles: 30, packing_fraction: 0.4, equilibration_steps: 100, steps: 900 };
  const whole = start(fields);
  whole.step(1000);

  test.each([1, 7, 333])('may be divided into parts of %d', (part) => {
    const parts = start(fields);
    for (let left = 1000; left > 0; left -= part) parts.step(Math.min(part, left));
    expect(Buffer.from(stateOf(parts)).equals(stateOf(whole))).toBe(true);
  });

  test('may go on in another instance after any of them', () => {
    let kernel = start(fields);
    for (let left = 1000; left > 0; left -= 8) {
      kernel.step(8);
      const next = start(fields);
      restoreState(next, stateOf(kernel).slice());
      kernel = next;
    }
    expect(Buffer.from(stateOf(kernel)).equals(stateOf(whole))).toBe(true);
  });

  test('refuse the state of other disks', () => {
    const kernel = start(fields);
    expect(() => restoreState(kernel, new Uint8Array(64))).toThrow('64 bytes');
    expect(() => restoreState(kernel, new Uint8Array(kernel.stateBytes()))).toThrow('another number of disks');
  });
});
