import * as v from 'valibot';
import { CheckSchema } from '../wire/check.ts';
import { counted, printable, shorten } from './format.ts';

const LONGEST_VALUE = 100;
const LEAST_ROWS = 2;

const ChecksSchema = v.pipe(v.array(CheckSchema), v.minLength(1));
const AverageSchema = v.strictObject({ mean: v.number(), error: v.number() });

type Fields = Readonly<Record<string, unknown>>;

/** Fields under a title, a line each; rows are counted, averages have their error, verdicts are said in words. Nothing where there are none. */
export function fieldLines(title: string, fields: Fields | null): string[] {
  const entries = Object.entries(fields ?? {}).flatMap(([name, value]) => flattened(name, value));
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(([name]) => name.length));
  return [`${title}:`, ...entries.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}`)];
}

/** What a line can say of a field; several for verdicts, and for a record of named parts. */
function flattened(name: string, value: unknown): [name: string, text: string][] {
  const shown = printable(name);
  if (v.is(ChecksSchema, value))
    return value.map((check) => {
      const verdict = check.ok ? 'holds' : 'FAILED';
      return [`${shown}.${printable(check.name)}`, `${verdict}: ${brief(check.value)}, at most ${brief(check.bound)}`];
    });
  if (v.is(AverageSchema, value)) return [[shown, `${value.mean} ± ${brief(value.error)}`]];
  if (isRecord(value)) return Object.entries(value).flatMap(([part, inner]) => flattened(`${name}.${part}`, inner));
  return [[shown, valueText(value)]];
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.length >= LEAST_ROWS && value.every(isRecord))
    return shorten(`${counted(value.length, 'row')} of ${Object.keys(value[0]!).join(', ')}`, LONGEST_VALUE);
  return shorten(typeof value === 'string' ? value : JSON.stringify(value), LONGEST_VALUE);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** Three digits. */
function brief(value: number): string {
  return String(Number(value.toPrecision(3)));
}
