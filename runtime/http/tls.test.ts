import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../client/http-client.ts';
import type { ServerTls } from '../process/tls-files.ts';
import { createHttpTransport } from '../transport/http/http-transport.ts';
import { postJson } from '../worker/post-json.ts';
import { type Listening, listen } from './serve.ts';
import { type Certificate, Certificates } from './testing/certificates.ts';
import { head, RawClient } from './testing/raw-client.ts';
import { clientTls } from './tls-client.ts';

let files: Certificates;
let own: Certificate;
let elsewhere: Certificate;
let authority: Certificate;
let vouchedFor: Certificate;
beforeAll(() => {
  files = new Certificates();
  own = files.selfSigned('own', ['IP:127.0.0.1', 'DNS:localhost']);
  elsewhere = files.selfSigned('elsewhere', ['IP:10.1.2.3']);
  authority = files.selfSigned('authority', ['DNS:authority']);
  vouchedFor = files.signedBy('authority', 'vouched-for', ['DNS:lab7']);
});
afterAll(() => files.remove());

const servers: Listening[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

const PING = {
  ...{ status: 'online', worker_id: 'w', timestamp: '2025-01-07T10:30:00', current_task: null, current_tasks: [] },
  ...{ instance: 'c0ffee00-0000-4000-8000-000000000000', protocol: 1, slots: 1, slot_memory_bytes: 1, waiting: 0 },
  ...{ draining: false, functions: {} },
};

async function serve(tls: ServerTls | null, limits = {}): Promise<Listening> {
  const app = new Hono();
  app.get('/ping', (c) => c.json(PING));
  app.post('/workers', async (c) => c.json(await c.req.json()));
  const server = await listen(app, { host: '127.0.0.1', port: 0, tls, limits });
  servers.push(server);
  return server;
}

/** The three clients of the project, each as a request that succeeds or says why not. */
const CLIENTS: { name: string; ask(url: string, ca: string | null): Promise<unknown> }[] = [
  {
    name: 'the command line',
    async ask(url, ca) {
      const client = new HttpClient({ url, ca, timeoutMs: 5_000 });
      return client.exchange({ method: 'GET', path: '/ping' }).finally(() => client.close());
    },
  },
  {
    name: 'the orchestrator that calls a worker',
    async ask(url, ca) {
      const transport = createHttpTransport({ token: null, ca, pingTimeoutMs: 5_000, leaseMs: 5_000 });
      return transport.ping({ id: 'w', url }).finally(() => transport.close());
    },
  },
  {
    name: 'the worker that registers',
    async ask(url, ca) {
      const { status, body } = await postJson(
        `${url}/workers`,
        {},
        { token: null, tls: clientTls(ca), timeoutMs: 5_000 },
      );
      if (status !== 200) throw new Error(JSON.stringify(body));
    },
  },
];

describe.each(CLIENTS)('$name', ({ ask }) => {
  it('talks to a server whose certificate it is given', async () => {
    const { url } = await serve(own);
    expect(url).toMatch(/^https:/);
    await ask(url, own.cert);
  });

  it('talks to a server that has the very certificate it is given, at any address', async () => {
    await ask((await serve(elsewhere)).url, elsewhere.cert);
  });

  it('talks to one of several that it is given', async () => {
    await ask((await serve(own)).url, `${elsewhere.cert}\n${own.cert}`);
  });

  it('takes an authority at its word only for the names of the certificate', async () => {
    const { url } = await serve(vouchedFor);
    await expect(ask(url, authority.cert)).rejects.toThrow(/certificate is for other names/);
  });

  it('talks to no other server, nor to one that nobody vouches for', async () => {
    const { url } = await serve(own);
    await expect(ask(url, elsewhere.cert)).rejects.toThrow(/not one that is trusted here.*--tls-ca/);
    await expect(ask(url, null)).rejects.toThrow(/not one that is trusted here.*--tls-ca/);
  });

  it('is told when it should speak TLS', async () => {
    const { url } = await serve(own);
    await expect(ask(url.replace('https:', 'http:'), null)).rejects.toThrow(/this port speaks TLS.*https:/);
  });

  it('says so when a server does not speak TLS', async () => {
    const { url } = await serve(null);
    await expect(ask(url.replace('http:', 'https:'), own.cert)).rejects.toThrow(/does not speak TLS.*--tls-cert/);
  });
});

describe('a port with TLS', () => {
  it('answers plain HTTP with what to do, and nothing else', async () => {
    const { port } = await serve(own);
    const answer = await new RawClient(port).send(head('GET /ping HTTP/1.1')).closed;
    expect(answer).toMatch(/^HTTP\/1.1 400 .*"code":"tls_required"/s);
    expect(answer).not.toContain('worker_id');
  });

  it('cuts off whoever says nothing, or never ends the handshake', async () => {
    const { port } = await serve(own, { headersMs: 60 });
    expect(await new RawClient(port).closed).toBe('');
    const record = String.fromCharCode(22, 3, 1, 2, 0);
    await new RawClient(port).send(record).closed;
  });

  it('survives clients that go away at any moment', async () => {
    const { port, url } = await serve(own);
    for (const bytes of ['', 'G', String.fromCharCode(22), String.fromCharCode(22, 3, 1, 0, 5, 1, 0, 0, 1, 0)]) {
      const client = new RawClient(port).send(bytes);
      client.socket.once('connect', () => client.socket.resetAndDestroy());
      await client.closed;
    }
    await CLIENTS[0]!.ask(url, own.cert);
  });

  it('closes at once, whoever is connected', async () => {
    const server = await serve(own);
    const client = new RawClient(server.port);
    await new Promise((resolve) => client.socket.once('connect', resolve));
    await Promise.all([servers.pop()!.close(), client.closed]);
  });
});
