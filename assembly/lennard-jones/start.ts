/** The start: atoms on a face-centred cubic lattice, velocities from Maxwell's distribution. */
import { normalAt, streamOf } from '../lib/counter-random';
import { at, count, lx, ly, lz, positions, velocities } from './state';

/** Step 0 of a thermostat is never thrown, but its stream must differ from the start's all the same. */
const START: u64 = 0xffffffffffffffff;

/**
 * Spreads the atoms evenly over the sites of `cellsX` × `cellsY` × `cellsZ` face-centred cells that fill the box.
 * @returns false when they have fewer sites than there are atoms.
 */
export function placeLattice(cellsX: u32, cellsY: u32, cellsZ: u32): bool {
  const sites = 4 * <u64>cellsX * <u64>cellsY * <u64>cellsZ;
  if (sites < <u64>count) return false;
  const halfX = (0.5 * lx) / <f64>cellsX;
  const halfY = (0.5 * ly) / <f64>cellsY;
  const halfZ = (0.5 * lz) / <f64>cellsZ;
  for (let i: u32 = 0; i < count; i++) {
    const site = <u64>((<f64>i * <f64>sites) / <f64>count);
    const corner = <u32>(site & 3);
    const cell = site >> 2;
    const x = 2 * <u32>(cell % cellsX) + (corner & 1);
    const y = 2 * <u32>((cell / cellsX) % cellsY) + (corner >> 1);
    const z = 2 * <u32>(cell / (<u64>cellsX * cellsY)) + ((corner & 1) ^ (corner >> 1));
    store<f64>(at(positions, i), <f64>x * halfX);
    store<f64>(at(positions, i), <f64>y * halfY, 8);
    store<f64>(at(positions, i), <f64>z * halfZ, 16);
  }
  return true;
}

/** Draws velocities without a total momentum whose temperature, with 3 · count − 3 degrees of freedom, is exact. */
export function drawVelocities(seed: u64, temperature: f64): void {
  const stream = streamOf(seed, START);
  for (let k: u32 = 0; k < 3; k++) {
    let mean: f64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const speed = normalAt(stream, 3 * <u64>i + k);
      mean += speed;
      store<f64>(at(velocities, i) + (k << 3), speed);
    }
    mean /= <f64>count;
    for (let i: u32 = 0; i < count; i++) {
      const place = at(velocities, i) + (k << 3);
      store<f64>(place, load<f64>(place) - mean);
    }
  }
  scaleTo(temperature);
}

function scaleTo(temperature: f64): void {
  const end = velocities + <usize>count * 24;
  let squares: f64 = 0;
  for (let place = velocities; place < end; place += 8) squares += load<f64>(place) * load<f64>(place);
  const factor = squares > 0 ? sqrt((temperature * (3 * <f64>count - 3)) / squares) : 0;
  for (let place = velocities; place < end; place += 8) store<f64>(place, factor * load<f64>(place));
}
