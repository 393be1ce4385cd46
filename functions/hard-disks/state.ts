import { createHash } from 'node:crypto';

/**
 * A simulation's state as bytes, little-endian on every host: four u64 (disks, steps done, particle collisions, wall
 * collisions), then the positions (x0 y0 x1 y1 …) and the velocities as doubles. A checkpoint is a copy of it. The
 * kernel keeps it in this form (`assembly/hard-disks/state.ts`).
 */
export const STATE_HEADER_BYTES = 32;

/** Bytes of the state of so many disks. */
export function stateBytesOf(particles: number): number {
  return STATE_HEADER_BYTES + 32 * particles;
}

/** SHA-256, hex, of the positions and velocities in a state. */
export function digestState(state: Uint8Array): string {
  return createHash('sha256').update(state.subarray(STATE_HEADER_BYTES)).digest('hex');
}
