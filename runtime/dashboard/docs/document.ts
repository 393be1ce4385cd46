/** What the page reads of an OpenAPI document. */

/** A JSON Schema, as far as it is shown. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Content {
  readonly schema?: Schema;
  /** Of each line; or of each event, by its name. */
  readonly 'x-items'?: Schema | Readonly<Record<string, Schema>>;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, Content>>;
  readonly headers?: Readonly<Record<string, { readonly description: string }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly description: string;
    readonly required: boolean;
    readonly content: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly unknown[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** An operation with where it is. */
export interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** Answers without a token where the others need one. */
  readonly isOpen: boolean;
}

/** Operations under their headings, in the order of the document; only those that have all of the words. */
export function grouped(document: ApiDocument, words: string): { name: string; description: string; all: Placed[] }[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      return { method: method.toUpperCase(), path, operation, isOpen: operation.security?.length === 0 };
    }),
  );
  const found = all.filter((one) => {
    const text = `${one.method} ${one.path} ${one.operation.operationId} ${one.operation.summary}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return document.tags
    .map(({ name, description }) => ({
      name,
      description,
      all: found.filter((one) => one.operation.tags.includes(name)),
    }))
    .filter((group) => group.all.length > 0);
}

/** The name of the schema that a reference leads to. */
export function nameIn(reference: string): string {
  return reference.split('/').at(-1)!;
}

/** True for one schema, false for several by name. */
export function isSchema(items: NonNullable<Content['x-items']>): items is Schema {
  const { type, $ref, oneOf, anyOf } = items as Schema;
  return typeof type === 'string' || typeof $ref === 'string' || Array.isArray(oneOf ?? anyOf);
}
