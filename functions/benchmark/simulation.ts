/**
 * Hard disks in a box, as plainly as they can be written: the reference that the kernel's fast ways are read against.
 * The order of the pairs and of every product is part of the model, because other orders round to other bits.
 */
import type { Frame } from '../../runtime/function/frame.ts';
import type { HardDiskParameters } from '../hard-disks/parameters.ts';
import { STATE_HEADER_BYTES, stateBytesOf } from '../hard-disks/state.ts';
import { seededRandom } from './random.ts';

/** Disks in flight: columns of positions and velocities, and what has been counted so far. */
export interface Disks {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly vx: Float64Array;
  readonly vy: Float64Array;
  steps: number;
  particleCollisions: number;
  wallCollisions: number;
}

/** The start of a seed: every position, then every velocity, disk by disk, x before y. */
export function startDisks(parameters: HardDiskParameters): Disks {
  const { particles, width, height, radius, seed } = parameters;
  const disks = emptyDisks(particles);
  const uniform = seededRandom(seed);
  for (let i = 0; i < particles; i++) {
    disks.x[i] = uniform() * (width - 2 * radius) + radius;
    disks.y[i] = uniform() * (height - 2 * radius) + radius;
  }
  const spread = 2 * parameters.max_speed;
  for (let i = 0; i < particles; i++) {
    disks.vx[i] = (uniform() - 0.5) * spread;
    disks.vy[i] = (uniform() - 0.5) * spread;
  }
  return disks;
}

function emptyDisks(particles: number): Disks {
  const column = () => new Float64Array(particles);
  return { x: column(), y: column(), vx: column(), vy: column(), steps: 0, particleCollisions: 0, wallCollisions: 0 };
}

/** The first half of a step: every disk moves, then meets the walls. */
export function moveDisks(
  disks: Disks,
  { width, height, radius, timestep, wall_restitution }: HardDiskParameters,
): void {
  const { x, y, vx, vy } = disks;
  for (let i = 0; i < x.length; i++) {
    const turnedX = moveBetweenWalls(x, vx, i, timestep, radius, width, wall_restitution);
    const turnedY = moveBetweenWalls(y, vy, i, timestep, radius, height, wall_restitution);
    if (turnedX || turnedY) disks.wallCollisions++;
  }
}

/** Moves disk `i` in one direction; true when it met a wall, the one at 0 or the one at `extent`. */
function moveBetweenWalls(
  places: Float64Array,
  speeds: Float64Array,
  i: number,
  timestep: number,
  radius: number,
  extent: number,
  restitution: number,
): boolean {
  const place = places[i]! + speeds[i]! * timestep;
  const isBelow = place - radius < 0;
  const isAbove = !isBelow && place + radius > extent;
  places[i] = isBelow ? radius : isAbove ? extent - radius : place;
  if (isBelow || isAbove) speeds[i]! *= -restitution;
  return isBelow || isAbove;
}

/** The second half of a step, for the rows `from` … `to` − 1: pairs i < j in order, on positions as they then stand. */
export function collideRows(
  disks: Disks,
  { radius, particle_restitution }: HardDiskParameters,
  from: number,
  to: number,
): void {
  const { x, y } = disks;
  const contactSq = 2 * radius * (2 * radius);
  for (let i = from; i < to; i++) {
    for (let j = i + 1; j < x.length; j++) {
      const dx = x[i]! - x[j]!;
      const dy = y[i]! - y[j]!;
      if (dx * dx + dy * dy < contactSq) collide(disks, i, j, 2 * radius, particle_restitution);
    }
  }
}

/** Two overlapping disks exchange their normal velocities, damped, and are pushed apart, unless they part already. */
function collide(disks: Disks, i: number, j: number, contact: number, restitution: number): void {
  const { x, y, vx, vy } = disks;
  const dx = x[i]! - x[j]!;
  const dy = y[i]! - y[j]!;
  if (dx * (vx[i]! - vx[j]!) + dy * (vy[i]! - vy[j]!) > 0) return;
  disks.particleCollisions++;
  const distance = Math.sqrt(dx * dx + dy * dy);
  if (!(distance > 0)) return;
  const nx = dx / distance;
  const ny = dy / distance;
  const a = vx[i]! * nx + vy[i]! * ny;
  const b = vx[j]! * nx + vy[j]! * ny;
  vx[i]! += (b - a) * nx * restitution;
  vy[i]! += (b - a) * ny * restitution;
  vx[j]! += (a - b) * nx * restitution;
  vy[j]! += (a - b) * ny * restitution;
  const push = 0.5 * (contact - distance);
  x[i]! += push * nx;
  y[i]! += push * ny;
  x[j]! -= push * nx;
  y[j]! -= push * ny;
}

/** ½ Σ v² with unit mass, summed disk by disk. */
export function kineticEnergy({ vx, vy }: Disks): number {
  let sum = 0;
  for (let i = 0; i < vx.length; i++) sum += vx[i]! * vx[i]! + vy[i]! * vy[i]!;
  return 0.5 * sum;
}

/** The disks at this moment, as copies. */
export function frameOf({ x, y, vx, vy, steps }: Disks, parameters: HardDiskParameters): Frame {
  const { width, height, timestep, radius } = parameters;
  const pairs = (first: Float64Array, second: Float64Array) =>
    Float64Array.from({ length: 2 * x.length }, (_, i) => (i % 2 === 0 ? first : second)[i >> 1]!);
  return {
    ...{ step: steps, time: steps * timestep, box: [width, height, 1], periodic: [false, false, false] },
    ...{ diameter: 2 * radius, dimensions: 2, positions: pairs(x, y), velocities: pairs(vx, vy) },
  };
}

/** The state as bytes, in the form that `functions/hard-disks/state.ts` describes. */
export function packDisks(disks: Disks): Uint8Array {
  const particles = disks.x.length;
  const view = new DataView(new ArrayBuffer(stateBytesOf(particles)));
  const header = [particles, disks.steps, disks.particleCollisions, disks.wallCollisions];
  for (const [index, value] of header.entries()) view.setBigUint64(index * 8, BigInt(value), true);
  packPairs(view, STATE_HEADER_BYTES, disks.x, disks.y);
  packPairs(view, STATE_HEADER_BYTES + 16 * particles, disks.vx, disks.vy);
  return new Uint8Array(view.buffer);
}

function packPairs(view: DataView, start: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    view.setFloat64(start + 16 * i, x[i]!, true);
    view.setFloat64(start + 16 * i + 8, y[i]!, true);
  }
}

/**
 * Disks from a state as bytes.
 * @throws Error when it is not the state of `particles` disks.
 */
export function unpackDisks(state: Uint8Array, particles: number): Disks {
  if (state.length !== stateBytesOf(particles)) {
    throw new Error(
      `the checkpoint has ${state.length} bytes, but that of ${particles} disks has ${stateBytesOf(particles)}`,
    );
  }
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  const disks = emptyDisks(particles);
  disks.steps = Number(view.getBigUint64(8, true));
  disks.particleCollisions = Number(view.getBigUint64(16, true));
  disks.wallCollisions = Number(view.getBigUint64(24, true));
  unpackPairs(view, STATE_HEADER_BYTES, disks.x, disks.y);
  unpackPairs(view, STATE_HEADER_BYTES + 16 * particles, disks.vx, disks.vy);
  return disks;
}

function unpackPairs(view: DataView, start: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    x[i] = view.getFloat64(start + 16 * i, true);
    y[i] = view.getFloat64(start + 16 * i + 8, true);
  }
}
