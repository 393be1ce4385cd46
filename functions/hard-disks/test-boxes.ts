import { expect } from 'vitest';
import { instantiateKernel } from '../../runtime/function/kernel.ts';
import { testKernels } from '../test-context.ts';
import { type HardDisksKernel, stateOf } from './kernel.ts';

/** A simulation as `init` takes it, and what is done to its start. */
export interface Box {
  particles: number;
  seed: number;
  width: number;
  height: number;
  radius: number;
  timestep: number;
  maxSpeed: number;
  wallRestitution: number;
  particleRestitution: number;
  steps: number;
  /** Changes positions and velocities (x0 y0 x1 y1 …) before the first step. */
  disturb(positions: Float64Array, velocities: Float64Array): void;
}

/** Uniform numbers in [0, 1). */
export type Random = () => number;

const usual = { width: 800, height: 600, radius: 5, timestep: 0.1, maxSpeed: 20, wallRestitution: 0.8 };

/** A box of the default kind, but for what is said. */
export function box(fields: Partial<Box>): Box {
  return { particles: 100, seed: 42, ...usual, particleRestitution: 0.9, steps: 30, disturb: () => {}, ...fields };
}

/** A fresh instance of the kernel. */
export function freshKernel(): HardDisksKernel {
  return instantiateKernel<HardDisksKernel>(testKernels(), 'hard-disks');
}

/** Starts a simulation, and disturbs its start. */
export function startBox(kernel: HardDisksKernel, from: Box): HardDisksKernel {
  const { particles, seed, width, height, radius, timestep, maxSpeed, wallRestitution, particleRestitution } = from;
  expect(
    kernel.init(particles, seed, width, height, radius, timestep, maxSpeed, wallRestitution, particleRestitution),
  ).toBe(0);
  const pairs = (address: number) => new Float64Array(kernel.memory.buffer, address, 2 * particles);
  from.disturb(pairs(kernel.positions()), pairs(kernel.velocities()));
  expect(kernel.restore()).toBe(0);
  return kernel;
}

/** The state at this moment. */
export function copyState(kernel: HardDisksKernel): Buffer {
  return Buffer.from(stateOf(kernel));
}

function logUniform(random: Random, from: number, to: number): number {
  return from * (to / from) ** random();
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

/** A box of any size, shape, density and speed. */
function anyBox(random: Random): Box {
  const particles = Math.floor(logUniform(random, 1, 300));
  const radius = logUniform(random, 0.1, 50);
  const area = (particles * Math.PI * radius ** 2) / logUniform(random, 0.01, 4);
  const aspect = pick(random, [1, logUniform(random, 0.4, 2.5), logUniform(random, 0.001, 1000)]);
  return box({
    particles,
    seed: Math.floor(random() * 2 ** 32),
    width: Math.max(2 * radius, Math.sqrt(area * aspect)),
    height: Math.max(2 * radius, Math.sqrt(area / aspect)),
    radius,
    timestep: logUniform(random, 0.01, 10),
    maxSpeed: pick(random, [0, radius * logUniform(random, 0.1, 100)]),
    wallRestitution: pick(random, [0, 0.8, 1]),
    particleRestitution: pick(random, [0, 0.5, 0.9, 1]),
    steps: Math.floor(logUniform(random, 1, 40)),
  });
}

/** Puts some of the values of a column at others' places, or wherever `place` says. */
function displace(column: Float64Array, random: Random, part: number, place: (index: number) => number): void {
  for (let index = 0; index < column.length; index++) if (random() < part) column[index] = place(index);
}

const strangeNumbers = [Number.NaN, Infinity, -Infinity, 1e300, -1e18, 0, -0, 5e-324];

/** Kinds of boxes that have proved or could prove difficult. */
export const kinds: { name: string; make(random: Random): Box }[] = [
  { name: 'boxes of any kind', make: anyBox },
  {
    name: 'boxes with a disk as wide as the box, or wider',
    make: (random) => {
      const any = anyBox(random);
      return { ...any, width: any.radius * pick(random, [0.5, 1.9, 2, 2.1]) };
    },
  },
  {
    name: 'boxes with one, two or three disks',
    make: (random) => ({ ...anyBox(random), particles: pick(random, [1, 2, 3]) }),
  },
  {
    name: 'boxes with all disks at one place',
    make: (random) =>
      box({ ...anyBox(random), disturb: (places) => displace(places, random, 1, (i) => places[i % 2]!) }),
  },
  {
    name: 'boxes with many disks at the places of others',
    make: (random) => {
      const disturb = (places: Float64Array) => {
        for (let i = 2; i + 1 < places.length; i += 2) {
          const other = 2 * Math.floor((random() * i) / 2);
          if (random() < 0.5) places.copyWithin(i, other, other + 2);
        }
      };
      return { ...anyBox(random), disturb };
    },
  },
  {
    name: 'heaps, in which every disk overlaps many',
    make: (random) => {
      const any = anyBox(random);
      const disturb = (places: Float64Array) =>
        displace(places, random, 1, (i) => places[i % 2]! + (random() - 0.5) * 4 * any.radius);
      return { ...any, disturb };
    },
  },
  {
    name: 'boxes with most disks far outside',
    make: (random) => {
      const any = anyBox(random);
      const disturb = (places: Float64Array) =>
        displace(places, random, 0.7, (i) => (places[i]! - any.width / 2) * pick(random, [3, 100, 1e6]));
      return { ...any, disturb };
    },
  },
  {
    name: 'lattices, with disks exactly in contact',
    make: (random) => {
      const any = anyBox(random);
      const disturb = (places: Float64Array) =>
        displace(places, random, 1, (i) => Math.round(places[i]! / any.radius) * any.radius);
      return { ...any, disturb };
    },
  },
  {
    name: 'boxes with places that are no places',
    make: (random) =>
      box({
        ...anyBox(random),
        disturb: (places) => displace(places, random, 0.1, () => pick(random, strangeNumbers)),
      }),
  },
  {
    name: 'boxes with speeds that are no speeds',
    make: (random) =>
      box({
        ...anyBox(random),
        disturb: (_, speeds) => displace(speeds, random, 0.1, () => pick(random, strangeNumbers)),
      }),
  },
];
