/**
 * Forces and potential energy by the sum over all pairs, in one fixed order. A pair is looked at once: what it does to
 * the one is, with the sign turned, what it does to the other, so that momentum is kept to the last bit of a sum.
 *
 * A *row* is the two bodies of a record, each spread over a vector, against the records of a tile. With d = rⱼ − rᵢ and
 * s² = d² + ε² the force is mᵢ mⱼ d/s³. Roots and divisions are slow, so the two of a row share one division:
 * m/a = b · (m/(ab)).
 */
import { FX, FY, FZ, MASS, X, Y, Z, next, potential, setPotential, softeningSq, tileEnd, tileStart } from './state';

// @ts-ignore: decorator
@inline
function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: decorator
@inline
function add(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/** s², for the differences of two vectors of bodies. */
// @ts-ignore: decorator
@inline
function softSq(dx: v128, dy: v128, dz: v128, softening: v128): v128 {
  return f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.add(f64x2.mul(dz, dz), softening));
}

/** Adds what the bodies of two tiles do to each other; of a tile with itself, each pair once. */
export function attractTile(row: u32, column: u32, withPotential: bool): void {
  const end = tileEnd(row);
  const from = tileStart(column);
  const to = tileEnd(column);
  let energy: f64 = 0;
  for (let i = tileStart(row); i < end; i = next(i)) {
    if (row == column) energy += attractEachOther(i);
    const first = row == column ? next(i) : from;
    if (withPotential) energy += attractRow(i, first, to, true);
    else attractRow(i, first, to, false);
  }
  setPotential(potential() + energy);
}

/** What the two bodies of a record do to each other; answers mᵢ mⱼ / s. */
function attractEachOther(i: usize): f64 {
  const dx = load<f64>(i, X + 8) - load<f64>(i, X);
  const dy = load<f64>(i, Y + 8) - load<f64>(i, Y);
  const dz = load<f64>(i, Z + 8) - load<f64>(i, Z);
  const square = dx * dx + dy * dy + (dz * dz + softeningSq);
  const product = load<f64>(i, MASS) * load<f64>(i, MASS + 8);
  const weight = product / (square * sqrt(square));
  add(i + FX, weight * dx);
  add(i + FY, weight * dy);
  add(i + FZ, weight * dz);
  add(i + FX + 8, -(weight * dx));
  add(i + FY + 8, -(weight * dy));
  add(i + FZ + 8, -(weight * dz));
  return weight * square;
}

/** What the two bodies of record `i` and those of the records `from` … `to` do to each other; Σ mᵢ mⱼ / s if asked for. */
// @ts-ignore: decorator
@inline
function attractRow(i: usize, from: usize, to: usize, withPotential: bool): f64 {
  const softening = f64x2.splat(softeningSq);
  const x0 = v128.load64_splat(i, X);
  const y0 = v128.load64_splat(i, Y);
  const z0 = v128.load64_splat(i, Z);
  const mass0 = v128.load64_splat(i, MASS);
  const x1 = v128.load64_splat(i, X + 8);
  const y1 = v128.load64_splat(i, Y + 8);
  const z1 = v128.load64_splat(i, Z + 8);
  const mass1 = v128.load64_splat(i, MASS + 8);
  let fx0 = f64x2.splat(0);
  let fy0 = f64x2.splat(0);
  let fz0 = f64x2.splat(0);
  let fx1 = f64x2.splat(0);
  let fy1 = f64x2.splat(0);
  let fz1 = f64x2.splat(0);
  let energy = f64x2.splat(0);
  for (let j = from; j < to; j = next(j)) {
    const x = v128.load(j, X);
    const y = v128.load(j, Y);
    const z = v128.load(j, Z);
    const dx0 = f64x2.sub(x, x0);
    const dy0 = f64x2.sub(y, y0);
    const dz0 = f64x2.sub(z, z0);
    const dx1 = f64x2.sub(x, x1);
    const dy1 = f64x2.sub(y, y1);
    const dz1 = f64x2.sub(z, z1);

    // Both weights by one division.
    const square0 = softSq(dx0, dy0, dz0, softening);
    const square1 = softSq(dx1, dy1, dz1, softening);
    const cube0 = f64x2.mul(square0, f64x2.sqrt(square0));
    const cube1 = f64x2.mul(square1, f64x2.sqrt(square1));
    const both = f64x2.div(v128.load(j, MASS), f64x2.mul(cube0, cube1));
    const weight0 = f64x2.mul(mass0, f64x2.mul(both, cube1));
    const weight1 = f64x2.mul(mass1, f64x2.mul(both, cube0));
    if (withPotential) {
      energy = f64x2.add(energy, f64x2.add(f64x2.mul(weight0, square0), f64x2.mul(weight1, square1)));
    }

    const onX0 = f64x2.mul(weight0, dx0);
    const onX1 = f64x2.mul(weight1, dx1);
    fx0 = f64x2.add(fx0, onX0);
    fx1 = f64x2.add(fx1, onX1);
    v128.store(j, f64x2.sub(v128.load(j, FX), f64x2.add(onX0, onX1)), FX);
    const onY0 = f64x2.mul(weight0, dy0);
    const onY1 = f64x2.mul(weight1, dy1);
    fy0 = f64x2.add(fy0, onY0);
    fy1 = f64x2.add(fy1, onY1);
    v128.store(j, f64x2.sub(v128.load(j, FY), f64x2.add(onY0, onY1)), FY);
    const onZ0 = f64x2.mul(weight0, dz0);
    const onZ1 = f64x2.mul(weight1, dz1);
    fz0 = f64x2.add(fz0, onZ0);
    fz1 = f64x2.add(fz1, onZ1);
    v128.store(j, f64x2.sub(v128.load(j, FZ), f64x2.add(onZ0, onZ1)), FZ);
  }
  add(i + FX, sum(fx0));
  add(i + FY, sum(fy0));
  add(i + FZ, sum(fz0));
  add(i + FX + 8, sum(fx1));
  add(i + FY + 8, sum(fy1));
  add(i + FZ + 8, sum(fz1));
  return withPotential ? sum(energy) : 0;
}
