const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What people count time in. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((days) => days * DAY),
];

/** The shortest usual step that is at least so long. */
export function stepFor(leastMs: number): number {
  return STEPS_MS.find((step) => step >= leastMs) ?? STEPS_MS.at(-1)!;
}

/** The round times of a span. @param zoneMs how far the clock on the wall is before UTC */
export function ticksOf(from: number, to: number, stepMs: number, zoneMs: number): number[] {
  const ticks: number[] = [];
  for (let tick = Math.ceil((from + zoneMs) / stepMs) * stepMs - zoneMs; tick <= to; tick += stepMs) ticks.push(tick);
  return ticks;
}
