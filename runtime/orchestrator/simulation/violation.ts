/** An invariant that does not hold: the schedule has found a bug. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
