/** Valibot schemas as JSON Schemas (2020-12), as OpenAPI 3.1 takes them. */
import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type * as v from 'valibot';

export type JsonSchema = Readonly<Record<string, unknown>>;
/** Schemas that have a name of their own in the document. */
export type NamedSchemas = Readonly<Record<string, v.GenericSchema>>;

/** What is sent may leave out what has a default; what is answered has it all. */
export type Direction = 'input' | 'output';

/** One schema; where it uses named ones, it refers to them. @throws Error for one that JSON Schema cannot say */
export function jsonSchemaOf(schema: v.GenericSchema, direction: Direction, named: NamedSchemas = {}): JsonSchema {
  const {
    $schema: _,
    $defs: __,
    ...bare
  } = toJsonSchema(schema as v.BaseSchema<unknown, unknown, never>, {
    ...configOf(direction),
    definitions: named as never,
  }) as Record<string, unknown>;
  return tidy(bare);
}

/** All named schemas. */
export function jsonSchemasOf(named: NamedSchemas, direction: Direction): Record<string, JsonSchema> {
  const schemas = toJsonSchemaDefs(named as never, configOf(direction)) as Record<string, JsonSchema>;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, tidy(schema)]));
}

/** A reference to a named schema. */
export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function configOf(typeMode: Direction): ConversionConfig {
  return {
    typeMode,
    target: 'draft-2020-12',
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    // What code checks is left out, and patterns are meant with the flag u anyway: nothing else may get lost unseen.
    overrideAction: ({ valibotAction, jsonSchema, errors }) => {
      const isCode = [
        'check',
        'raw_check',
        'check_items',
        'partial_check',
        'every_item',
        'finite',
        'readonly',
        'brand',
      ];
      const isPattern =
        valibotAction.type === 'regex' && (valibotAction as unknown as Pattern).requirement.flags === 'u';
      return errors && (isPattern || isCode.includes(valibotAction.type)) ? jsonSchema : undefined;
    },
  };
}

interface Pattern {
  readonly requirement: RegExp;
}

/** Without what says nothing, and with what something means where readers look for it. */
function tidy<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(tidy) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !saysNothing(key, inner));
  const tidied = Object.fromEntries(kept.map(([key, inner]) => [key, tidy(inner)]));
  return withMeaningOutside(tidied) as Value;
}

/** What may be null is described as a whole. */
function withMeaningOutside(schema: Record<string, unknown>): Record<string, unknown> {
  const [value, nothing, ...more] = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonSchema[]) : [];
  if (value?.description === undefined || nothing?.type !== 'null' || more.length > 0) return schema;
  const { description, ...bare } = value;
  return { description, ...schema, anyOf: [bare, nothing] };
}

function saysNothing(key: string, value: unknown): boolean {
  if (key === 'required') return Array.isArray(value) && value.length === 0;
  return key === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}';
}
