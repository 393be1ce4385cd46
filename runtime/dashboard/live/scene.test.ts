import { describe, expect, test } from 'vitest';
import type { Frame } from '../../function/frame.ts';
import { decodeFrame, encodeFrame } from '../../wire/frame.ts';
import { fastColour, particleRadius, sceneOf, summaryOf } from './scene.ts';

const viewOf = (fields: Partial<Frame>) =>
  decodeFrame(
    encodeFrame({
      ...{ step: 1, time: 0, box: [3, 4, 12], periodic: [true, true, true], dimensions: 3 },
      ...{ positions: new Float64Array(3), velocities: null, ...fields },
    }),
  );

/** Particles of free space, each so far from the origin along x, y and z. */
const cloud = (size: number, middle = 0, dimensions = 3) =>
  viewOf({
    ...{ box: null, dimensions },
    positions: Float64Array.from({ length: 1000 * dimensions }, (_, i) => middle + size * Math.sin(i * i)),
  });

describe('the scene', () => {
  test('of a box is the whole box', () => {
    expect(sceneOf(viewOf({}), null)).toMatchObject({ centre: [1.5, 2, 6], radius: 6.5, isFlat: false, hasBox: true });
  });

  test('of a flat box fits its edges', () => {
    const flat = viewOf({ box: [8, 6, 1], dimensions: 2, positions: new Float64Array(4) });
    expect(sceneOf(flat, null)).toMatchObject({ centre: [4, 3, 0], radius: 4, fit: [1, 0.75], isFlat: true });
  });

  test('of free space holds nearly all particles, whatever the farthest do', () => {
    const near = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i * i));
    const far = viewOf({ box: null, positions: Float64Array.from([...near, 1e6, 1e6, 1e6]) });
    expect(sceneOf(far, null).radius).toBeLessThan(30);
    const { centre, radius } = sceneOf(cloud(2, 10), null);
    for (const at of centre) expect(at).toBeCloseTo(10, 0);
    expect(radius).toBeGreaterThan(2);
    expect(radius).toBeLessThan(6);
  });

  test('of free space stays while it does, and follows what grows, shrinks or drifts away', () => {
    const first = sceneOf(cloud(1), null);
    expect(sceneOf(cloud(1.2), first)).toBe(first);
    for (const other of [cloud(2), cloud(0.2), cloud(1, 3)]) expect(sceneOf(other, first)).not.toBe(first);
  });

  test.each([
    { name: 'no particle at all', view: viewOf({ box: null, positions: new Float64Array() }) },
    { name: 'one particle', view: viewOf({ box: null, positions: new Float64Array(3) }) },
    { name: 'a line', view: viewOf({ box: null, dimensions: 1, positions: new Float64Array(5) }) },
    {
      name: 'particles that are nowhere',
      view: viewOf({ box: null, positions: new Float64Array(3).fill(Number.NaN) }),
    },
    { name: 'a box without a size', view: viewOf({ box: [0, 0, 0] }) },
  ])('bears $name', ({ view }) => {
    const scene = sceneOf(view, null);
    expect(scene.radius).toBeGreaterThan(0);
    expect([...scene.centre, scene.radius, particleRadius(view, scene)].every(Number.isFinite)).toBe(true);
  });
});

describe('particles', () => {
  test('are as wide as they are', () => {
    const view = viewOf({ diameter: 2 });
    expect(particleRadius(view, sceneOf(view, null))).toBeCloseTo(1 / 6.5);
  });

  test('without a size leave room between them', () => {
    const view = viewOf({ box: [10, 10, 10], positions: new Float64Array(3000) });
    const scene = sceneOf(view, null);
    const apart = 1 / scene.radius;
    expect(particleRadius(view, scene)).toBeLessThan(apart / 2);
    expect(particleRadius(view, scene)).toBeGreaterThan(apart / 4);
  });
});

describe('the numbers of a frame', () => {
  test('are those of all that is shown', () => {
    const view = viewOf({ positions: new Float64Array(9), velocities: new Float64Array([0, 0, 0, 3, 4, 0, 0, 0, 10]) });
    const { meanSpeed, ...rest } = summaryOf(view);
    expect(rest).toEqual({ shown: 3, particles: 3, greatestSpeed: 10, lengths: [3, 4, 12] });
    expect(meanSpeed).toBeCloseTo(5, 1);
  });

  test('have no speeds where there are none', () => {
    expect(summaryOf(viewOf({}))).toMatchObject({ meanSpeed: null, greatestSpeed: null });
  });
});

describe('the scale of colours', () => {
  const speeds = (...all: number[]) =>
    viewOf({
      positions: new Float64Array(3 * all.length),
      velocities: Float64Array.from(all.flatMap((speed) => [speed, 0, 0])),
    });

  test('leaves out the few that are very fast', () => {
    const fast = fastColour(speeds(...Array.from({ length: 199 }, (_, i) => i / 199), 100), null);
    expect(fast).toBeLessThan(2);
  });

  test('stays while it nearly fits', () => {
    expect(fastColour(speeds(1.1, 1.1), 1)).toBe(1);
    expect(fastColour(speeds(1.5, 1.5), 1)).toBeCloseTo(1.5);
  });

  test('is none without speeds, and bears that nothing moves', () => {
    expect(fastColour(viewOf({}), 3)).toBeNull();
    expect(fastColour(speeds(0, 0), null)).toBeNull();
  });
});
