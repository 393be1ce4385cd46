/**
 * Several values in one field: `1, 2, 5`, `10..100 step 10`, or both. What is neither stays the text that it is, and the
 * orchestrator says what it makes of it.
 */

/** One field gives at most so many values: no submission has more tasks. */
const MOST_VALUES = 10_000;
/** Sums of decimal steps are rounded to so many digits, or 0.1 + 0.2 were no 0.3. */
const DIGITS = 12;
/** From so many values on a regular list is shown as a range. */
const RANGE_FROM = 4;

const NUMBER = '[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:e[+-]?\\d+)?';
const RANGE = new RegExp(`^(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})(?:\\s+step\\s+(${NUMBER}))?$`, 'i');

/** The values of a numeric field; none for an empty one. */
export function readSweep(text: string): unknown[] {
  return partsOf(text).flatMap((part) => readRange(part) ?? [readNumber(part)]);
}

/** Comma-separated texts. */
export function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The same as text again: `readSweep` of it gives these values. */
export function showSweep(values: readonly unknown[]): string {
  return rangeOf(values) ?? values.map(String).join(', ');
}

function readNumber(text: string): unknown {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** Null where it is no range, or one without end. */
function readRange(text: string): number[] | null {
  const match = RANGE.exec(text);
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  const step = match[3] === undefined ? 1 : Number(match[3]);
  // Half a millionth of a step more: 0..1 step 0.1 has eleven values, however the division is rounded.
  const steps = Math.floor((to - from) / step + 5e-7);
  if (!(steps >= 0 && steps < MOST_VALUES)) return null;
  return Array.from({ length: steps + 1 }, (_, index) => Number((from + index * step).toPrecision(DIGITS)));
}

function rangeOf(values: readonly unknown[]): string | null {
  if (values.length < RANGE_FROM) return null;
  const [first, second] = values as number[];
  const step = Number((second! - first!).toPrecision(DIGITS));
  const text = `${first}..${values.at(-1)}${step === 1 ? '' : ` step ${step}`}`;
  const again = readRange(text);
  return again?.length === values.length && again.every((value, index) => value === values[index]) ? text : null;
}
