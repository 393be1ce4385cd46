/**
 * A step of the leapfrog in the form kick, drift, kick: half a kick and the drift open a pass, its forces give the other
 * half.
 */
import { attractTile } from './forces';
import {
  FX,
  FY,
  FZ,
  INVERSE_MASS,
  MASS,
  VX,
  VY,
  VZ,
  X,
  Y,
  Z,
  bodies,
  bodiesEnd,
  isForRow,
  next,
  nextTile,
  passes,
  row,
  setKinetic,
  setPotential,
  tileColumn,
  tilesDone,
  timestep,
} from './state';

/** Does the next tile, with what comes before the first one and after the last one of a pass. */
export function doTile(): void {
  if (tilesDone() == 0) beginPass();
  attractTile(row(), tileColumn(), isForRow());
  if (!nextTile()) endPass();
}

function beginPass(): void {
  if (passes() > 0) {
    kick();
    drift();
  }
  for (let record = bodies; record < bodiesEnd; record = next(record)) {
    v128.store(record, f64x2.splat(0), FX);
    v128.store(record, f64x2.splat(0), FY);
    v128.store(record, f64x2.splat(0), FZ);
  }
  setPotential(0);
}

/** The pass has been counted: that of the start was the first. */
function endPass(): void {
  if (passes() > 1) kick();
  setKinetic(kineticEnergy());
}

/** Half a step's change of the velocities. */
function kick(): void {
  const half = f64x2.splat(0.5 * timestep);
  for (let record = bodies; record < bodiesEnd; record = next(record)) {
    const rate = f64x2.mul(half, v128.load(record, INVERSE_MASS));
    v128.store(record, f64x2.add(v128.load(record, VX), f64x2.mul(v128.load(record, FX), rate)), VX);
    v128.store(record, f64x2.add(v128.load(record, VY), f64x2.mul(v128.load(record, FY), rate)), VY);
    v128.store(record, f64x2.add(v128.load(record, VZ), f64x2.mul(v128.load(record, FZ), rate)), VZ);
  }
}

function drift(): void {
  const time = f64x2.splat(timestep);
  for (let record = bodies; record < bodiesEnd; record = next(record)) {
    v128.store(record, f64x2.add(v128.load(record, X), f64x2.mul(v128.load(record, VX), time)), X);
    v128.store(record, f64x2.add(v128.load(record, Y), f64x2.mul(v128.load(record, VY), time)), Y);
    v128.store(record, f64x2.add(v128.load(record, Z), f64x2.mul(v128.load(record, VZ), time)), Z);
  }
}

/** ½ Σ m v². */
function kineticEnergy(): f64 {
  let total = f64x2.splat(0);
  for (let record = bodies; record < bodiesEnd; record = next(record)) {
    const u = v128.load(record, VX);
    const v = v128.load(record, VY);
    const w = v128.load(record, VZ);
    const square = f64x2.add(f64x2.add(f64x2.mul(u, u), f64x2.mul(v, v)), f64x2.mul(w, w));
    total = f64x2.add(total, f64x2.mul(v128.load(record, MASS), square));
  }
  return 0.5 * (f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
}
