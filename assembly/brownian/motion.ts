/** How coordinates move. Each pair takes all of its steps before the next one does: none needs another. */
import { alsoOnX, isUnderdamped, onV, onX, thermalSpeed, vv, vx, xv, xx } from './model';
import { normals } from './philox';
import { addSteps, pairAt, pairs, positions, seed, stepsDone, velocities } from './state';

/** What random numbers are for. */
const FIRST: u32 = 0;
const SECOND: u32 = 1;
const START: u32 = 2;

/** Draws thermal velocities. */
export function drawVelocities(): void {
  const speed = f64x2.splat(thermalSpeed());
  for (let pair: u32 = 0; pair < pairs; pair++) {
    v128.store(pairAt(velocities, pair), f64x2.mul(speed, normals(seed, 0, pair, START)));
  }
}

/** Moves everything by so many steps. */
export function move(steps: u64): void {
  const first = stepsDone();
  for (let pair: u32 = 0; pair < pairs; pair++) {
    if (isUnderdamped) moveUnderdamped(pair, first, first + steps);
    else moveOverdamped(pair, first, first + steps);
  }
  addSteps(steps);
}

function moveOverdamped(pair: u32, first: u64, end: u64): void {
  const keep = f64x2.splat(xx);
  const noise = f64x2.splat(onX);
  let x = v128.load(pairAt(positions, pair));
  for (let step = first; step < end; step++) {
    x = f64x2.add(f64x2.mul(keep, x), f64x2.mul(noise, normals(seed, step, pair, FIRST)));
  }
  v128.store(pairAt(positions, pair), x);
}

function moveUnderdamped(pair: u32, first: u64, end: u64): void {
  let x = v128.load(pairAt(positions, pair));
  let v = v128.load(pairAt(velocities, pair));
  for (let step = first; step < end; step++) {
    const a = normals(seed, step, pair, FIRST);
    const b = normals(seed, step, pair, SECOND);
    const drift = f64x2.add(scaled(x, xx), scaled(v, xv));
    v = f64x2.add(f64x2.add(scaled(x, vx), scaled(v, vv)), scaled(a, onV));
    x = f64x2.add(drift, f64x2.add(scaled(a, onX), scaled(b, alsoOnX)));
  }
  v128.store(pairAt(positions, pair), x);
  v128.store(pairAt(velocities, pair), v);
}

// @ts-ignore: decorator
@inline
function scaled(vector: v128, factor: f64): v128 {
  return f64x2.mul(vector, f64x2.splat(factor));
}
