import type { Attempts } from './attempts.ts';
import type { Lane } from './lane.ts';
import type { Scale } from './scale.ts';

/** So far beside a bar it is still meant. */
const NEAR_PX = 4;

/** The attempt of a lane that is at a pixel, or the nearest one beside it; null where there is none. */
export function hit(attempts: Attempts, lane: Lane, scale: Scale, x: number, now: number): number | null {
  let [nearest, least] = [null as number | null, NEAR_PX];
  const [begin, end] = [scale.time(x - NEAR_PX), scale.time(x + NEAR_PX)];
  for (let index = Math.max(0, lane.endingAfter(begin) - 1); index < lane.places.length; index += 1) {
    const place = lane.places[index]!;
    const from = attempts.from(place);
    if (from > end) break;
    const [left, right] = [scale.x(from), scale.x(Math.min(attempts.till(place), now))];
    const distance = x < left ? left - x : x > right ? x - right : 0;
    // Of two that are as near the later one is drawn over the other.
    if (distance <= least) [nearest, least] = [place, distance];
  }
  return nearest;
}

/** The attempt before or after another in its lane. */
export function neighbour(lane: Lane, place: number, step: 1 | -1): number | null {
  const index = lane.places.indexOf(place);
  return lane.places[index + step] ?? null;
}

/** The attempt of a lane that is nearest to a time. */
export function nearest(attempts: Attempts, lane: Lane, time: number): number | null {
  const index = lane.after(time);
  const [before, next] = [lane.places[index - 1], lane.places[index]];
  if (before === undefined) return next ?? null;
  if (next === undefined || attempts.till(before) >= time) return before;
  return time - attempts.till(before) <= attempts.from(next) - time ? before : next;
}
