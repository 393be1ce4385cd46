/** The start: disks spread evenly over the sites of the lattice, velocities drawn from Maxwell's distribution. */
import { uniform } from '../lib/mt19937';
import {
  count,
  latticeColumns,
  latticeRows,
  pairAt,
  positions,
  spacing,
  temperature,
  velocities,
} from './state';

/** Puts the disks on the lattice, a quarter of its spacing from the border; sites that stay empty are spread. */
export function placeDisks(): void {
  const sites = <u64>latticeColumns * <u64>latticeRows;
  const rowHeight = 0.5 * sqrt<f64>(3) * spacing;
  for (let i: u32 = 0; i < count; i++) {
    const site = <u32>((<u64>i * sites) / <u64>count);
    const row = site / latticeColumns;
    const shift = row & 1 ? 0.75 : 0.25;
    store<f64>(pairAt(positions, i), (<f64>(site % latticeColumns) + shift) * spacing);
    store<f64>(pairAt(positions, i), (<f64>row + 0.5) * rowHeight, 8);
  }
}

/** Draws the velocities, takes their mean away and scales them: momentum 0, ½ Σ v² = (count − 1) · temperature. */
export function drawVelocities(): void {
  let mean = f64x2.splat(0);
  for (let i: u32 = 0; i < count; i++) {
    const velocity = gaussianPair();
    mean = f64x2.add(mean, velocity);
    v128.store(pairAt(velocities, i), velocity);
  }
  mean = f64x2.div(mean, f64x2.splat(<f64>count));
  let squares = f64x2.splat(0);
  for (let i: u32 = 0; i < count; i++) {
    const velocity = f64x2.sub(v128.load(pairAt(velocities, i)), mean);
    squares = f64x2.add(squares, f64x2.mul(velocity, velocity));
    v128.store(pairAt(velocities, i), velocity);
  }
  const sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  const scale = f64x2.splat(sqrt((2 * (<f64>count - 1) * temperature) / sum));
  for (let i: u32 = 0; i < count; i++) {
    v128.store(pairAt(velocities, i), f64x2.mul(v128.load(pairAt(velocities, i)), scale));
  }
}

/** Two independent normal numbers (Marsaglia's polar method). */
function gaussianPair(): v128 {
  let x: f64;
  let y: f64;
  let square: f64;
  do {
    x = 2 * uniform() - 1;
    y = 2 * uniform() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const scale = sqrt((-2 * Math.log(square)) / square);
  return f64x2.replace_lane(f64x2.splat(x * scale), 1, y * scale);
}
