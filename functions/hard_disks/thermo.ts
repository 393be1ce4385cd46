import type { HardDisksKernel } from '../hard-disks/kernel.ts';
import type { LargeHardDiskResult } from './declaration.ts';

/** Energy and collisions at a step. */
export type ThermoRow = LargeHardDiskResult['thermo'][number];

/** Doubles of a row in a checkpoint. */
const FIELDS = 4;
const ROW_BYTES = 8 * FIELDS;

/** The row of this moment. */
export function rowOf(kernel: HardDisksKernel): ThermoRow {
  return {
    step: kernel.stepsDone(),
    kinetic_energy: kernel.kineticEnergy(),
    particle_collisions: kernel.particleCollisions(),
    wall_collisions: kernel.wallCollisions(),
  };
}

/** A checkpoint: the kernel's state, then the rows until then, four little-endian doubles each. */
export function joinCheckpoint(state: Uint8Array, rows: readonly ThermoRow[]): Uint8Array {
  const checkpoint = new Uint8Array(state.length + ROW_BYTES * rows.length);
  checkpoint.set(state);
  const view = new DataView(checkpoint.buffer, state.length);
  rows.forEach((row, index) => {
    const numbers = [row.step, row.kinetic_energy, row.particle_collisions, row.wall_collisions];
    for (const [field, number] of numbers.entries()) view.setFloat64(ROW_BYTES * index + 8 * field, number, true);
  });
  return checkpoint;
}

/**
 * The two parts of a checkpoint, given how long the first is.
 * @throws Error when there are no whole rows behind it.
 */
export function splitCheckpoint(checkpoint: Uint8Array, stateBytes: number) {
  const rowBytes = checkpoint.length - stateBytes;
  if (rowBytes < ROW_BYTES || rowBytes % ROW_BYTES !== 0) {
    throw new Error(`the checkpoint has ${checkpoint.length} bytes, but this simulation's have ${stateBytes} and rows`);
  }
  const view = new DataView(checkpoint.buffer, checkpoint.byteOffset + stateBytes, rowBytes);
  const rows = Array.from({ length: rowBytes / ROW_BYTES }, (_, row): ThermoRow => {
    const field = (index: number) => view.getFloat64(ROW_BYTES * row + 8 * index, true);
    return { step: field(0), kinetic_energy: field(1), particle_collisions: field(2), wall_collisions: field(3) };
  });
  return { state: checkpoint.subarray(0, stateBytes), rows };
}
