import type { Context } from 'hono';
import * as v from 'valibot';
import { Problem } from '../wire/problem.ts';
import { holdBodyBytes } from './body-budget.ts';

/** A declared body up to this size is counted at once; a larger one as it comes, or slow senders could reserve it all. */
const SMALL_BODY_BYTES = 1024 * 1024;

/**
 * The body as text, never holding more than `maxBytes` of it.
 * @throws Problem `body_too_large`, `overload` when all bodies together are too much, or `invalid_body` when it is not UTF-8.
 */
export async function readText(c: Context, maxBytes: number): Promise<string> {
  const bytes = await readBytes(c, maxBytes);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Problem('invalid_body', 'the body is not UTF-8', { cause });
  }
}

/**
 * The body as it is, never holding more than `maxBytes` of it.
 * @throws Problem `body_too_large`, or `overload` when all bodies together are too much.
 */
export async function readBytes(c: Context, maxBytes: number): Promise<Uint8Array> {
  const declared = c.req.header('content-length');
  const length = Number(declared ?? Number.NaN);
  if (length > maxBytes) throw tooLarge(maxBytes);
  // A declared length is held to by the HTTP parser, and reading the body whole is far cheaper than as a stream.
  const bytes = length <= SMALL_BODY_BYTES ? await readWhole(c, length) : await readBounded(c, maxBytes);
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/**
 * The body as JSON of a schema.
 * @throws Problem `body_too_large` or `invalid_body`, naming the place.
 */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  maxBytes: number,
): Promise<v.InferOutput<Schema>> {
  return parseAs(schema, parseJson(await readText(c, maxBytes)));
}

/** @throws Problem `invalid_body` with the parser's own words. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('invalid_body', `the body is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** @throws Problem `invalid_body` that names the first field which does not fit. */
export function parseAs<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue);
  const pointer = path === null ? '' : `/${path.replaceAll('.', '/')}`;
  throw new Problem('invalid_body', `${path ?? 'the body'}: ${issue.message}`, { pointer });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

async function readWhole(c: Context, length: number): Promise<Uint8Array> {
  holdBodyBytes(c, length);
  try {
    return new Uint8Array(await c.req.arrayBuffer());
  } catch (cause) {
    throw new Problem('invalid_body', 'the body ended before its declared length', { cause });
  }
}

async function readBounded(c: Context, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of unbroken(c.req.raw.body ?? [])) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge(maxBytes);
    holdBodyBytes(c, chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A body as it comes. @throws Problem `invalid_body` when it breaks off */
export async function* unbroken(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Problem('invalid_body', 'the body broke off', { cause });
  }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('body_too_large', `the body is over ${maxBytes} bytes - split it into several submissions`);
}
