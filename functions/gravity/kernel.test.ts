import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../benchmark/random.ts';
import { testContext } from '../test-context.ts';
import type { ConfigurationField } from './configuration-field.ts';
import { type GravityParameters, gravity } from './declaration.ts';
import { kernelBytes, stateBytesOf } from './estimates.ts';
import { type GravityKernel, restoreState, snapshotOf, startGravity, stateOf } from './kernel.ts';
import { type Bodies, leap, potentialOf } from './reference.ts';
import { measurementOf, virialRatio } from './rows.ts';

const given = (fields: Partial<GravityParameters>) => v.parse(gravity.parameters, fields);
const start = (fields: Partial<GravityParameters>) => startGravity(testContext(), given(fields));

/** A start with its forces, as before the first step. */
function prepared(fields: Partial<GravityParameters>): GravityKernel {
  const kernel = start(fields);
  kernel.prepare(2 ** 31);
  return kernel;
}

/** Bodies anywhere in a cube, of masses that differ by a factor of a thousand. */
function scattered(count: number): NonNullable<ConfigurationField> {
  const random = seededRandom(count);
  const vector = (): [number, number, number] => [random() - 0.5, random() - 0.5, random() - 0.5];
  const masses = Array.from({ length: count }, () => (0.001 + random() ** 3) / count);
  return { masses, positions: masses.map(vector), velocities: masses.map(vector) };
}

function bodiesOf({ masses, positions, velocities }: NonNullable<ConfigurationField>): Bodies {
  const column = (numbers: number[]) => new Float64Array(numbers);
  return { masses: column(masses), positions: column(positions.flat()), velocities: column(velocities.flat()) };
}

function largestDifference(numbers: Float64Array, others: Float64Array): number {
  return numbers.reduce((largest, number, index) => Math.max(largest, Math.abs(number - others[index]!)), 0);
}

describe('the forces', () => {
  test.each([2, 3, 4, 17, 255, 256, 257, 513, 600])('are those of the double loop: %d bodies', (count) => {
    for (const softening of [0.2, 0]) {
      const configuration = scattered(count);
      const bodies = bodiesOf(configuration);
      const kernel = prepared({ start: 'given', configuration, softening, timestep: 1e-3, steps: 3 });
      expect(measurementOf(kernel).potential / potentialOf(bodies, softening)).toBeCloseTo(1, 13);
      kernel.step(3 * kernel.tilesAStep());
      leap(bodies, softening, 1e-3, 3);
      const numbers = snapshotOf(kernel, count).slice();
      expect(largestDifference(numbers.subarray(0, 3 * count), bodies.positions)).toBeLessThan(1e-13);
      expect(largestDifference(numbers.subarray(3 * count), bodies.velocities)).toBeLessThan(2e-12);
      expect(measurementOf(kernel).potential / potentialOf(bodies, softening)).toBeCloseTo(1, 12);
    }
  });

  test('balance each other in the middle', () => {
    const configuration = {
      masses: [1, 1, 1],
      positions: [
        [-1, 0, 0],
        [0, 0, 0],
        [1, 0, 0],
      ],
      velocities: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    } satisfies ConfigurationField;
    const kernel = prepared({ start: 'given', configuration, softening: 0 });
    kernel.step(10);
    const numbers = snapshotOf(kernel, 3);
    for (const number of [...numbers.subarray(3, 6), ...numbers.subarray(12, 15)])
      expect(Math.abs(number)).toBeLessThan(1e-17);
    expect(numbers[0]).toBeGreaterThan(-1);
    expect(numbers[6]).toBeCloseTo(-numbers[0]!, 14);
  });
});

describe('a measurement', () => {
  const configuration = scattered(301);
  const { masses, positions, velocities } = bodiesOf(configuration);
  const mass = masses.reduce((sum, m) => sum + m);
  const measured = measurementOf(prepared({ start: 'given', configuration, softening: 0 }));

  test('has the radii that hold parts of the mass', () => {
    const centre = [0, 1, 2].map((axis) => masses.reduce((sum, m, i) => sum + m * positions[3 * i + axis]!, 0) / mass);
    const radii = [...masses.keys()].map((i) =>
      Math.hypot(...centre.map((middle, axis) => positions[3 * i + axis]! - middle)),
    );
    const within = (radius: number) => masses.reduce((sum, m, i) => sum + (radii[i]! <= radius ? m : 0), 0) / mass;
    for (const [index, part] of [0.1, 0.25, 0.5, 0.75, 0.9].entries()) {
      const radius = measured.radii[index]! * (1 + 1e-14);
      expect(within(radius)).toBeGreaterThanOrEqual(part);
      expect(within(radius * (1 - 1e-12))).toBeLessThan(part);
    }
  });

  test('has the sums over the bodies', () => {
    const sum = (of: (mass: number, r: readonly number[], v: readonly number[]) => number) =>
      masses.reduce(
        (total, m, i) => total + of(m, [...positions.subarray(3 * i, 3 * i + 3)], [...velocities.slice(3 * i)]),
        0,
      );
    expect(measured.kinetic).toBeCloseTo(
      sum((m, _, [u, v, w]) => 0.5 * m * (u! ** 2 + v! ** 2 + w! ** 2)),
      14,
    );
    expect(measured.inertia).toBeCloseTo(
      sum((m, [x, y, z]) => m * (x! ** 2 + y! ** 2 + z! ** 2)),
      14,
    );
    expect(measured.momentum[1]).toBeCloseTo(
      sum((m, _, [, v]) => m * v!),
      14,
    );
    expect(measured.angular[0]).toBeCloseTo(
      sum((m, [, y, z], [, v, w]) => m * (y! * w! - z! * v!)),
      14,
    );
    expect(measured.angular[1]).toBeCloseTo(
      sum((m, [x, , z], [u, , w]) => m * (z! * u! - x! * w!)),
      14,
    );
    expect(measured.angular[2]).toBeCloseTo(
      sum((m, [x, y], [u, v]) => m * (x! * v! - y! * u!)),
      14,
    );
    // Without softening Σ r · F is the potential energy.
    expect(measured.virial / measured.potential).toBeCloseTo(1, 12);
  });

  test('has radii also of few bodies, and of equal ones', () => {
    expect(measurementOf(prepared({ particles: 2 })).radii[4]).toBeGreaterThan(0);
    const ring = Array.from({ length: 20 }, (_, i): [number, number, number] => [i < 10 ? 1 + i : -(i - 9), 0, 0]);
    const field = { masses: ring.map(() => 0.1), positions: ring, velocities: ring };
    const { radii } = measurementOf(prepared({ start: 'given', configuration: field }));
    for (const [index, radius] of [1, 3, 5, 8, 9].entries()) expect(radii[index]).toBeCloseTo(radius, 12);
  });
});

describe('a Plummer sphere', () => {
  const particles = 4000;
  const spheres = [1, 2, 3, 4].map((seed) => measurementOf(prepared({ particles, seed, softening: 0 })));
  const mean = (of: (sphere: (typeof spheres)[number]) => number) =>
    spheres.reduce((sum, sphere) => sum + of(sphere), 0) / spheres.length;

  test('has the energies and the size of its units, and is in equilibrium', () => {
    expect(Math.abs(mean(({ kinetic }) => kinetic) - 0.25)).toBeLessThan(0.005);
    expect(Math.abs(mean(({ potential }) => potential) + 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean((sphere) => virialRatio(sphere, 1)!) - 1)).toBeLessThan(0.02);
  });

  test('has the radii of the model', () => {
    // r = a/√(m^(−2/3) − 1), a = 3π/16.
    for (const [index, radius] of [0.3075, 0.4779, 0.7686, 1.2808, 2.1617].entries())
      expect(Math.abs(mean(({ radii }) => radii[index]!) / radius - 1)).toBeLessThan(0.03);
  });

  test('is at rest, and another one with another seed', () => {
    for (const { momentum } of spheres) expect(Math.hypot(...momentum)).toBeLessThan(1e-14);
    expect(spheres[0]!.kinetic).not.toBe(spheres[1]!.kinetic);
  });
});

describe('a collision', () => {
  test('starts with two spheres of half the mass that approach each other', () => {
    const particles = 2001;
    const fields = { separation: 5, impact_parameter: 2, approach_speed: 0.25 };
    const kernel = prepared({ particles, start: 'collision', softening: 0, ...fields });
    const numbers = snapshotOf(kernel, particles).slice();
    const meanOf = (first: number, end: number, component: number) => {
      let sum = 0;
      for (let i = first; i < end; i++)
        sum += numbers[component < 3 ? 3 * i + component : 3 * (particles + i - 1) + component]!;
      return sum / (end - first);
    };
    for (const [component, apart] of [5, 2, 0, -0.25, 0, 0].entries())
      expect(meanOf(1001, 2001, component) - meanOf(0, 1001, component)).toBeCloseTo(apart, 12);
    const { momentum, kinetic, potential } = measurementOf(kernel);
    expect(Math.hypot(...momentum)).toBeLessThan(1e-14);
    // Each sphere has a half of the mass and of the size, so a half of the energies; and they have those of two points.
    expect(Math.abs(kinetic - 0.25 - 0.125 * 0.25 ** 2)).toBeLessThan(0.02);
    expect(Math.abs(potential + 0.5 + 0.25 / Math.hypot(5, 2))).toBeLessThan(0.04);
  });
});

describe('steps', () => {
  // Six tiles a step, the last ones smaller.
  const fields = { particles: 601, steps: 4, thermo_every: 2 };
  const whole = prepared(fields);
  whole.step(4 * whole.tilesAStep());

  test.each([1, 4, 7, 11])('may be divided anywhere, in parts of %d tiles', (part) => {
    const parts = start(fields);
    while (!parts.prepare(part));
    expect(parts.tilesDone()).toBe(0);
    for (let left = 4 * parts.tilesAStep(); left > 0; left -= part) parts.step(Math.min(part, left));
    expect(parts.tilesDone()).toBe(24);
    expect(parts.stepsDone()).toBe(4);
    expect(Buffer.from(stateOf(parts)).equals(stateOf(whole))).toBe(true);
    expect(measurementOf(parts)).toEqual(measurementOf(whole));
  });

  test('may go on in another instance after any tile', () => {
    let kernel = prepared(fields);
    for (let left = 24; left > 0; left--) {
      kernel.step(1);
      const next = start(fields);
      restoreState(next, stateOf(kernel).slice());
      kernel = next;
    }
    expect(Buffer.from(stateOf(kernel)).equals(stateOf(whole))).toBe(true);
  });

  test('do not notice that is measured or looked at between them', () => {
    const looked = prepared(fields);
    for (let left = 24; left > 0; left--) {
      looked.step(1);
      looked.snapshot();
      looked.measure();
    }
    expect(Buffer.from(stateOf(looked)).equals(stateOf(whole))).toBe(true);
  });

  test('refuse the state of other bodies, or none', () => {
    const kernel = prepared(fields);
    expect(() => restoreState(kernel, new Uint8Array(64))).toThrow('64 bytes');
    expect(() => restoreState(kernel, stateOf(start(fields)).slice())).toThrow('another number of bodies');
    expect(() => restoreState(kernel, stateOf(prepared({ particles: 602 })).slice())).toThrow(
      'another number of bodies',
    );
  });
});

describe('the kernel', () => {
  test.each([
    { name: 'too few bodies', bodies: 1, timestep: 1, softening: 0 },
    { name: 'too many bodies', bodies: 1_000_001, timestep: 1, softening: 0 },
    { name: 'no time step', bodies: 2, timestep: 0, softening: 0 },
    { name: 'a softening that is no number', bodies: 2, timestep: 1, softening: Number.NaN },
  ])('refuses $name', ({ bodies, timestep, softening }) => {
    expect(start({}).init(bodies, timestep, softening, 1, 1)).toBe(2);
  });

  test.each([2, 3, 1000, 99_999, 1_000_000])('stays within the stated memory: %d bodies', (particles) => {
    const kernel = start({ particles });
    expect(kernel.stateBytes()).toBe(stateBytesOf(particles));
    expect(kernel.memory.buffer.byteLength).toBeLessThanOrEqual(kernelBytes(particles));
  });
});
