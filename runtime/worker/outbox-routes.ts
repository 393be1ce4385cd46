import type { Hono } from 'hono';
import { readJson } from '../http/body.ts';
import { AcknowledgementSchema } from '../wire/invocation.ts';
import { Problem } from '../wire/problem.ts';
import type { Host } from './host.ts';
import { identityOf } from './invocation.ts';
import { accepts, NDJSON, respondStream, streamFor } from './invoke-routes.ts';

const MAX_ACKNOWLEDGEMENT_BYTES = 8 * 1024 * 1024;

/** `GET /outbox`, as a list or as a stream that goes on until all has ended; `POST /outbox/ack`. */
export function addOutboxRoutes(app: Hono, host: Host, instance: string): void {
  const { invocations, outbox } = host;
  app.get('/outbox', (c) => {
    const ledgerId = c.req.query('ledger_id');
    if (!ledgerId) throw new Problem('invalid_query', 'say whose: /outbox?ledger_id=…');
    if (!accepts(c, NDJSON))
      return c.body(listOutbox(host, instance, ledgerId), 200, { 'content-type': 'application/json' });
    const stream = streamFor(invocations);
    for (const lines of outbox.entries(ledgerId)) stream.line(lines);
    for (const invocation of invocations.ofLedger(ledgerId)) {
      stream.listenTo(invocation);
      invocation.join(stream);
    }
    return respondStream(c, stream);
  });
  app.post('/outbox/ack', async (c) => {
    const { attempts } = await readJson(c, AcknowledgementSchema, MAX_ACKNOWLEDGEMENT_BYTES);
    let acknowledged = 0;
    for (const key of attempts) if (outbox.acknowledge(key.ledger_id, identityOf(key))) acknowledged += 1;
    return c.json({ acknowledged });
  });
}

/** The events are JSON already, so the list is put together as text. */
function listOutbox({ invocations, outbox }: Host, instance: string, ledgerId: string): string {
  const running = invocations.ofLedger(ledgerId).map((invocation) => `{${invocation.identity.slice(0, -1)}}`);
  const finished = outbox.entries(ledgerId).map((lines) => lines.trimEnd().replaceAll('\n', ','));
  return `{"instance":${JSON.stringify(instance)},"running":[${running}],"finished":[${finished}]}`;
}
