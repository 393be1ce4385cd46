/** What happens: the earliest event of all disks, one after the other. */
import { cross } from './cells';
import { bringUp, foresee } from './foresee';
import { earliest, fillQueue, requeue } from './queue';
import {
  addVirial,
  blockLength,
  collisions,
  count,
  countCollision,
  countCrossing,
  counters,
  doubleAt,
  epoch,
  equilibration,
  eventTimes,
  expected,
  MAX_BLOCKS,
  marks,
  noteLast,
  now,
  pairAt,
  partners,
  positions,
  setClockBack,
  setNow,
  velocities,
  virial,
  wordAt,
} from './state';
import { dot, nearestImage } from './vectors';

/** Collisions a disk after which the clock is set back: often enough for digits, seldom enough to cost nothing. */
const CLOCK_COLLISIONS: u64 = 16;

/** Foresees every disk's first event. */
export function foreseeAll(): void {
  for (let i: u32 = 0; i < count; i++) foresee(i);
  fillQueue();
  if (equilibration == 0) mark(0);
}

/** Goes on to the end of the next collision. */
export function collideOnce(): void {
  while (!happen(earliest())) {}
  countCollision();
  if (collisions() % (CLOCK_COLLISIONS * <u64>count) == 0) {
    setClockBack();
    fillQueue();
  }
  markBlock();
}

/** Lets the event of disk `i` happen; true if it was a collision. */
function happen(i: u32): bool {
  setNow(load<f64>(doubleAt(eventTimes, i)));
  bringUp(i);
  const partner = load<i32>(wordAt(partners, i));
  const isCollision = partner >= 0 && load<u32>(wordAt(counters, partner)) == load<u32>(wordAt(expected, i));
  if (isCollision) {
    bringUp(partner);
    collide(i, partner);
    foreseeAnew(partner);
  } else if (partner < 0) {
    cross(i, partner);
    countCrossing();
  }
  foreseeAnew(i);
  return isCollision;
}

function foreseeAnew(i: u32): void {
  foresee(i);
  requeue(i);
}

/** Disks in contact exchange the parts of their velocities along the line between them. */
function collide(i: u32, j: u32): void {
  const d = nearestImage(f64x2.sub(v128.load(pairAt(positions, j)), v128.load(pairAt(positions, i))));
  const vi = v128.load(pairAt(velocities, i));
  const vj = v128.load(pairAt(velocities, j));
  const approach = min(0, dot(d, f64x2.sub(vj, vi)));
  // Divided by d², which is 1 but for roundings: so the energy does not depend on them.
  const change = f64x2.mul(d, f64x2.splat(approach / dot(d, d)));
  v128.store(pairAt(velocities, i), f64x2.add(vi, change));
  v128.store(pairAt(velocities, j), f64x2.sub(vj, change));
  addVirial(-approach);
  noteLast(i, j);
  store<u32>(wordAt(counters, i), load<u32>(wordAt(counters, i)) + 1);
  store<u32>(wordAt(counters, j), load<u32>(wordAt(counters, j)) + 1);
}

/** Notes time and virial where the measurement starts and where a block of it ends. */
function markBlock(): void {
  if (collisions() < equilibration) return;
  const measured = collisions() - equilibration;
  if (measured % blockLength == 0 && measured / blockLength <= <u64>MAX_BLOCKS) mark(measured / blockLength);
}

function mark(block: u64): void {
  store<f64>(marks + (<usize>block << 4), epoch() + now());
  store<f64>(marks + (<usize>block << 4), virial(), 8);
}
