/** Where the viewer stands: around the middle of what is shown, in units in which that has a radius of 1. */

/** Four by four, by columns, as WebGL takes it. */
export type Matrix = Float32Array;

export interface Pose {
  /** Around the upright axis, and up from the ground, in radians. */
  readonly yaw: number;
  readonly pitch: number;
  /** 1 shows all of it; 2 twice as large. */
  readonly zoom: number;
  /** What is in the middle of the picture, to the right and up. */
  readonly panX: number;
  readonly panY: number;
}

export const FIRST_POSE: Pose = { yaw: 0.6, pitch: 0.35, zoom: 1, panX: 0, panY: 0 };

const LEAST_ZOOM = 0.2;
const MOST_ZOOM = 40;
const MOST_PITCH = Math.PI / 2;
/** Of the shorter side of the picture, in radians. */
const FIELD_OF_VIEW = 0.6;
/** Around what is shown. */
const MARGIN = 1.06;
/** What a turn by hand over the whole picture comes to, in radians. */
const TURN = Math.PI;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Turned by a drag over so many parts of the picture. */
export function turned(pose: Pose, right: number, down: number): Pose {
  const pitch = pose.pitch + down * TURN;
  return { ...pose, yaw: pose.yaw - right * TURN, pitch: Math.min(MOST_PITCH, Math.max(-MOST_PITCH, pitch)) };
}

/** Moved by a drag over so many pixels: what is under the pointer stays there. `radius` is in pixels, unzoomed. */
export function moved(pose: Pose, right: number, down: number, radius: number): Pose {
  const aPixel = 1 / radius / pose.zoom;
  return { ...pose, panX: pose.panX - right * aPixel, panY: pose.panY + down * aPixel };
}

/** Larger by a factor, with a point of the picture (from its middle, in pixels, up) staying where it is. */
export function zoomed(pose: Pose, factor: number, radius: number, x = 0, y = 0): Pose {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, pose.zoom * factor));
  const shift = (1 / pose.zoom - 1 / zoom) / radius;
  return { ...pose, zoom, panX: pose.panX + x * shift, panY: pose.panY + y * shift };
}

/** What has a radius of 1 has one of so many pixels, before any zoom. `fit`: how much of that is to be seen. */
export function radiusOf({ width, height }: Size, [right, up]: readonly [number, number]): number {
  return Math.max(1, Math.min(width / right, height / up)) / 2 / MARGIN;
}

/** Of a pose in space: turns what is shown, and puts it before the eye. */
export function viewOf({ yaw, pitch, zoom, panX, panY }: Pose): Matrix {
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  // Right, up and towards the eye; the world's z points up.
  return new Float32Array([
    ...[cosYaw, -sinYaw * sinPitch, sinYaw * cosPitch, 0],
    ...[sinYaw, cosYaw * sinPitch, -cosYaw * cosPitch, 0],
    ...[0, cosPitch, sinPitch, 0],
    ...[-panX, -panY, -distanceOf(zoom), 1],
  ]);
}

/** From the eye to the middle. */
export function distanceOf(zoom: number): number {
  return MARGIN / Math.sin(FIELD_OF_VIEW / 2) / zoom;
}

/** The perspective of the eye in `viewOf`. */
export function perspectiveOf({ width, height }: Size, zoom: number): Matrix {
  const reach = 1 / Math.tan(FIELD_OF_VIEW / 2);
  const short = Math.max(1, Math.min(width, height));
  const far = distanceOf(zoom) + 4;
  // Close enough for whoever goes in among the particles, far enough for the depth buffer.
  const near = Math.max(0.02, distanceOf(zoom) - 4);
  return new Float32Array([
    ...[(reach * short) / Math.max(1, width), 0, 0, 0],
    ...[0, (reach * short) / Math.max(1, height), 0, 0],
    ...[0, 0, (far + near) / (near - far), -1],
    ...[0, 0, (2 * far * near) / (near - far), 0],
  ]);
}

/** Of a pose in the plane: to the picture at once. */
export function planeOf({ zoom, panX, panY }: Pose, { width, height }: Size, radius: number): Matrix {
  const [x, y] = [(2 * radius * zoom) / Math.max(1, width), (2 * radius * zoom) / Math.max(1, height)];
  return new Float32Array([...[x, 0, 0, 0], ...[0, y, 0, 0], ...[0, 0, 0, 0], ...[-panX * x, -panY * y, 0, 1]]);
}
