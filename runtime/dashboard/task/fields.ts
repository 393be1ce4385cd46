/** Fields of parameters and results as rows of a table, with what is known of each. */

export type Scalar = string | number | boolean | null;

/** A field, named by its path: `averages.temp.mean`. A list that is too long for a row is told by its length. */
export interface Field {
  readonly name: string;
  readonly value: Scalar | { readonly items: number };
}

/** A position or a small vector becomes rows; a longer list is data of its own. */
const LONGEST_LIST = 4;

/** The rows of some fields, in their order. */
export function fieldsOf(fields: Readonly<Record<string, unknown>> | null | undefined): Field[] {
  return Object.entries(fields ?? {}).flatMap(([name, value]) => rowsOf(name, value));
}

function rowsOf(name: string, value: unknown): Field[] {
  if (Array.isArray(value) && (value.length > LONGEST_LIST || value.length === 0))
    return [{ name, value: { items: value.length } }];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, part]) => rowsOf(`${name}.${key}`, part));
  return [{ name, value: value as Scalar }];
}

/** A part of a JSON Schema that says something of a value. */
interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What a function's JSON Schema says of a field; null where it says nothing. `averages.temp.mean` is told by what is nearest. */
export function descriptionOf(schema: unknown, name: string): string | null {
  let at = schema as Schema | undefined;
  let found: string | null = null;
  for (const part of name.split('.')) {
    at = partOf(at, part);
    if (!at) break;
    found = at.description ?? found;
  }
  return found;
}

function partOf(schema: Schema | undefined, part: string): Schema | undefined {
  const inner = schema?.anyOf?.find(({ properties, items }) => properties ?? items) ?? schema;
  const { items, prefixItems } = inner ?? {};
  if (Object.hasOwn(inner?.properties ?? {}, part)) return inner!.properties![part];
  if (!/^\d+$/.test(part)) return undefined;
  return (
    prefixItems?.[Number(part)] ??
    (Array.isArray(items) ? (items as Schema[])[Number(part)] : (items as Schema | undefined))
  );
}
