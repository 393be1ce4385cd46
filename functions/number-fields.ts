import * as v from 'valibot';

/** What a numeric parameter may be: `from` … `to`, both allowed. */
export interface NumberField {
  readonly title: string;
  readonly description: string;
  readonly from: number;
  readonly to: number;
  readonly byDefault: number;
}

/** A whole number between bounds, with a default. */
export function wholeNumber({ title, description, from, to, byDefault }: NumberField) {
  const message = `must be a whole number from ${from} to ${to}`;
  return v.optional(
    v.pipe(
      v.number(message),
      v.integer(message),
      v.minValue(from, message),
      v.maxValue(to, message),
      v.title(title),
      v.description(description),
    ),
    byDefault,
  );
}

/** A finite number between bounds, with a default. */
export function realNumber({ title, description, from, to, byDefault }: NumberField) {
  const message = `must be a number from ${from} to ${to}`;
  return v.optional(
    v.pipe(
      v.number(message),
      v.minValue(from, message),
      v.maxValue(to, message),
      v.title(title),
      v.description(description),
    ),
    byDefault,
  );
}
