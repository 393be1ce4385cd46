/**
 * Which disk's event is next: a tournament in which the earlier event wins, ties going to the left.
 *
 *     winners[1]                the disk of the earliest event
 *     winners[k]                the winner of winners[2k] and winners[2k + 1]
 *     winners[count + i] = i    the leaves
 *
 * It follows from the event times alone, whatever was played before.
 */
import { column } from '../lib/columns';
import { count, doubleAt, eventTimes, wordAt } from './state';

let winners: usize = 0;

/** Reserves the tournament. */
export function layOutQueue(): void {
  winners = column(2 * <u64>count, 4);
}

/** Plays all matches. */
export function fillQueue(): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(wordAt(winners, count + i), i);
  for (let match = count - 1; match > 0; match--) play(match);
}

/** The disk of the earliest event. */
// @ts-ignore: decorator
@inline
export function earliest(): u32 {
  return load<u32>(winners, 4);
}

/** Says that the event time of disk `i` changed. */
export function requeue(i: u32): void {
  for (let match = (count + i) >> 1; match > 0; match >>= 1) play(match);
}

// @ts-ignore: decorator
@inline
function play(match: u32): void {
  const left = load<u32>(wordAt(winners, 2 * match));
  const right = load<u32>(wordAt(winners, 2 * match), 4);
  const leftWins = load<f64>(doubleAt(eventTimes, left)) <= load<f64>(doubleAt(eventTimes, right));
  store<u32>(wordAt(winners, match), select<u32>(left, right, leftWins));
}
