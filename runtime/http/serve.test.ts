import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { readText } from './body.ts';
import { boundBodies } from './body-budget.ts';
import { handleErrors } from './errors.ts';
import { guard } from './guard.ts';
import { type Listening, listen } from './serve.ts';
import type { ServerLimits } from './server-limits.ts';
import { head, RawClient } from './testing/raw-client.ts';

const clean: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of clean.splice(0).reverse()) await each();
});

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const BUDGET_BYTES = 6 * 1024 * 1024;

/** A server with short patience. */
async function serve(
  limits: Partial<ServerLimits> = {},
  token: string | null = null,
  onCut = (): void => {},
): Promise<Listening> {
  const app = new Hono();
  handleErrors(app, () => {});
  app.use(guard({ token }), boundBodies(BUDGET_BYTES));
  app.get('/', (c) => c.text('hello'));
  app.get('/never', () => new Promise<Response>(() => {}));
  app.get('/flood', (c) => c.body(endless(onCut), 200));
  app.post('/ignores', (c) => c.text('ok'));
  app.post('/reads', async (c) => c.text(String((await readText(c, MAX_BODY_BYTES)).length)));
  const server = await listen(app, { host: '127.0.0.1', port: 0, limits: { checkIntervalMs: 20, ...limits } });
  clean.push(() => server.close());
  return server;
}

function endless(onCut: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    cancel: onCut,
  });
}

function client(server: Listening): RawClient {
  const made = new RawClient(server.port);
  clean.push(() => void made.socket.destroy());
  return made;
}

const CHUNK = `${(32 * 1024).toString(16)}\r\n${'x'.repeat(32 * 1024)}\r\n`;
const CHUNKED = { 'transfer-encoding': 'chunked' };

describe('a server cuts off', () => {
  it('a client that says nothing', async () => {
    const server = await serve({ headersMs: 60 });
    expect(await client(server).closed).toMatch(/^(HTTP\/1.1 408 |$)/);
  });

  it('a client that dribbles its headers', async () => {
    const server = await serve({ headersMs: 100 });
    const slow = client(server).send('GET / HTTP/1.1\r\nhost: localhost\r\n').dribble('x-a: b\r\n', 15);
    expect(await slow.closed).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a client that dribbles a body', async () => {
    const server = await serve({ headersMs: 50, requestMs: 150 });
    const slow = client(server)
      .send(head('POST /reads HTTP/1.1', { 'content-length': '100000' }))
      .dribble('x', 15);
    expect(await slow.closed).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a client that stops in the middle of a body', async () => {
    const server = await serve({ stalledMs: 60 });
    const slow = client(server).send(`${head('POST /reads HTTP/1.1', { 'content-length': '100' })}xx`);
    expect(await slow.closed).toBe('');
  });

  it('a connection that stays idle after an answer', async () => {
    const server = await serve({ keepAliveMs: 50, stalledMs: 10_000 });
    const idle = client(server).send(head('GET / HTTP/1.1'));
    expect(await idle.closed).toMatch(/^HTTP\/1.1 200 .*hello$/s);
  });

  it('a client that does not take its answer', async () => {
    const cut = Promise.withResolvers<void>();
    const server = await serve({ stalledMs: 60 }, null, cut.resolve);
    client(server).send(head('GET /flood HTTP/1.1')).socket.pause();
    await cut.promise;
  });

  it('an endless body that nobody reads', async () => {
    const server = await serve();
    const flood = client(server).send(head('POST /ignores HTTP/1.1', CHUNKED)).sendForEver(CHUNK);
    expect(await flood.closed).toMatch(/^(HTTP\/1.1 200 |$)/);
  });

  it('an endless body without a token, unread', async () => {
    const server = await serve({}, 'secret');
    const flood = client(server).send(head('POST /reads HTTP/1.1', CHUNKED)).sendForEver(CHUNK);
    expect(await flood.closed).toMatch(/^(HTTP\/1.1 401 |$)/);
  });

  it('an endless body that is read', async () => {
    const server = await serve();
    const flood = client(server).send(head('POST /reads HTTP/1.1', CHUNKED)).sendForEver(CHUNK);
    expect(await flood.closed).toMatch(/^(HTTP\/1.1 413 .*body_too_large|$)/s);
  });

  it('more connections than it has', async () => {
    const server = await serve({ connections: 2 });
    const first = [client(server), client(server)];
    for (const one of first) await one.send(head('GET / HTTP/1.1')).until(/hello/);
    expect(await client(server).closed).toBe('');
    first[0]!.socket.destroy();
    await untilServed(server);
  });

  it('more connections than one address may have', async () => {
    const server = await serve({ connectionsPerAddress: 1 });
    await client(server).send(head('GET / HTTP/1.1')).until(/hello/);
    expect(await client(server).closed).toBe('');
  });
});

/** The place of a connection that has gone is free once the server has heard of it. */
async function untilServed(server: Listening): Promise<void> {
  for (;;) {
    const again = client(server).send(head('GET / HTTP/1.1', { connection: 'close' }));
    if ((await again.closed).includes('hello')) return;
  }
}

describe('a server lets be', () => {
  it('a client that waits for its answer', async () => {
    const server = await serve({ stalledMs: 30, headersMs: 30, requestMs: 40, keepAliveMs: 30 });
    const waiting = client(server).send(head('GET /never HTTP/1.1'));
    // Another is cut meanwhile, which takes as long as this one would have had.
    await client(server).closed;
    await client(server).closed;
    expect(waiting.socket.readyState).toBe('open');
  });
});

describe('a server refuses', () => {
  const strange: { name: string; sent: string; answer: RegExp }[] = [
    { name: 'no Host', sent: 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', answer: /^HTTP\/1.1 400 / },
    { name: 'no Host in HTTP/1.0', sent: 'GET / HTTP/1.0\r\n\r\n', answer: /foreign_host/ },
    {
      name: 'two Host headers',
      sent: 'GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
      answer: /foreign_host/,
    },
    {
      name: 'a URL of another host than the Host header',
      sent: head('GET http://evil.example/ HTTP/1.1', { connection: 'close' }),
      answer: /^HTTP\/1.1 400 .*malformed_request/s,
    },
    {
      name: 'a URL that is none',
      sent: head('GET evil HTTP/1.1', { connection: 'close' }),
      answer: /^HTTP\/1.1 400 /,
    },
    {
      name: 'too many headers',
      sent: head('GET / HTTP/1.1', Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`x-${index}`, 'y']))),
      answer: /^HTTP\/1.1 431 /,
    },
    {
      name: 'headers that are too large',
      sent: head('GET / HTTP/1.1', { 'x-large': 'y'.repeat(20_000) }),
      answer: /^HTTP\/1.1 431 /,
    },
    { name: 'what is no HTTP', sent: '\u0016\u0003\u0001 hello\r\n\r\n', answer: /^HTTP\/1.1 400 / },
    {
      name: 'two lengths of a body',
      sent: head('POST /reads HTTP/1.1', { 'content-length': '5', ...CHUNKED }),
      answer: /^HTTP\/1.1 400 /,
    },
  ];
  for (const { name, sent, answer } of strange)
    it(name, async () => {
      const server = await serve();
      expect(await client(server).send(sent).closed).toMatch(answer);
    });

  it('bodies that together are more than it holds', async () => {
    const server = await serve();
    const large = { 'content-length': String(MAX_BODY_BYTES) };
    const half = 'x'.repeat(MAX_BODY_BYTES - 1);
    const [first, second] = [client(server), client(server)];
    for (const one of [first, second]) one.send(head('POST /reads HTTP/1.1', large)).send(half);
    const refused = await Promise.race([first.until(/overload/), second.until(/overload/)]);
    expect(refused).toMatch(/^HTTP\/1.1 503 .*try again/s);
    const other = refused === (await Promise.race([first.until(/overload/), ''])) ? second : first;
    expect(await other.send('x').until(/\r\n\r\n./)).toMatch(/4194304$/);
  });

  it('names a URL with the very host of the Host header as any other', async () => {
    const server = await serve();
    const sent = head('GET http://localhost/ HTTP/1.1', { connection: 'close' });
    expect(await client(server).send(sent).closed).toMatch(/hello$/);
  });
});
