/** What happens between two disks. */
import { at, countParticleCollision, particleRestitution, positions, radius, velocities } from './state';

// @ts-ignore: decorator
@inline
function dot(a: v128, b: v128): f64 {
  const products = f64x2.mul(a, b);
  return f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
}

/** (2R)², below which the squared distance of two centres means that the disks overlap. */
// @ts-ignore: decorator
@inline
export function contactSq(): f64 {
  return 2 * radius * (2 * radius);
}

/** The squared length of a vector, rounded as the model rounds it. */
// @ts-ignore: decorator
@inline
export function lengthSq(d: v128): f64 {
  return dot(d, d);
}

/**
 * Lets the overlapping disks `i` and `j` collide. With d = pᵢ − pⱼ: unless they part already, one collision is counted,
 * the velocities exchange their normal parts, damped, and the disks are pushed apart by half of the overlap each. The
 * products associate left to right; other orders give other bits. Coincident disks have no normal: they are counted
 * and stay as they are.
 * @returns true when the positions changed.
 */
export function collide(i: u32, j: u32): bool {
  const pi = v128.load(at(positions, i));
  const pj = v128.load(at(positions, j));
  const d = f64x2.sub(pi, pj);
  const vi = v128.load(at(velocities, i));
  const vj = v128.load(at(velocities, j));
  if (dot(d, f64x2.sub(vi, vj)) > 0) return false;
  countParticleCollision();
  const distance = sqrt(lengthSq(d));
  if (!(distance > 0)) return false;
  const normal = f64x2.div(d, f64x2.splat(distance));
  const a = dot(vi, normal);
  const b = dot(vj, normal);
  v128.store(at(velocities, i), f64x2.add(vi, damped(b - a, normal)));
  v128.store(at(velocities, j), f64x2.add(vj, damped(a - b, normal)));
  const push = f64x2.mul(f64x2.splat(0.5 * (2 * radius - distance)), normal);
  v128.store(at(positions, i), f64x2.add(pi, push));
  v128.store(at(positions, j), f64x2.sub(pj, push));
  return true;
}

// @ts-ignore: decorator
@inline
function damped(speed: f64, normal: v128): v128 {
  return f64x2.mul(f64x2.mul(f64x2.splat(speed), normal), f64x2.splat(particleRestitution));
}
