/** The bodies in the order that files and digests have. */
import { VX, X, count, get, scratch } from './state';

/** Writes positions, then velocities, three numbers a body, and answers where. */
export function takeSnapshot(): usize {
  writeVectors(scratch, X);
  writeVectors(scratch + <usize>count * 24, VX);
  return scratch;
}

/** The vectors whose first component is `field`. */
function writeVectors(place: usize, field: usize): void {
  for (let body: u32 = 0; body < count; body++, place += 24) {
    store<f64>(place, get(body, field));
    store<f64>(place, get(body, field + 16), 8);
    store<f64>(place, get(body, field + 32), 16);
  }
}
