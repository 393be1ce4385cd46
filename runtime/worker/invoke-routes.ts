import type { Context, Hono } from 'hono';
import * as v from 'valibot';
import { parseAs, parseJson, readText } from '../http/body.ts';
import { type AttemptKey, AttemptKeySchema, type InvokeRequest, InvokeRequestSchema } from '../wire/invocation.ts';
import { asProblem, Problem } from '../wire/problem.ts';
import { EventStream } from './event-stream.ts';
import type { Host } from './host.ts';
import { type InvocationEnd, identityOf, refusalLine } from './invocation.ts';
import { INVOCATION_LIMITS, type Invocations } from './invocations.ts';
import { runToEnd } from './run-to-end.ts';

export const NDJSON = 'application/x-ndjson';
/** A body may carry checkpoints of 16 MiB in base64, and some. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_LINE_CHARACTERS = 32 * 1024 * 1024;
/** No worker takes more at once. */
const MAX_LINES = INVOCATION_LIMITS.unfinished;

/** `POST /invoke` in its three forms, and the cancel. */
export function addInvokeRoutes(app: Hono, host: Host): void {
  const { invocations } = host;
  app.post('/invoke', async (c) => {
    const text = await readText(c, MAX_BODY_BYTES);
    if (c.req.header('content-type')?.startsWith(NDJSON)) return streamMany(c, invocations, text);
    const request = parseAs(InvokeRequestSchema, parseJson(text));
    return accepts(c, NDJSON) ? streamOne(c, invocations, request, text) : answerOne(c, invocations, request, text);
  });
  app.delete('/invocations/:ledger_id/:run_id/:task_id/:attempt', async (c) => {
    const params = c.req.param();
    const key = parseAs(AttemptKeySchema, { ...params, attempt: Number(params.attempt) });
    return c.body(await cancel(host, key), 200, { 'content-type': 'application/json' });
  });
}

/** Pieces of artifacts, for the orchestrator: who fetches from an offset on has what lies before it. */
export function addArtifactRoute(app: Hono, host: Host): void {
  app.get('/invocations/:ledger_id/:run_id/:task_id/:attempt/artifacts/:name', (c) => {
    const { name, ...params } = c.req.param();
    const key = parseAs(AttemptKeySchema, { ...params, attempt: Number(params.attempt) });
    const offset = Number(c.req.query('offset') ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new Problem('invalid_query', `offset must be a whole number of bytes (given ${c.req.query('offset')})`);
    const bytes = host.spools.fetch(identityOf(key), name, offset);
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'application/octet-stream' });
  });
}

/** True when the request asks for this content type by name. */
export function accepts(c: Context, type: string): boolean {
  return c.req.header('accept')?.includes(type) ?? false;
}

async function answerOne(
  c: Context,
  invocations: Invocations,
  request: InvokeRequest,
  text: string,
): Promise<Response> {
  const end = await runToEnd(c, invocations, request, text.length);
  if (!end.ok) throw end.problem;
  return c.body(`{${end.json}}`, 200, { 'content-type': 'application/json' });
}

function streamOne(c: Context, invocations: Invocations, request: InvokeRequest, text: string): Response {
  const stream = streamFor(invocations);
  admitInto(stream, invocations, request, text.length);
  return respondStream(c, stream);
}

/** Many invocations in one body: a bad one fails alone if it can be named, else the whole body is refused. */
function streamMany(c: Context, invocations: Invocations, text: string): Response {
  const requests = parseLines(text);
  const stream = streamFor(invocations);
  for (const parsed of requests) {
    if (parsed.request) admitOrRefuse(stream, invocations, parsed.request, parsed.characters);
    else stream.line(parsed.refusal);
  }
  return respondStream(c, stream);
}

type ParsedLine =
  | { readonly request: InvokeRequest; readonly characters: number; readonly refusal?: never }
  | { readonly request?: never; readonly characters?: never; readonly refusal: string };

function parseLines(text: string): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (line.length > MAX_LINE_CHARACTERS)
      throw new Problem('body_too_large', `line ${number} is over ${MAX_LINE_CHARACTERS} characters`);
    if (line.trim() !== '') parsed.push(parseLine(line, number));
    if (parsed.length > MAX_LINES)
      throw new Problem('body_too_large', `there are more than ${MAX_LINES} invocations in one body - send several`);
  }
  return parsed;
}

function parseLine(line: string, number: number): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
    return { request: parseAs(InvokeRequestSchema, value), characters: line.length };
  } catch (error) {
    const problem = asProblem(error, 'invalid_body');
    const key = v.safeParse(v.partial(AttemptKeySchema), value);
    if (key.success && key.output.task_id !== undefined) return { refusal: refusalLine(key.output, problem) };
    throw new Problem('invalid_body', `line ${number}: ${problem.message}`, { cause: error });
  }
}

/** A stream whose reader, should it go, takes with it what nobody else will ask for. */
export function streamFor(invocations: Invocations): EventStream {
  return new EventStream((unfinished) => {
    for (const invocation of unfinished)
      if (invocation.input.key.ledger_id === undefined) invocations.stop(invocation, 'cancelled');
  });
}

function admitInto(stream: EventStream, invocations: Invocations, request: InvokeRequest, characters: number): void {
  const admission = invocations.admit(request, characters, stream);
  if ('kept' in admission) stream.line(admission.kept);
  else stream.listenTo(admission.invocation);
}

function admitOrRefuse(
  stream: EventStream,
  invocations: Invocations,
  request: InvokeRequest,
  characters: number,
): void {
  try {
    admitInto(stream, invocations, request, characters);
  } catch (error) {
    stream.line(refusalLine(request, invocations.refusalOf(error)));
  }
}

/** Answers with a stream, to which nothing more will be added. */
export function respondStream(c: Context, stream: EventStream): Response {
  stream.seal();
  return c.body(stream.body, 200, { 'content-type': NDJSON, 'cache-control': 'no-store' });
}

function nameOf({ run_id, task_id, attempt }: AttemptKey): string {
  return `${run_id}/${task_id}, attempt ${attempt},`;
}

/** What is asked for is not here, or not any more. */
export function unknownInvocation(key: AttemptKey): Problem {
  return new Problem('unknown_invocation', `${nameOf(key)} is not on this worker`);
}

/** Cancels, and gives the terminal event once it really has ended. */
async function cancel({ invocations, outbox }: Host, key: AttemptKey): Promise<string> {
  const invocation = invocations.find(key);
  if (!invocation) {
    if (outbox.holds(key))
      throw new Problem('already_ended', `${nameOf(key)} has already ended - its outcome is in the outbox`);
    throw unknownInvocation(key);
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  let last = '';
  invocation.join({
    event: (line) => {
      last = line;
    },
    ended: (_end: InvocationEnd) => resolve(last),
  });
  invocations.stop(invocation, 'cancelled');
  return promise;
}
