/** Two tasks, field by field. */
import { type Field, fieldsOf } from './fields.ts';

/** A field of the first and of the second; undefined where one has none. */
export interface Difference {
  readonly name: string;
  readonly first: Field['value'] | undefined;
  readonly second: Field['value'] | undefined;
  readonly isDifferent: boolean;
  /** By what part of the first the second is more; null where that says nothing. */
  readonly relative: number | null;
}

type Fields = Readonly<Record<string, unknown>> | null | undefined;

/** The fields of both, those that differ first, else in their order. Lists are compared as they were, not by their length. */
export function differencesOf(first: Fields, second: Fields): Difference[] {
  const [a, b] = [byName(first), byName(second)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const all = names.map((name): Difference => {
    const [one, other] = [a.get(name), b.get(name)];
    const isDifferent = JSON.stringify(at(first, name)) !== JSON.stringify(at(second, name));
    return { name, first: one, second: other, isDifferent, relative: isDifferent ? relative(one, other) : null };
  });
  return [...all.filter(({ isDifferent }) => isDifferent), ...all.filter(({ isDifferent }) => !isDifferent)];
}

function byName(fields: Fields): Map<string, Field['value']> {
  return new Map(fieldsOf(fields).map(({ name, value }) => [name, value]));
}

/** What stands at a path. A name may itself hold dots. */
function at(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    if (key === path) return part;
    if (!path.startsWith(`${key}.`)) continue;
    const found = at(part, path.slice(key.length + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function relative(first: unknown, second: unknown): number | null {
  if (typeof first !== 'number' || typeof second !== 'number' || first === 0) return null;
  return (second - first) / Math.abs(first);
}

/** Whether two results are the same to the last bit, as their digests tell. */
export function sameBits(first: Fields, second: Fields): 'same' | 'other' | 'unknown' {
  const [a, b] = [first?.digest, second?.digest];
  if (typeof a !== 'string' || typeof b !== 'string') return 'unknown';
  return a === b ? 'same' : 'other';
}

/** Two lists over different places as two over all of them: null where one has nothing there. */
export function overlay(
  first: { readonly x: readonly (number | null)[]; readonly y: readonly (number | null)[] },
  second: { readonly x: readonly (number | null)[]; readonly y: readonly (number | null)[] },
): { x: number[]; first: (number | null)[]; second: (number | null)[] } {
  const places = new Set([...first.x, ...second.x].filter((value) => value !== null));
  const x = [...places].sort((a, b) => a - b);
  const valuesOf = (one: typeof first): (number | null)[] => {
    const byPlace = new Map(one.x.map((place, index) => [place, one.y[index] ?? null]));
    return x.map((place) => byPlace.get(place) ?? null);
  };
  return { x, first: valuesOf(first), second: valuesOf(second) };
}
