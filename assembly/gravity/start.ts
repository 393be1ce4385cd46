/**
 * The starts. A sphere is Plummer's model, drawn as Aarseth, Hénon and Wielen do (1974), in the units of Hénon: a sphere
 * of mass 1 has virial radius 1 and energy −1/4, so Plummer's radius is 3π/16. All bodies have the same mass, in all 1.
 * Roots are the processor's, cube roots the compiler's own: no function of the host decides a bit.
 */
import { seedRandom, uniform } from '../lib/mt19937';
import { INVERSE_MASS, MASS, VX, VY, VZ, X, Y, Z, count, get, scratch, set } from './state';

const PLUMMER_RADIUS: f64 = (3 * Math.PI) / 16;
/** The model has no edge: the outermost thousandth of its mass, beyond 38.7 of its radii, is left out. */
const MASS_WITHIN: f64 = 0.999;
/** Above the maximum of q²(1 − q²)^(7/2), which is 0.0922. */
const ABOVE_DENSITY: f64 = 0.1;

/** One sphere. */
export function drawSphere(seed: u32): void {
  seedRandom(seed);
  fillSphere(0, count);
}

/**
 * Two spheres with half of the bodies each; an odd one is in the first. The second one comes along x, `separation` away,
 * `impact` beside the first one, at `speed`. Each is a model of its own mass m and virial radius m, in which the speeds
 * are those of the whole one.
 */
export function drawCollision(seed: u32, separation: f64, impact: f64, speed: f64): void {
  seedRandom(seed);
  const second = (count + 1) >> 1;
  fillSphere(0, second);
  fillSphere(second, count);
  for (let body = second; body < count; body++) {
    set(body, X, get(body, X) + separation);
    set(body, Y, get(body, Y) + impact);
    set(body, VX, get(body, VX) - speed);
  }
  centre(0, count);
}

/** Takes the bodies that stand in `scratch`: masses, then positions, then velocities. */
export function takeGiven(): void {
  const positions = scratch + (<usize>count << 3);
  const velocities = positions + <usize>count * 24;
  for (let body: u32 = 0; body < count; body++) {
    setMass(body, load<f64>(scratch + (<usize>body << 3)));
    const place = <usize>body * 24;
    setVector(body, X, load<f64>(positions + place), load<f64>(positions + place, 8), load<f64>(positions + place, 16));
    setVector(
      body,
      VX,
      load<f64>(velocities + place),
      load<f64>(velocities + place, 8),
      load<f64>(velocities + place, 16),
    );
  }
}

function setMass(body: u32, mass: f64): void {
  set(body, MASS, mass);
  set(body, INVERSE_MASS, 1 / mass);
}

/** The vector whose first component is `field`. */
function setVector(body: u32, field: usize, a: f64, b: f64, c: f64): void {
  set(body, field, a);
  set(body, field + 16, b);
  set(body, field + 32, c);
}

/** Draws the bodies `first` … `end` − 1 as a sphere around the origin, their centre of mass at rest there. */
function fillSphere(first: u32, end: u32): void {
  const scale = PLUMMER_RADIUS * (<f64>(end - first) / <f64>count);
  for (let body = first; body < end; body++) {
    setMass(body, 1 / <f64>count);
    const radius = drawRadius();
    scatter(body, X, scale * radius);
    scatter(body, VX, drawSpeed(radius) / sqrt(PLUMMER_RADIUS));
  }
  centre(first, end);
}

/** The radius within which a uniform part m of the mass lies: 1/√(m^(−2/3) − 1), in Plummer's radii. */
function drawRadius(): f64 {
  const part = MASS_WITHIN * uniform();
  return 1 / sqrt(1 / Math.cbrt(part * part) - 1);
}

/** A speed at a radius, in units of √(M/Plummer's radius): a part q of that of escape, q drawn by rejection. */
function drawSpeed(radius: f64): f64 {
  let part: f64;
  let rest: f64;
  do {
    part = uniform();
    rest = 1 - part * part;
  } while (ABOVE_DENSITY * uniform() >= part * part * rest * rest * rest * sqrt(rest));
  return part * sqrt(2 / sqrt(1 + radius * radius));
}

/** Makes a vector of a body one of this length, in a direction drawn by rejection. */
function scatter(body: u32, field: usize, length: f64): void {
  let a: f64;
  let b: f64;
  let c: f64;
  let square: f64;
  do {
    a = 2 * uniform() - 1;
    b = 2 * uniform() - 1;
    c = 2 * uniform() - 1;
    square = a * a + b * b + c * c;
  } while (square > 1 || square < 1e-4);
  const scale = length / sqrt(square);
  setVector(body, field, a * scale, b * scale, c * scale);
}

/** Brings the centre of mass of the bodies `first` … `end` − 1 to rest at the origin; their masses are equal. */
function centre(first: u32, end: u32): void {
  for (let field = X; field <= Z; field += 16) centreField(field, first, end);
  for (let field = VX; field <= VZ; field += 16) centreField(field, first, end);
}

function centreField(field: usize, first: u32, end: u32): void {
  let sum: f64 = 0;
  for (let body = first; body < end; body++) sum += get(body, field);
  const mean = sum / <f64>(end - first);
  for (let body = first; body < end; body++) set(body, field, get(body, field) - mean);
}
