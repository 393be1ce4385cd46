/** The fields of a form, from a function's JSON Schema. */

export type FieldKind = 'integer' | 'number' | 'choice' | 'text' | 'value';

/** One parameter as the form shows it. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `value` is anything that has no input of its own: a list, a mapping, one of several. It is written as YAML. */
  readonly kind: FieldKind;
  /** Of a choice; of booleans `true` and `false`. */
  readonly choices: readonly unknown[];
  readonly least: number | null;
  readonly most: number | null;
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
  /** Whether it may stand for an uploaded configuration. */
  readonly takesFile: boolean;
}

type Schema = Readonly<Record<string, unknown>>;

/** Every parameter of a function, in the schema's order. */
export function fieldsOf(schema: Schema): Field[] {
  const required = new Set(asList(schema.required));
  return Object.entries(asSchema(schema.properties)).map(([name, property]) => {
    const part = asSchema(property);
    const { kind, choices, source } = kindOf(part);
    return {
      ...{ name, kind, choices, isRequired: required.has(name), takesFile: takesFile(part) },
      title: asText(part.title) || name,
      description: asText(part.description),
      least: asNumber(source.minimum) ?? asNumber(source.exclusiveMinimum),
      most: asNumber(source.maximum) ?? asNumber(source.exclusiveMaximum),
      defaultValue: part.default,
    };
  });
}

/** `source` is the schema that holds the bounds: of something nullable, that of the other alternative. */
function kindOf(schema: Schema): { kind: FieldKind; choices: readonly unknown[]; source: Schema } {
  const choices = asList(schema.enum);
  if (choices.length > 0) return { kind: 'choice', choices, source: schema };
  if (schema.type === 'boolean') return { kind: 'choice', choices: [true, false], source: schema };
  if (schema.type === 'integer' || schema.type === 'number') return { kind: schema.type, choices: [], source: schema };
  if (schema.type === 'string') return { kind: 'text', choices: [], source: schema };
  const others = asList(schema.anyOf)
    .map(asSchema)
    .filter(({ type }) => type !== 'null');
  // A number that may be null is a number that may be left out.
  if (others.length === 1 && schema.default === null) return kindOf(others[0]!);
  return { kind: 'value', choices: [], source: schema };
}

function takesFile(schema: Schema): boolean {
  if ('blob' in asSchema(schema.properties)) return true;
  return asList(schema.anyOf).some((part) => takesFile(asSchema(part)));
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
