/** The OpenAPI 3.1 document of an API, made of its operations. */
import * as v from 'valibot';
import { PROBLEMS, type ProblemCode, ProblemSchema } from '../../wire/problem.ts';
import { type JsonSchema, jsonSchemaOf, jsonSchemasOf, type NamedSchemas, refTo } from './json-schema.ts';
import type { Answer, Content, Operation, TextFields } from './operation.ts';

/** What an API says of itself. */
export interface Api {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** In the order of the document. */
  readonly operations: readonly Operation[];
  /** The headings of operations, in order, and what stands below them. */
  readonly tags: Readonly<Record<string, string>>;
  /** What is answered, and what is sent, under names of their own. */
  readonly answered: NamedSchemas;
  readonly sent: NamedSchemas;
  /** Further named schemas, ready made. They take the place of others of the same name. */
  readonly schemas?: Readonly<Record<string, JsonSchema>>;
  /** The name of the cookie of those who signed in; null where nobody can. */
  readonly cookie?: string | null;
  /** False where everybody may call. */
  readonly isGuarded: boolean;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> } & JsonSchema;
  readonly [key: string]: unknown;
}

/** What can go wrong with any request. */
const EVERYWHERE: readonly ProblemCode[] = ['malformed_request', 'foreign_host', 'foreign_origin', 'internal'];
/** What can go wrong with any body. */
const WITH_BODY: readonly ProblemCode[] = ['invalid_body', 'body_too_large', 'overload'];

export function describeApi(api: Api): ApiDocument {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of api.operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, api) };
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: api.description, license: { name: 'MIT' } },
    servers: [{ url: '/' }],
    security: api.isGuarded ? Object.keys(schemesOf(api)).map((name) => ({ [name]: [] })) : [],
    tags: Object.entries(api.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: {
        ...jsonSchemasOf({ ...api.answered, Problem: ProblemSchema }, 'output'),
        ...jsonSchemasOf(api.sent, 'input'),
        ...api.schemas,
      },
      securitySchemes: schemesOf(api),
    },
  };
}

function schemesOf({ cookie }: Api): Record<string, JsonSchema> {
  const token = { type: 'http', scheme: 'bearer', description: 'The token that MOTES_TOKEN holds.' };
  const session = { type: 'apiKey', in: 'cookie', name: cookie, description: 'What `POST /session` gives a browser.' };
  return { token, ...(cookie && { session }) };
}

function describeOperation(operation: Operation, api: Api): JsonSchema {
  const { id, tag, summary, description, isOpen, body } = operation;
  return {
    ...{ operationId: id, tags: [tag], summary },
    ...(description !== undefined && { description }),
    ...(isOpen && { security: [] }),
    parameters: [
      ...[...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => pathParameter(name!, operation)),
      ...parametersOf('query', operation.query),
      ...parametersOf('header', operation.headers),
    ],
    ...(body && {
      requestBody: {
        ...{ description: body.description, required: !body.isOptional },
        content: contentsOf(body.contents, 'input', api.sent),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, describeAnswer(answer, api)]),
      ),
      ...problemAnswers(operation, api),
    },
  };
}

function pathParameter(name: string, { id, params }: Operation): JsonSchema {
  const schema = params?.[name];
  if (!schema) throw new Error(`the operation ${id} does not say what :${name} in its path is`);
  const { description, ...bare } = jsonSchemaOf(schema, 'input');
  return { name, in: 'path', required: true, description, schema: bare };
}

function parametersOf(place: 'query' | 'header', fields: TextFields | undefined): JsonSchema[] {
  return Object.entries(fields?.entries ?? {}).map(([name, field]) => {
    // Texts as what they stand for: a number, one of a set.
    const { description, ...bare } = jsonSchemaOf(field, 'output');
    const isRequired = !v.is(field, undefined);
    if ('default' in bare) Object.assign(bare, { default: v.parse(field, undefined) });
    const isList = bare.type === 'array' && { style: 'form', explode: false };
    return {
      name,
      in: place,
      required: isRequired,
      ...(description !== undefined && { description }),
      ...isList,
      schema: bare,
    };
  });
}

function describeAnswer({ description, contents, headers }: Answer, api: Api): JsonSchema {
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, says]) => [name, { description: says, schema: { type: 'string' } }]),
      ),
    }),
    ...(contents && { content: contentsOf(contents, 'output', api.answered) }),
  };
}

function contentsOf(
  contents: Readonly<Record<string, Content>>,
  direction: 'input' | 'output',
  named: NamedSchemas,
): JsonSchema {
  const convert = (schema: v.GenericSchema): JsonSchema => jsonSchemaOf(schema, direction, named);
  const describe = ({ schema, items, example }: Content): JsonSchema => ({
    ...(schema && { schema: convert(schema) }),
    ...(items && { 'x-items': isSchema(items) ? convert(items) : mapValues(items, convert) }),
    ...(example !== undefined && { example }),
  });
  return mapValues(contents, describe);
}

function isSchema(value: object): value is v.GenericSchema {
  return 'kind' in value && value.kind === 'schema';
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

/** The codes of an operation by their status. */
function problemAnswers(operation: Operation, api: Api): Record<string, JsonSchema> {
  const codes = new Set<ProblemCode>([
    ...(operation.problems ?? []),
    ...(operation.query || operation.headers ? (['invalid_query'] as const) : []),
    ...(operation.body ? WITH_BODY : []),
    ...(api.isGuarded && !operation.isOpen ? (['unauthorized'] as const) : []),
    ...EVERYWHERE,
  ]);
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code][0]);
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, describeProblems(status, some)]));
}

function describeProblems(status: number, codes: readonly ProblemCode[]): JsonSchema {
  const code = { enum: [...codes].sort() };
  const schema = { allOf: [refTo('Problem'), { properties: { status: { const: status }, code } }] };
  return {
    description: [...codes].map((one) => `\`${one}\`: ${PROBLEMS[one][1]}.`).join(' '),
    content: { 'application/problem+json': { schema } },
  };
}
