import { describe, expect, test } from 'vitest';
import { seededRandom } from '../benchmark/random.ts';
import {
  expectDone,
  type Fluid,
  type LennardJonesKernel,
  layOutFluid,
  precisions,
  restoreState,
  type Shift,
  shifts,
  thermostats,
  vectorsAt,
} from './kernel.ts';
import nist from './nist/configurations.json' with { type: 'json' };
import { interactions } from './reference.ts';
import { copyState, fluid, freshKernel, melt, startAt, startMelt } from './test-fluids.ts';

/** Places that are no closer than 0.8 of a site's share, in any periodic image of the box. */
function scatter({ particles, box }: Fluid, random: () => number): Float64Array {
  const positions = new Float64Array(3 * particles);
  const cells = box.map((edge) => Math.ceil(edge * Math.cbrt(particles / (box[0] * box[1] * box[2]))));
  for (let i = 0; i < particles; i++) {
    const site = [i % cells[0]!, Math.floor(i / cells[0]!) % cells[1]!, Math.floor(i / (cells[0]! * cells[1]!))];
    box.forEach((edge, k) => {
      const images = Math.floor(random() * 5) - 2;
      positions[3 * i + k] = ((site[k]! + 0.4 * random()) / cells[k]! + images) * edge;
    });
  }
  return positions;
}

/** Where two columns differ most, relative to the largest value of the second. */
function greatestError(values: ArrayLike<number>, expected: Float64Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(values[i]! - value)), 0) / scale;
}

function temperatureOf(kernel: LennardJonesKernel, particles: number): number {
  return (2 * kernel.kineticEnergy()) / (3 * particles - 3);
}

describe.each(precisions)('in %s precision', (precision) => {
  const forceBound = precision === 'double' ? 1e-12 : 3e-5;

  test.each([
    { name: 'one atom', particles: 1, box: [6, 6, 6], cutoff: 3 },
    { name: 'two atoms', particles: 2, box: [5, 5, 5], cutoff: 2.5 },
    { name: 'an odd count', particles: 333, box: [7.5, 7.5, 7.5], cutoff: 2.5 },
    { name: 'a cutoff of exactly half the box', particles: 131, box: [6, 6, 6], cutoff: 3 },
    { name: 'half the box, and a skin beyond', particles: 131, box: [6, 6, 6], cutoff: 3, skin: 50 },
    { name: 'half the box, and no skin', particles: 131, box: [6, 6, 6], cutoff: 3, skin: 0 },
    { name: 'a long box', particles: 401, box: [5.3, 5.1, 21], cutoff: 2.5 },
    { name: 'a flat box', particles: 399, box: [11, 10, 5], cutoff: 2.5 },
    { name: 'a dilute gas', particles: 201, box: [40, 30, 50], cutoff: 5 },
    { name: 'a long cutoff', particles: 700, box: [10, 11, 12], cutoff: 4.5 },
  ] as const)('energy, virial and forces are those of the double loop: $name', ({ name: _, ...fields }) => {
    const random = seededRandom(fields.particles);
    for (const shift of shifts) {
      const of = fluid({ ...fields, shift, precision });
      const positions = scatter(of, random);
      const kernel = startAt(of, positions);
      const expected = interactions(positions, of);
      const energy = kernel.potentialEnergy();
      const scale = 1 + Math.abs(expected.energy) + Math.abs(expected.virial);
      expect(Math.abs(energy - expected.energy) / scale).toBeLessThan(1e-12);
      expect(Math.abs(kernel.virial() - expected.virial) / scale).toBeLessThan(1e-12);
      const forces = vectorsAt(kernel, kernel.forces(), of.particles);
      expect(greatestError(forces, expected.forces)).toBeLessThan(forceBound);
    }
  });

  test('pairs are counted by their distance', () => {
    const of = fluid({ particles: 700, box: [10, 11, 12], cutoff: 2.5, precision });
    const kernel = startAt(of, scatter(of, seededRandom(7)));
    const expected = new Uint32Array(40);
    const { distances } = interactions(vectorsAt(kernel, kernel.positions(), 700), of);
    for (const distance of distances) expected[Math.floor(distance * 16)]!++;
    expect(kernel.countDistances(40)).toBe(0);
    kernel.potentialEnergy();
    expect(kernel.pairsWithinCutoff()).toBe(distances.length);
    expect(new Uint32Array(kernel.memory.buffer, kernel.distances(), 40)).toEqual(expected);
    expect(kernel.countDistances(1001)).toBe(2);
  });

  const cases = nist.configurations.flatMap(({ expected, ...configuration }) =>
    expected.map((values) => ({ ...configuration, ...values })),
  );

  test.each(cases)('NIST configuration $number, cutoff $cutoff, shift $shift: every digit', (given) => {
    const { positions, cutoff, energy, virial } = given;
    const box = given.box as [number, number, number];
    const of = fluid({ particles: positions.length, box, cutoff, shift: given.shift as Shift, precision });
    const kernel = startAt(of, positions.flat());
    const printed = (value: number, as: string) => value.toPrecision(as.replace(/[-.]/g, '').length);
    expect(printed(kernel.potentialEnergy(), energy)).toBe(energy);
    expect(printed(kernel.virial(), virial)).toBe(virial);
  });

  test.each([
    { name: 'a melt', of: melt(6, { precision }) },
    { name: 'a small box', of: melt(3, { precision, cutoff: 2.1 }) },
    { name: 'a list made at every step', of: melt(4, { precision, skin: 0 }) },
  ])('the lists miss no pair in the course of $name', ({ of }) => {
    const kernel = startMelt(of);
    for (let part = 0; part < 4; part++) {
      expectDone(kernel.step(17));
      const energy = kernel.potentialEnergy();
      const forces = vectorsAt(kernel, kernel.forces(), of.particles).slice();
      const expected = interactions(vectorsAt(kernel, kernel.positions(), of.particles), of);
      expect(Math.abs(energy / expected.energy - 1)).toBeLessThan(1e-12);
      expect(greatestError(forces, expected.forces)).toBeLessThan(forceBound);
    }
    expect(kernel.listBuilds()).toBeGreaterThan(2);
  });

  test.each(thermostats.keys().toArray())('steps may be divided in any way (thermostat %i)', (kind) => {
    const of = melt(4, { precision, segment: 40 });
    const heated = (kernel: LennardJonesKernel) => expectDone(kernel.setThermostat(kind, 1, 0.5, 11));
    const whole = startMelt(of, heated);
    expectDone(whole.step(90));
    const random = seededRandom(3);
    for (let partition = 0; partition < 3; partition++) {
      const parts = startMelt(of, heated);
      for (let left = 90; left > 0; ) {
        const part = Math.min(left, Math.floor(random() * 12));
        expectDone(parts.step(part));
        parts.kineticEnergy();
        left -= part;
      }
      expect(copyState(parts).equals(copyState(whole))).toBe(true);
    }
  });

  test.each(thermostats.keys().toArray())(
    'a copy at a segment goes on elsewhere with equal bits (thermostat %i)',
    (kind) => {
      const of = melt(4, { precision, segment: 30 });
      const heated = (kernel: LennardJonesKernel) => expectDone(kernel.setThermostat(kind, 1, 0.5, 11));
      const whole = startMelt(of, heated);
      for (let segment = 1; segment <= 3; segment++) {
        expectDone(whole.step(30));
        const resumed = freshKernel();
        layOutFluid(resumed, of);
        heated(resumed);
        restoreState(resumed, copyState(whole));
        expect(resumed.stepsDone()).toBe(30 * segment);
        expectDone(resumed.step(90));
        const uninterrupted = startMelt(of, heated);
        expectDone(uninterrupted.step(30 * segment + 90));
        expect(copyState(resumed).equals(copyState(uninterrupted))).toBe(true);
        expect(resumed.potentialEnergy()).toBe(uninterrupted.potentialEnergy());
      }
    },
  );

  test('energy drifts little, and momentum not at all', () => {
    const of = melt(4, { precision, shift: 'force', timestep: 0.004 });
    const kernel = startMelt(of);
    const total = () => kernel.potentialEnergy() + kernel.kineticEnergy();
    expectDone(kernel.step(200));
    const before = total();
    expectDone(kernel.step(1000));
    expect(Math.abs(total() / before - 1)).toBeLessThan(5e-4);
    const velocities = vectorsAt(kernel, kernel.velocities(), of.particles);
    const momentum = [0, 0, 0];
    velocities.forEach((speed, i) => {
      momentum[i % 3]! += speed;
    });
    for (const sum of momentum) expect(Math.abs(sum)).toBeLessThan(precision === 'double' ? 1e-10 : 1e-3);
  });

  test("LAMMPS's melt begins with LAMMPS's numbers", () => {
    const of = melt(20, { precision });
    const kernel = startMelt(of);
    const volume = of.box[0] ** 3;
    expect((kernel.potentialEnergy() / of.particles).toFixed(7)).toBe('-6.7733681');
    expect(((2 * kernel.kineticEnergy() + kernel.virial()) / (3 * volume)).toFixed(7)).toBe('-5.0197073');
    expect(temperatureOf(kernel, of.particles)).toBeCloseTo(1.44, 12);
  });

  test('an atom that is nowhere does not trap, and shows', () => {
    for (const nowhere of [Number.NaN, Infinity, 1e300]) {
      const of = melt(4, { precision });
      const kernel = startMelt(of, (fresh) => {
        vectorsAt(fresh, fresh.positions(), of.particles)[100] = nowhere;
      });
      expectDone(kernel.step(30));
      expect(kernel.potentialEnergy()).toBeNaN();
      expect(kernel.kineticEnergy()).toBeNaN();
    }
  });

  test('atoms at one place do not trap, and show', () => {
    const of = fluid({ particles: 300, box: [8, 8, 8], precision });
    const kernel = startAt(of, new Float64Array(900));
    expectDone(kernel.step(3));
    expect(Number.isFinite(kernel.potentialEnergy() + kernel.kineticEnergy())).toBe(false);
  });
});

describe('the thermostats', () => {
  test.each([1, 2])('bring the fluid to their temperature, and book the heat (%i)', (kind) => {
    const of = melt(4, { shift: 'force', precision: 'mixed' });
    const kernel = startMelt(of, (fresh) => expectDone(fresh.setThermostat(kind, 0.9, 0.2, 5)));
    const total = () => kernel.potentialEnergy() + kernel.kineticEnergy() - kernel.heat();
    const before = total();
    expectDone(kernel.step(400));
    let sum = 0;
    for (let sample = 0; sample < 60; sample++) {
      expectDone(kernel.step(10));
      sum += temperatureOf(kernel, of.particles);
    }
    expect(Math.abs(sum / 60 - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(total() / before - 1)).toBeLessThan(0.01);
  });
});

describe('init', () => {
  const good: number[] = [100, 10, 10, 10, 0.005, 2.5, 0.3, 0, 0, 100];

  test.each([
    { name: 'no atoms', at: 0, value: 0 },
    { name: 'a cutoff beyond half of an edge', at: 2, value: 4.99 },
    { name: 'an edge that is no number', at: 1, value: Number.NaN },
    { name: 'an infinite edge', at: 3, value: Infinity },
    { name: 'a negative timestep', at: 4, value: -1 },
    { name: 'no cutoff', at: 5, value: 0 },
    { name: 'a negative skin', at: 6, value: -0.1 },
    { name: 'an unknown shift', at: 7, value: 3 },
    { name: 'an unknown precision', at: 8, value: 2 },
    { name: 'no segment', at: 9, value: 0 },
  ])('refuses $name', ({ at, value }) => {
    const given = good.with(at, value) as Parameters<LennardJonesKernel['init']>;
    expect(freshKernel().init(...given)).toBe(2);
  });

  test('answers with a code when the memory cannot be had', () => {
    const init = freshKernel().init;
    expect(init(2 ** 32 - 1, 1e4, 1e4, 1e4, 0.005, 2.5, 0.3, 0, 0, 100)).toBe(1);
  });
});

describe('restore', () => {
  test('refuses the state of another number of atoms', () => {
    const kernel = startMelt(melt(3, { cutoff: 2 }));
    expect(() => restoreState(kernel, new Uint8Array(100))).toThrow("100 bytes, but this simulation's have");
    expect(() => restoreState(kernel, new Uint8Array(kernel.stateBytes()))).toThrow('another number of atoms');
  });
});
