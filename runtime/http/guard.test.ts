import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { handleErrors } from './errors.ts';
import { guard, requireTokenBeyondLoopback } from './guard.ts';

const TOKEN = 'correct-horse';

function appWith(token: string | null): Hono {
  const app = new Hono();
  handleErrors(app, () => {});
  app.use(guard({ token, hostNames: ['Lab7'] }));
  app.get('/livez', (c) => c.text('ok'));
  app.all('/status', (c) => c.text('fine'));
  return app;
}

async function ask(token: string | null, headers: Record<string, string>, path = '/status', method = 'GET') {
  const response = await appWith(token).request(path, { method, headers: { host: 'localhost:5000', ...headers } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('without the token', () => {
  const strangers: { name: string; headers: Record<string, string> }[] = [
    { name: 'nothing', headers: {} },
    { name: 'another token', headers: { authorization: 'Bearer wrong' } },
    { name: 'a part of it', headers: { authorization: 'Bearer correct-hors' } },
    { name: 'more than it', headers: { authorization: `Bearer ${TOKEN}x` } },
    { name: 'an empty one', headers: { authorization: 'Bearer ' } },
    { name: 'another scheme', headers: { authorization: `Basic ${TOKEN}` } },
    { name: 'two of them', headers: { authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}` } },
    { name: 'a foreign host as well', headers: { host: 'evil.example' } },
    { name: 'a foreign page as well', headers: { origin: 'http://evil.example' } },
  ];
  for (const { name, headers } of strangers)
    for (const path of ['/status', '/nothing/here'])
      for (const method of ['GET', 'POST', 'OPTIONS'])
        it(`${method} ${path} with ${name} gets 401, and is told nothing but what to send`, async () => {
          const answer = await ask(TOKEN, headers, path, method);
          expect(answer.status).toBe(401);
          expect(JSON.parse(answer.text)).toEqual({
            type: 'urn:motes:problem:unauthorized',
            title: 'A token is required',
            status: 401,
            code: 'unauthorized',
            detail: 'send `Authorization: Bearer TOKEN` with the token of MOTES_TOKEN',
          });
          expect([...answer.headers.keys()].sort()).toEqual(['content-type', 'www-authenticate']);
        });

  it('/livez answers', async () => {
    expect(await ask(TOKEN, {}, '/livez')).toMatchObject({ status: 200, text: 'ok' });
  });

  it('/livez answers no foreign page either', async () => {
    expect((await ask(TOKEN, { host: 'evil.example' }, '/livez')).status).toBe(403);
  });
});

describe('with the token, or where none is asked for', () => {
  const cases: { name: string; headers: Record<string, string>; status: number; method?: string }[] = [
    { name: 'localhost', headers: { host: 'localhost' }, status: 200 },
    { name: 'localhost with a port', headers: { host: 'localhost:1234' }, status: 200 },
    { name: 'localhost in capitals', headers: { host: 'LocalHost:1234' }, status: 200 },
    { name: 'an IPv4 address', headers: { host: '192.168.1.20:5000' }, status: 200 },
    { name: 'an IPv6 address', headers: { host: '[::1]:5000' }, status: 200 },
    { name: 'an IPv6 address without a port', headers: { host: '[fe80::1]' }, status: 200 },
    { name: 'a name that was allowed', headers: { host: 'lab7:5000' }, status: 200 },
    { name: 'a rebound name', headers: { host: 'evil.example:5000' }, status: 403 },
    { name: 'a name that begins as ours', headers: { host: 'localhost.evil.example' }, status: 403 },
    { name: 'a name that ends as ours', headers: { host: 'evil.localhost' }, status: 403 },
    { name: 'a name that looks like an address', headers: { host: '127.0.0.1.evil.example' }, status: 403 },
    { name: 'no name', headers: { host: '' }, status: 403 },
    { name: 'two names', headers: { host: 'localhost, evil.example' }, status: 403 },
    { name: 'a user in front of our name', headers: { host: 'evil@localhost' }, status: 403 },
    { name: 'a path behind our name', headers: { host: 'localhost/evil' }, status: 403 },
    { name: 'a port that is none', headers: { host: 'localhost:port' }, status: 403 },
    { name: 'the own origin', headers: { origin: 'http://localhost:5000' }, status: 200 },
    { name: 'the own origin by TLS', headers: { origin: 'https://localhost:5000' }, status: 200 },
    {
      name: 'the own origin at an IPv6 address',
      headers: { host: '[::1]:5000', origin: 'http://[::1]:5000' },
      status: 200,
    },
    { name: 'another site', headers: { origin: 'https://evil.example' }, status: 403 },
    { name: 'another port of this machine', headers: { origin: 'http://localhost:3000' }, status: 403 },
    { name: 'an opaque origin', headers: { origin: 'null' }, status: 403 },
    { name: 'an origin that is none', headers: { origin: 'localhost:5000' }, status: 403 },
    { name: 'an image of another site', headers: { 'sec-fetch-site': 'cross-site' }, status: 403 },
    {
      name: 'a script of another port',
      headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
      status: 403,
    },
    {
      name: 'a link of another site',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      status: 200,
    },
    {
      name: 'a form of another site',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      status: 403,
      method: 'POST',
    },
    { name: 'the own page', headers: { 'sec-fetch-site': 'same-origin' }, status: 200 },
    { name: 'an address that was typed', headers: { 'sec-fetch-site': 'none' }, status: 200 },
  ];
  for (const { name, headers, status, method } of cases)
    it(`${name} gets ${status}`, async () => {
      expect((await ask(null, headers, '/status', method)).status).toBe(status);
      const authorization = `Bearer ${TOKEN}`;
      expect((await ask(TOKEN, { ...headers, authorization }, '/status', method)).status).toBe(status);
    });
});

describe('a server without a token', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('may listen on %s', (host) => {
    expect(() => requireTokenBeyondLoopback(host, null, 'token')).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '10.0.0.2', 'lab7', '127.evil.example'])(
    'may not listen on %s, and says what to do',
    (host) => {
      expect(() => requireTokenBeyondLoopback(host, null, 'token')).toThrow(/`motes token`.*MOTES_TOKEN.*--auth none/);
      expect(() => requireTokenBeyondLoopback(host, null, 'none')).not.toThrow();
      expect(() => requireTokenBeyondLoopback(host, TOKEN, 'token')).not.toThrow();
    },
  );
});
