/** What is measured at the end of a step: sums over the bodies, in their order, and radii around their centre of mass. */
import { sortByKey } from './heap-sort';
import { FX, MASS, VX, X, count, get, kinetic, potential, scratch } from './state';

/** Of the mass, the parts whose radii are asked for. */
const parts: usize = memory.data<f64>([0.1, 0.25, 0.5, 0.75, 0.9]);
const PARTS: u32 = 5;
/** A sum of masses that is this little short of a part is it, but for roundings. */
const ROUNDINGS: f64 = 1e-12;

/**
 *     measured ──► kinetic, potential, virial, inertia, P x y z, L x y z, radii 10 25 50 75 90 %
 */
const measured: usize = memory.data(15 * 8, 16);
const VIRIAL: usize = 16;
const INERTIA: usize = 24;
const MOMENTUM: usize = 32;
const ANGULAR: usize = 56;
const RADII: usize = 80;

/** Measures all, after a step whose potential was asked for. */
export function measureAll(): usize {
  memory.fill(measured, 0, 15 * 8);
  store<f64>(measured, kinetic());
  store<f64>(measured, -potential(), 8);
  for (let body: u32 = 0; body < count; body++) measureBody(body);
  measureRadii();
  return measured;
}

// @ts-ignore: decorator
@inline
function add(offset: usize, value: f64): void {
  store<f64>(measured + offset, load<f64>(measured + offset) + value);
}

function measureBody(body: u32): void {
  const mass = get(body, MASS);
  const x = get(body, X);
  const y = get(body, X + 16);
  const z = get(body, X + 32);
  const u = mass * get(body, VX);
  const v = mass * get(body, VX + 16);
  const w = mass * get(body, VX + 32);
  add(VIRIAL, x * get(body, FX) + y * get(body, FX + 16) + z * get(body, FX + 32));
  add(INERTIA, mass * (x * x + y * y + z * z));
  add(MOMENTUM, u);
  add(MOMENTUM + 8, v);
  add(MOMENTUM + 16, w);
  add(ANGULAR, y * w - z * v);
  add(ANGULAR + 8, z * u - x * w);
  add(ANGULAR + 16, x * v - y * u);
}

/** The smallest radii around the centre of mass that hold the parts. */
function measureRadii(): void {
  const mass = sumOf(MASS, false);
  const cx = sumOf(X, true) / mass;
  const cy = sumOf(X + 16, true) / mass;
  const cz = sumOf(X + 32, true) / mass;
  for (let body: u32 = 0; body < count; body++) {
    const dx = get(body, X) - cx;
    const dy = get(body, X + 16) - cy;
    const dz = get(body, X + 32) - cz;
    store<f64>(scratch + (<usize>body << 4), dx * dx + dy * dy + dz * dz);
    store<f64>(scratch + (<usize>body << 4), get(body, MASS), 8);
  }
  sortByKey(scratch, count);
  let within: f64 = 0;
  let part: u32 = 0;
  for (let entry = scratch; part < PARTS; entry += 16) {
    within += load<f64>(entry, 8);
    const isLast = entry == scratch + (<usize>(count - 1) << 4);
    for (; part < PARTS && (isLast || within >= partAt(part) * mass * (1 - ROUNDINGS)); part++) {
      store<f64>(measured + RADII + (<usize>part << 3), sqrt(load<f64>(entry)));
    }
  }
}

// @ts-ignore: decorator
@inline
function partAt(part: u32): f64 {
  return load<f64>(parts + (<usize>part << 3));
}

/** Σ of a field over the bodies, each with its mass if so. */
function sumOf(field: usize, withMass: bool): f64 {
  let sum: f64 = 0;
  for (let body: u32 = 0; body < count; body++) sum += withMass ? get(body, MASS) * get(body, field) : get(body, field);
  return sum;
}
