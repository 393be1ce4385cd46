/**
 * A look at a simulation's particles, as bytes: small enough to be sent ten times a second, exact enough to be drawn.
 * Little-endian:
 *
 *     0   u32  mark, "MOT1"               24  f64      time                  88  f64  how wide a particle is, or NaN
 *     4   u32  particles                  32  f64 × 3  lowest corner         96  u16 × shown × dimensions  positions
 *     8   u32  shown, evenly spread       56  f64 × 3  edges                     (0 … 65535 over the edges), then
 *     12  u8   dimensions, u8 periodic    80  f64      greatest speed         …  u8 × shown  speeds (0 … 255 of the
 *     16  f64  step                                   (bits 0 to 2: x, y, z;     greatest), none when that is NaN
 *                                                     bit 3: there is a box)
 */
import type { Frame } from '../function/frame.ts';
import { Problem } from './problem.ts';

/** Of more particles only so many are shown. */
export const MAX_SHOWN = 100_000;
const MARK = 0x31544f4d;
const HEAD_BYTES = 96;
/** Of the longest frame: two bytes a coordinate, one for the speed. */
export const MAX_FRAME_BYTES = HEAD_BYTES + MAX_SHOWN * (2 * 3 + 1);
const MOST_POSITION = 65_535;
const MOST_SPEED = 255;

/** A frame as a viewer gets it. */
export interface FrameView {
  readonly step: number;
  readonly time: number;
  /** How many particles the simulation has; `positions` has an even choice of them. */
  readonly particles: number;
  readonly dimensions: number;
  readonly low: readonly [number, number, number];
  readonly edges: readonly [number, number, number];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** False in free space: then `low` and `edges` are those of all particles now. */
  readonly hasBox: boolean;
  /** Parts of the edges, 0 … 65535; x0 y0 z0 x1 … */
  readonly positions: Uint16Array;
  /** Parts of the greatest speed, 0 … 255; null where particles have no velocity. */
  readonly speeds: Uint8Array | null;
  readonly greatestSpeed: number;
  /** How wide a particle is; null where it has no size. */
  readonly diameter: number | null;
}

/** A frame as bytes: particles wrapped into a periodic box, and held at the borders of another. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const { dimensions, positions, velocities } = frame;
  const particles = positions.length / dimensions;
  const stride = Math.max(1, Math.ceil(particles / MAX_SHOWN));
  const shown = Math.ceil(particles / stride);
  const { low, edges } = extentOf(frame);
  const speeds = velocities ? speedsOf(velocities, dimensions, stride, shown) : null;
  const greatest = speeds ? greatestOf(speeds) : Number.NaN;
  const bytes = new Uint8Array(HEAD_BYTES + 2 * shown * dimensions + (speeds ? shown : 0));
  const view = new DataView(bytes.buffer);
  for (const [index, number] of [MARK, particles, shown].entries()) view.setUint32(4 * index, number, true);
  view.setUint8(12, dimensions);
  view.setUint8(
    13,
    [...frame.periodic, frame.box !== null].reduce((bits, holds, place) => bits | (Number(holds) << place), 0),
  );
  const numbers = [frame.step, frame.time, ...low, ...edges, greatest, frame.diameter ?? Number.NaN];
  for (const [index, number] of numbers.entries()) view.setFloat64(16 + 8 * index, number, true);
  const places = new Uint16Array(bytes.buffer, HEAD_BYTES, shown * dimensions);
  for (let axis = 0; axis < dimensions; axis++) {
    const repeats = frame.box !== null && frame.periodic[axis]!;
    place(places, positions, { axis, dimensions, stride, low: low[axis]!, edge: edges[axis]!, repeats });
  }
  if (speeds && greatest > 0) {
    const parts = bytes.subarray(HEAD_BYTES + places.byteLength);
    for (let i = 0; i < shown; i++) parts[i] = (MOST_SPEED * speeds[i]!) / greatest;
  }
  return bytes;
}

/**
 * The frame that bytes are.
 * @throws Problem `internal` when they are none
 */
export function decodeFrame(bytes: Uint8Array): FrameView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES || view.getUint32(0, true) !== MARK)
    throw new Problem('internal', 'these bytes are no frame');
  const [particles, shown, dimensions] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint8(12)];
  const numbers = Array.from({ length: 10 }, (_, index) => view.getFloat64(16 + 8 * index, true));
  const [step, time, lowX, lowY, lowZ, edgeX, edgeY, edgeZ, greatestSpeed, diameter] = numbers as Ten;
  const speedsFrom = HEAD_BYTES + 2 * shown * dimensions;
  const hasSpeeds = !Number.isNaN(greatestSpeed);
  if (dimensions < 1 || dimensions > 3 || shown > MAX_SHOWN) throw new Problem('internal', 'these bytes are no frame');
  if (bytes.length !== speedsFrom + (hasSpeeds ? shown : 0)) throw new Problem('internal', 'a frame was cut off');
  const periodicBits = view.getUint8(13);
  return {
    ...{ step, time, particles, dimensions, greatestSpeed },
    diameter: Number.isNaN(diameter) ? null : diameter,
    low: [lowX, lowY, lowZ],
    edges: [edgeX, edgeY, edgeZ],
    periodic: [(periodicBits & 1) > 0, (periodicBits & 2) > 0, (periodicBits & 4) > 0],
    hasBox: (periodicBits & 8) > 0,
    positions: new Uint16Array(bytes.slice(HEAD_BYTES, speedsFrom).buffer),
    speeds: hasSpeeds ? bytes.slice(speedsFrom) : null,
  };
}

type Ten = [number, number, number, number, number, number, number, number, number, number];

interface Extent {
  readonly low: readonly number[];
  readonly edges: readonly number[];
}

/** The box; in free space the smallest one around all particles. */
function extentOf({ box, dimensions, positions }: Frame): Extent {
  if (box) return { low: [0, 0, 0], edges: box };
  const [low, high] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let axis = 0; axis < dimensions; axis++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < positions.length; i += dimensions) {
      const at = positions[i]!;
      if (at < least) least = at;
      if (at > most) most = at;
    }
    low[axis] = least;
    high[axis] = most;
  }
  return { low, edges: high.map((most, axis) => most - low[axis]! || 1) };
}

/** One that is no number is passed over: what goes wrong in a simulation is for its checks to say. */
function greatestOf(speeds: Float64Array): number {
  let greatest = 0;
  for (let i = 0; i < speeds.length; i++) if (speeds[i]! > greatest) greatest = speeds[i]!;
  return greatest;
}

interface Placing {
  readonly axis: number;
  readonly dimensions: number;
  readonly stride: number;
  readonly low: number;
  readonly edge: number;
  readonly repeats: boolean;
}

/** Fills in one axis. These are the loops that hold up a function while somebody looks: no calls, no closures. */
function place(places: Uint16Array, positions: Float64Array, placing: Placing): void {
  const { axis, dimensions, stride, low, edge, repeats } = placing;
  const step = stride * dimensions;
  for (let to = axis, from = axis; to < places.length; to += dimensions, from += step) {
    let part = (positions[from]! - low) / edge;
    if (repeats) part -= Math.floor(part);
    // Written so that what is no number comes to 0; a half is added as storing cuts off.
    places[to] = part >= 1 ? MOST_POSITION : part > 0 ? MOST_POSITION * part + 0.5 : 0;
  }
}

function speedsOf(velocities: Float64Array, dimensions: number, stride: number, shown: number): Float64Array {
  const speeds = new Float64Array(shown);
  const step = stride * dimensions;
  for (let i = 0, from = 0; i < shown; i++, from += step) {
    let sumSq = 0;
    for (let at = from; at < from + dimensions; at++) sumSq += velocities[at]! * velocities[at]!;
    speeds[i] = Math.sqrt(sumSq);
  }
  return speeds;
}
