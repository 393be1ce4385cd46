import type { Context } from 'hono';
import { type InvokeRequest, isTerminal } from '../wire/invocation.ts';
import { type ProblemDocument, problemFromDocument } from '../wire/problem.ts';
import type { EventSink, InvocationEnd } from './invocation.ts';
import type { Invocations } from './invocations.ts';

/**
 * Runs one invocation to its end. If the client goes away meanwhile, it is cancelled, unless a ledger will ask for it.
 * @throws Problem when it is not taken.
 */
export function runToEnd(
  c: Context,
  invocations: Invocations,
  request: InvokeRequest,
  characters: number,
): Promise<InvocationEnd> {
  const { promise, resolve } = Promise.withResolvers<InvocationEnd>();
  const sink: EventSink = { event: () => {}, ended: resolve };
  const admission = invocations.admit(request, characters, sink);
  if ('kept' in admission) return Promise.resolve(endOf(admission.kept));
  const { invocation } = admission;
  onClientGone(c, () => {
    invocation.leave(sink);
    if (request.ledger_id === undefined) invocations.stop(invocation, 'cancelled');
    resolve(NOBODY_LISTENS);
  });
  return promise;
}

/** Ends the handler of a request whose answer goes nowhere. */
const NOBODY_LISTENS: InvocationEnd = { ok: true, json: '' };

/** A kept outcome, read back from its last line. */
function endOf(lines: string): InvocationEnd {
  const event = JSON.parse(lines.trimEnd().split('\n').at(-1)!) as { event: string };
  if (!isTerminal(event)) throw new TypeError('only terminal events are kept');
  if (event.event === 'failed')
    return { ok: false, status: event.status, problem: problemFromDocument(event.error as ProblemDocument) };
  const { result, measured } = event;
  return { ok: true, json: JSON.stringify({ result, measured }).slice(1, -1) };
}

/** Node's own response is asked where there is one: making the request's `AbortSignal` costs more than a no-op. */
function onClientGone(c: Context, gone: () => void): void {
  const outgoing = (c.env as { outgoing?: NodeJS.WritableStream & { writableFinished: boolean } } | undefined)
    ?.outgoing;
  if (!outgoing) c.req.raw.signal.addEventListener('abort', gone, { once: true });
  outgoing?.once('close', () => {
    if (!outgoing.writableFinished) gone();
  });
}
