/** Values that fit a JSON Schema of the API's document, and values that do not. */
import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import type { ApiDocument } from '../../../http/openapi/document.ts';
import type { JsonSchema } from '../../../http/openapi/json-schema.ts';

/** Values that are worth trying under a name, wherever it stands: ids that are there, say. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

const UUID = /^[0-9a-f-]{36}$/;

export class SchemaValues {
  readonly #document: ApiDocument;
  /** To make one takes as long as to check a thousand values. */
  readonly #validators = new WeakMap<JsonSchema, Validator>();
  readonly #hints: Hints;

  constructor(document: ApiDocument, hints: Hints) {
    this.#document = document;
    this.#hints = hints;
  }

  /** What is wrong with a value; nothing where it fits. */
  faultsOf(schema: JsonSchema, value: unknown): string[] {
    return this.#validatorOf(schema)
      .validate(value)
      .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  }

  #validatorOf(schema: JsonSchema): Validator {
    const known = this.#validators.get(schema);
    if (known) return known;
    const made = new Validator({ ...schema, components: this.#document.components } as object, '2020-12', false);
    this.#validators.set(schema, made);
    return made;
  }

  fits(schema: JsonSchema, value: unknown): boolean {
    return this.faultsOf(schema, value).length === 0;
  }

  /** Values that fit. */
  good(schema: JsonSchema): fc.Arbitrary<unknown> {
    return this.#made(schema).filter((value) => this.fits(schema, value));
  }

  /** Values that do not fit, most of them for one reason only. */
  bad(schema: JsonSchema): fc.Arbitrary<unknown> {
    const wrong = fc.oneof(fc.constant(undefined), fc.constantFrom(null, -1, 1.5, '', 'x', [], {}), fc.jsonValue());
    const path = fc.array(fc.nat(), { minLength: 1, maxLength: 5 });
    const damaged = fc.tuple(this.good(schema), path, wrong).map(([value, steps, one]) => damage(value, steps, one));
    return fc.oneof(damaged, fc.jsonValue()).filter((value) => value !== undefined && !this.fits(schema, value));
  }

  #made(schema: JsonSchema): fc.Arbitrary<unknown> {
    if ('$ref' in schema) return this.#made(this.#resolve(String(schema.$ref)));
    if ('const' in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    const choices = (schema.oneOf ?? schema.anyOf) as JsonSchema[] | undefined;
    if (choices) return fc.oneof(...choices.map((choice) => this.#made(choice)));
    if (schema.type === 'object') return this.#objects(schema);
    if (schema.type === 'array') return this.#arrays(schema);
    if (schema.type === 'string') return texts(schema);
    if (schema.type === 'integer' || schema.type === 'number') return numbers(schema);
    if (schema.type === 'boolean') return fc.boolean();
    return schema.type === 'null' ? fc.constant(null) : fc.jsonValue();
  }

  #objects({ properties = {}, required = [], additionalProperties }: JsonSchema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties as Record<string, JsonSchema>).map(([name, field]) => {
      const hints = this.#hints[name] ?? [];
      const values = hints.length === 0 ? this.#made(field) : fc.oneof(fc.constantFrom(...hints), this.#made(field));
      return [name, (required as string[]).includes(name) ? values : fc.option(values, { nil: undefined, freq: 2 })];
    });
    const isMap = typeof additionalProperties === 'object' && additionalProperties !== null;
    if (fields.length === 0 && isMap)
      return fc.dictionary(fc.string({ maxLength: 8 }), this.#made(additionalProperties as JsonSchema), { maxKeys: 3 });
    // Without those that are left out.
    return fc.record(Object.fromEntries(fields)).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  }

  #arrays({ items = {}, prefixItems, minItems = 0 }: JsonSchema): fc.Arbitrary<unknown> {
    if (Array.isArray(prefixItems)) return fc.tuple(...prefixItems.map((item: JsonSchema) => this.#made(item)));
    const minLength = Number(minItems);
    return fc.array(this.#made(items as JsonSchema), { minLength, maxLength: minLength + 2 });
  }

  #resolve(reference: string): JsonSchema {
    return this.#document.components.schemas[reference.split('/').at(-1)!]!;
  }
}

function texts({ pattern, format, minLength = 0, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid().filter((text) => UUID.test(text));
  const isProperty = String(pattern).includes('\\P{');
  if (pattern !== undefined && !isProperty) return fc.stringMatching(RegExp(String(pattern)));
  const least = Number(minLength);
  return fc.string({ unit: 'grapheme', minLength: least, maxLength: Math.min(Number(maxLength ?? 20), least + 20) });
}

function numbers({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): fc.Arbitrary<number> {
  const least = Number(minimum ?? exclusiveMinimum ?? -1_000);
  const most = Number(maximum ?? exclusiveMaximum ?? Math.max(least, 0) + 1_000);
  if (type === 'integer') return fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
  return fc.double({ min: least, max: most, noNaN: true });
}

/** Puts something wrong into a value, as deep as the steps lead: below a key, or a new one; undefined takes the key away. */
function damage(value: unknown, [step, ...deeper]: readonly number[], wrong: unknown): unknown {
  if (typeof value !== 'object' || value === null || step === undefined) return wrong;
  const keys = [...Object.keys(value), ...(Array.isArray(value) ? [] : ['stray'])];
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return [wrong];
  const damaged = damage((value as Record<string, unknown>)[key], deeper, wrong);
  if (Array.isArray(value))
    return damaged === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), damaged);
  // JSON has no undefined: what is taken away is not there.
  return JSON.parse(JSON.stringify({ ...value, [key]: damaged })) as unknown;
}
