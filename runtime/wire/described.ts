import * as v from 'valibot';

/** A schema with what it means, in plain sentences: the API's document shows them. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(schema, v.description(text));
}
