/** What is measured, and what chance would make of it. */
import { dimensions, particles, positions, rows } from './state';

/** Intervals of Simpson's rule in a bin. */
const INTERVALS: u32 = 32;

/** Notes Σ r² and Σ r⁴ over the particles as sample `k` = 1 … samples. */
export function takeSample(k: u32): void {
  const row = rows + (<usize>(k - 1) << 4);
  let place = positions;
  let squares: f64 = 0;
  let fourths: f64 = 0;
  for (let i: u32 = 0; i < particles; i++) {
    let square: f64 = 0;
    for (let c: u32 = 0; c < dimensions; c++, place += 8) square += load<f64>(place) * load<f64>(place);
    squares += square;
    fourths += square * square;
  }
  store<f64>(row, squares);
  store<f64>(row, fourths, 8);
}

/** The mean square of a column's coordinates, the odd companion left out. */
export function meanSquare(column: usize): f64 {
  const coordinates = particles * dimensions;
  let sum: f64 = 0;
  for (let q: u32 = 0; q < coordinates; q++) {
    const value = load<f64>(column + (<usize>q << 3));
    sum += value * value;
  }
  return sum / <f64>coordinates;
}

/**
 * How unlikely a sum of `freedoms` squares of normal numbers is, given its ratio to what is expected: as a normal
 * number, by Wilson and Hilferty's cube root (1931), which holds far into the tails.
 */
export function deviation(ratio: f64, freedoms: f64): f64 {
  const spread = 2 / (9 * freedoms);
  return (Math.cbrt(ratio) - (1 - spread)) / sqrt(spread);
}

/** The part of a normal distribution between `from` and `to`, in standard deviations. */
export function normalPart(from: f64, to: f64): f64 {
  const width = (to - from) / <f64>INTERVALS;
  let sum: f64 = 0;
  for (let k: u32 = 0; k <= INTERVALS; k++) {
    const x = from + <f64>k * width;
    const weight: f64 = k == 0 || k == INTERVALS ? 1 : k & 1 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * x * x);
  }
  return (sum * width) / (3 * sqrt(2 * Math.PI));
}
