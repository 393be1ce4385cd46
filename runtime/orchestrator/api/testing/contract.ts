/** Requests made from the API's document, and answers held against it. */
import fc from 'fast-check';
import type { ApiDocument } from '../../../http/openapi/document.ts';
import type { JsonSchema } from '../../../http/openapi/json-schema.ts';
import { type Hints, SchemaValues } from './schema-values.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

interface Described {
  readonly schema?: JsonSchema;
  readonly 'x-items'?: JsonSchema & Readonly<Record<string, JsonSchema>>;
}

/** An operation as the document has it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Described>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Described>> }>>;
}

export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What is wrong with it: a parameter's name, `body`; null where nothing is. */
  readonly wrong: string | null;
}

export interface GivenAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** Codes that say of a request that the document is not kept: no answer to a request that keeps it. */
const NOT_AS_DOCUMENTED = ['invalid_query', 'invalid_body', 'invalid_task', 'malformed_request'];

export function operationsOf(document: ApiDocument): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      return { ...operation, method: method.toUpperCase(), path } as unknown as DocumentedOperation;
    }),
  );
}

export class Contract {
  readonly operations: readonly DocumentedOperation[];
  readonly #sent: SchemaValues;
  readonly #answered: SchemaValues;
  /** By operation. */
  readonly #answers: ReadonlyMap<string, DocumentedOperation['responses']>;
  readonly #hints: Hints;

  /**
   * @param hints values to try under the name of a parameter or field, beside made ones; under `operation.parameter`, all that
   * there are: where no schema can say what is taken
   */
  constructor(document: ApiDocument, hints: Hints) {
    const closed = close(document);
    this.operations = operationsOf(document);
    this.#answers = new Map(operationsOf(closed).map(({ operationId, responses }) => [operationId, responses]));
    this.#sent = new SchemaValues(document, hints);
    this.#answered = new SchemaValues(closed, hints);
    this.#hints = hints;
  }

  /** Requests that keep to the document. */
  goodRequests(operation: DocumentedOperation): fc.Arbitrary<MadeRequest> {
    const parameters = operation.parameters.map((parameter) =>
      parameter.required
        ? this.#goodText(operation, parameter)
        : fc.option(this.#goodText(operation, parameter), { nil: null, freq: 2 }),
    );
    return fc
      .tuple(fc.tuple(...parameters), this.#goodBody(operation))
      .map(([texts, body]) => assemble(operation, texts, body, null));
  }

  /** Requests with one thing wrong; null where the document lets nothing be wrong. */
  badRequests(operation: DocumentedOperation): fc.Arbitrary<MadeRequest> | null {
    const kinds = [...this.#badParameters(operation), ...this.#badBodies(operation)];
    return kinds.length === 0 ? null : fc.oneof(...kinds);
  }

  /** How an answer differs from what the document says; nothing where it does not. */
  faultsOf(operation: DocumentedOperation, request: MadeRequest, answer: GivenAnswer): string[] {
    const { status, contentType, body } = answer;
    const described = this.#answers.get(operation.operationId)![status];
    if (!described) return [`the status ${status} is not documented (${body.slice(0, 200)})`];
    const type = contentType?.split(';')[0] ?? null;
    const content = type === null ? undefined : described.content?.[type];
    if (!content)
      return described.content === undefined && body === ''
        ? []
        : [`the content type ${type} of ${status} is not documented`];
    const faults = this.#bodyFaults(type!, content, body);
    if (type === 'application/problem+json') faults.push(...problemFaults(request, status, JSON.parse(body)));
    else if (request.wrong !== null) faults.push(`${request.wrong} is wrong and was taken with ${status}`);
    return faults;
  }

  #bodyFaults(type: string, { schema, 'x-items': items }: Described, body: string): string[] {
    if (type === 'text/event-stream') return this.#eventFaults(items!, body);
    return schema && type.endsWith('json') ? this.#answered.faultsOf(schema, JSON.parse(body)) : [];
  }

  #eventFaults(events: Readonly<Record<string, JsonSchema>>, body: string): string[] {
    return body.split('\n\n').flatMap((message) => {
      const fields = Object.fromEntries(message.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (!fields.event) return [];
      const schema = events[fields.event];
      if (!schema) return [`the event ${fields.event} is not documented`];
      return this.#answered.faultsOf(schema, JSON.parse(fields.data ?? 'null'));
    });
  }

  #goodText({ operationId }: DocumentedOperation, { name, in: place, schema }: Parameter): fc.Arbitrary<string> {
    const made = this.#sent.good(schema).map((value) => toText(value));
    const sendable = made.filter((text) => isSendable(text, place));
    const all = this.#hints[`${operationId}.${name}`];
    if (all) return fc.constantFrom(...all.map(toText));
    const hints = this.#hints[name];
    // What is there is asked for more often than not.
    return hints ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...hints.map(toText)) }, sendable) : sendable;
  }

  #goodBody({ requestBody }: DocumentedOperation): fc.Arbitrary<Body | null> {
    if (!requestBody) return fc.constant(null);
    const bodies = Object.entries(requestBody.content).map(([type, described]) =>
      this.#bodies(type, described, 'good').map((body) => ({ type, body })),
    );
    return requestBody.required ? fc.oneof(...bodies) : fc.oneof(fc.constant(null), ...bodies);
  }

  #bodies(type: string, { schema, 'x-items': items }: Described, kind: 'good' | 'bad'): fc.Arbitrary<Body['body']> {
    if (type === 'application/x-ndjson') {
      const line = (how: 'good' | 'bad') => this.#sent[how](items!).map((value) => JSON.stringify(value));
      const lines = fc.uniqueArray(line('good'), { minLength: 1, maxLength: 3 });
      return kind === 'good'
        ? lines.map((some) => some.join('\n'))
        : fc.tuple(lines, line('bad')).map(([some, bad]) => [...some, bad].join('\n'));
    }
    if (!schema) return fc.uint8Array({ maxLength: 100 });
    return this.#sent[kind](schema).map((value) => JSON.stringify(value));
  }

  #badParameters(operation: DocumentedOperation): fc.Arbitrary<MadeRequest>[] {
    return operation.parameters.flatMap((parameter, index) => {
      if (!isBounded(parameter.schema)) return [];
      const wrong = badTexts(parameter, (value) => this.#sent.fits(parameter.schema, value));
      return fc
        .tuple(this.#goodTexts(operation), wrong, this.#goodBody(operation))
        .map(([texts, text, body]) => assemble(operation, texts.with(index, text), body, parameter.name));
    });
  }

  #goodTexts(operation: DocumentedOperation): fc.Arbitrary<(string | null)[]> {
    return fc.tuple(
      ...operation.parameters.map((one) =>
        one.required ? this.#goodText(operation, one) : fc.constant<string | null>(null),
      ),
    );
  }

  #badBodies(operation: DocumentedOperation): fc.Arbitrary<MadeRequest>[] {
    return Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, described]) => {
      if (!described.schema) return [];
      const body = this.#bodies(type, described, 'bad');
      return fc
        .tuple(this.#goodTexts(operation), body)
        .map(([texts, one]) => assemble(operation, texts, { type, body: one }, 'body'));
    });
  }
}

interface Body {
  readonly type: string;
  readonly body: string | Uint8Array;
}

function assemble(
  { method, path, parameters }: DocumentedOperation,
  texts: readonly (string | null)[],
  body: Body | null,
  wrong: string | null,
): MadeRequest {
  let target = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = body ? { 'content-type': body.type } : {};
  for (const [index, { name, in: place }] of parameters.entries()) {
    const text = texts[index] ?? null;
    if (text === null) continue;
    if (place === 'path') target = target.replace(`{${name}}`, () => encodeURIComponent(text));
    else if (place === 'query') query.set(name, text);
    else headers[name] = text;
  }
  const search = query.size > 0 ? `?${query}` : '';
  return { method, path: target + search, headers, ...(body && { body: body.body }), wrong };
}

interface Problem {
  readonly code: string;
  readonly pointer?: string;
  /** Where in a text of a language of its own: no schema says what those are. */
  readonly position?: unknown;
}

/** A problem is of the status it says; it answers what is wrong with what was sent, and says where. */
function problemFaults(request: MadeRequest, status: number, problem: Problem): string[] {
  if (status >= 500) return [`it is answered with ${status} ${problem.code}`];
  if (request.wrong === null)
    return NOT_AS_DOCUMENTED.includes(problem.code) && problem.position === undefined
      ? [`${problem.code}, though it is as documented`]
      : [];
  const isInHeaders = request.wrong in request.headers;
  return isInHeaders || problem.pointer !== undefined ? [] : [`${problem.code} does not say where`];
}

function toText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function isSendable(text: string, place: Parameter['in']): boolean {
  if (place === 'header') return /^[\x21-\x7e]*$/.test(text);
  return place === 'query' ? text.isWellFormed() : text.isWellFormed() && !['', '.', '..'].includes(text);
}

function isBounded(schema: JsonSchema): boolean {
  return Object.keys(schema).some((key) => key !== 'type' && key !== 'default') || schema.type !== 'string';
}

/** Texts that stand for nothing that fits. */
function badTexts({ in: place, schema }: Parameter, fits: (value: unknown) => boolean): fc.Arbitrary<string> {
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  const meaningOf = (text: string): unknown => {
    if (schema.type === 'array') return text.split(',');
    return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const texts = fc.oneof(
    fc.constantFrom('', ' ', '-1', '1.5', '0', '1e99', 'NaN', 'null', 'x,y', 'ü', '../..', 'x'.repeat(300)),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.integer().map(String),
    fc.integer({ min: 0, max: 2_000 }).map(String),
  );
  return texts.filter((text) => isSendable(text, place) && !fits(meaningOf(text)));
}

/** The same schemas, with nothing in an object but what they name: what is answered unsaid is a fault. */
function close<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(close) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const inner: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, close(one)]),
  );
  const isOpen = inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return (isOpen ? { ...inner, additionalProperties: false } : inner) as Value;
}
