import { describe, expect, test } from 'vitest';
import {
  distanceOf,
  FIRST_POSE,
  type Matrix,
  moved,
  type Pose,
  perspectiveOf,
  planeOf,
  radiusOf,
  turned,
  viewOf,
  zoomed,
} from './camera.ts';

type Point = readonly [number, number, number];

/** Where a matrix puts a point: x, y, z, w. */
function apply(matrix: Matrix, [x, y, z]: Point): number[] {
  return [0, 1, 2, 3].map((row) => matrix[row]! * x + matrix[4 + row]! * y + matrix[8 + row]! * z + matrix[12 + row]!);
}

/** Where on the screen, −1 … 1. */
function onScreen(pose: Pose, size: { width: number; height: number }, point: Point): [number, number] {
  const [x, y, z] = apply(viewOf(pose), point);
  const [clipX, clipY, , w] = apply(perspectiveOf(size, pose.zoom), [x!, y!, z!]);
  return [clipX! / w!, clipY! / w!];
}

const SIZE = { width: 800, height: 400 };
const STRAIGHT: Pose = { ...FIRST_POSE, yaw: 0, pitch: 0 };

describe('the view of space', () => {
  test('keeps lengths and right angles', () => {
    const matrix = viewOf({ ...FIRST_POSE, yaw: 1.1, pitch: -0.4 });
    const axes = [0, 4, 8].map((from) => [...matrix.slice(from, from + 3)]);
    for (const [i, one] of axes.entries())
      for (const [j, other] of axes.entries()) {
        const product = one.reduce((sum, part, axis) => sum + part * other[axis]!, 0);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 6);
      }
  });

  test('has the middle in front of the eye, and z upwards', () => {
    const middle = apply(viewOf(STRAIGHT), [0, 0, 0]);
    expect(middle[2]).toBeCloseTo(-distanceOf(1));
    expect(onScreen(STRAIGHT, SIZE, [0, 0, 0])).toEqual([0, 0]);
    expect(onScreen(STRAIGHT, SIZE, [0, 0, 0.5])[1]).toBeGreaterThan(0.3);
    expect(onScreen(STRAIGHT, SIZE, [0.5, 0, 0])[0]).toBeGreaterThan(0.1);
  });

  test('shows the most of what has a radius of 1, on wide and on tall screens', () => {
    for (const size of [SIZE, { width: 300, height: 900 }]) {
      const [right] = onScreen(STRAIGHT, size, [0.9, 0, 0]);
      const [, up] = onScreen(STRAIGHT, size, [0, 0, 0.9]);
      expect(Math.max(right, up)).toBeLessThan(1);
      expect(Math.max(right, up)).toBeGreaterThan(0.75);
    }
  });

  test('turns with the hand: what is in front goes to the right, and down', () => {
    const front: Point = [0, -0.5, 0];
    expect(onScreen(turned(STRAIGHT, 0.1, 0), SIZE, front)[0]).toBeGreaterThan(0.01);
    expect(onScreen(turned(STRAIGHT, 0, 0.1), SIZE, front)[1]).toBeLessThan(-0.01);
  });

  test('is never turned over the top', () => {
    expect(turned(STRAIGHT, 0, 50).pitch).toBe(Math.PI / 2);
    expect(turned(STRAIGHT, 0, -50).pitch).toBe(-Math.PI / 2);
  });

  test('has everything before the eye between its two ends', () => {
    for (const zoom of [0.2, 1, 10, 40]) {
      const [, , z, w] = apply(perspectiveOf(SIZE, zoom), [0, 0, -distanceOf(zoom)]);
      expect(Math.abs(z! / w!)).toBeLessThan(1);
    }
  });
});

describe('the view of the plane', () => {
  const radius = radiusOf(SIZE, [1, 0.75]);
  const place = (pose: Pose, x: number, y: number) => apply(planeOf(pose, SIZE, radius), [x, y, 0]);

  test('shows all of a box and no more than its margin', () => {
    const [x, y] = place(STRAIGHT, 1, 0.75);
    expect(y).toBeCloseTo(1 / 1.06);
    expect(x! / y!).toBeCloseTo((1 / 0.75) * (SIZE.height / SIZE.width));
  });

  test('moves what is under the pointer with it', () => {
    const pose = { ...STRAIGHT, zoom: 3 };
    const [beforeX, beforeY] = place(pose, 0.2, 0.1);
    const [x, y] = place(moved(pose, 40, -30, radius), 0.2, 0.1);
    expect(((x! - beforeX!) * SIZE.width) / 2).toBeCloseTo(40);
    expect(((y! - beforeY!) * SIZE.height) / 2).toBeCloseTo(30);
  });

  test('zooms around the pointer', () => {
    // The pointer is 100 pixels to the right of the middle and 50 up.
    const under = (pose: Pose) => [100 / radius / pose.zoom + pose.panX, 50 / radius / pose.zoom + pose.panY];
    const pose = { ...STRAIGHT, zoom: 2, panX: 0.1, panY: -0.2 };
    const next = zoomed(pose, 1.7, radius, 100, 50);
    expect(next.zoom).toBeCloseTo(3.4);
    for (const [axis, at] of under(pose).entries()) expect(under(next)[axis]).toBeCloseTo(at);
  });

  test('has ends to its zoom', () => {
    expect(zoomed(STRAIGHT, 1e9, radius).zoom).toBe(40);
    expect(zoomed(STRAIGHT, 1e-9, radius).zoom).toBe(0.2);
  });

  test('bears a canvas without a size', () => {
    const none = { width: 0, height: 0 };
    for (const matrix of [planeOf(STRAIGHT, none, radiusOf(none, [1, 1])), perspectiveOf(none, 1)])
      expect(matrix.every(Number.isFinite)).toBe(true);
  });
});
