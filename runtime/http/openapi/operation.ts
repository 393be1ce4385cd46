/** What an API can be asked for, said once: requests are checked against it, and the API's document is made of it. */
import * as v from 'valibot';
import type { ProblemCode } from '../../wire/problem.ts';

/** Named texts of a request (a query, headers), and what they mean. */
export type TextFields = v.ObjectSchema<Record<string, v.GenericSchema<string | undefined, unknown>>, undefined>;

/** What a body is, by its media type. */
export interface Content {
  /** Of the whole; without one it is bytes, or text that no schema describes. */
  readonly schema?: v.GenericSchema;
  /** Of each of its lines (NDJSON), or of its events by name (server-sent events). */
  readonly items?: v.GenericSchema | Readonly<Record<string, v.GenericSchema>>;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  readonly contents?: Readonly<Record<string, Content>>;
  /** Headers by name, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestBody {
  readonly description: string;
  readonly isOptional?: true;
  readonly contents: Readonly<Record<string, Content>>;
}

export interface Operation {
  /** Stays the same for good: generated clients name their methods by it. */
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** As it is routed: `/runs/:run`. */
  readonly path: string;
  /** The heading under which it stands. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Answers without a token. */
  readonly isOpen?: true;
  /** The names in its path. */
  readonly params?: Readonly<Record<string, v.GenericSchema>>;
  readonly query?: TextFields;
  readonly headers?: TextFields;
  readonly body?: RequestBody;
  /** By status; those of problems follow from their codes. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** What can go wrong here, beside what can go wrong everywhere. */
  readonly problems?: readonly ProblemCode[];
}

/** Keeps the exact types, so that a route knows what its query comes to. */
export function defineOperation<const Given extends Operation>(operation: Given): Given {
  return operation;
}

/** An answer in JSON. */
export function json(description: string, schema: v.GenericSchema): Answer {
  return { description, contents: { 'application/json': { schema } } };
}

/** An answer of bytes. */
export function bytes(description: string, mediaType = 'application/octet-stream'): Answer {
  return { description, contents: { [mediaType]: {} } };
}

/** An answer in plain text. */
export function text(description: string, mediaType = 'text/plain'): Answer {
  return { description, contents: { [mediaType]: { schema: v.string() } } };
}
