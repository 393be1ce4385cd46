import { describe, expect, test } from 'vitest';
import { SESSION_SECONDS } from '../../../http/sessions.ts';
import { EPOCH_MS } from '../../simulation/clock.ts';
import { makeApp, problem } from '../../testing/orchestrator-app.ts';

const TOKEN = 'correct-horse';
const OWN_PAGE = { origin: 'http://localhost:5000', 'sec-fetch-site': 'same-origin' };

async function makeGuarded(token: string | null = TOKEN, now = () => EPOCH_MS) {
  const made = await makeApp({ guard: { token }, now });
  const signIn = (given: unknown, headers: Record<string, string> = OWN_PAGE) =>
    made.send('POST', '/session', JSON.stringify({ token: given }), headers);
  return { ...made, signIn };
}

/** What a browser would send back. */
function cookieOf(headers: Headers): string {
  return headers.get('set-cookie')!.split(';')[0]!;
}

describe('a browser that signs in', () => {
  test('gets a cookie that no script reads and no other site sends', async () => {
    const { signIn } = await makeGuarded();
    const { status, headers } = await signIn(TOKEN);
    expect(status).toBe(204);
    const [cookie, ...attributes] = headers.get('set-cookie')!.split('; ');
    expect(attributes.sort()).toEqual(['HttpOnly', `Max-Age=${SESSION_SECONDS}`, 'Path=/', 'SameSite=Strict']);
    expect(cookie).not.toContain(TOKEN);
    expect(cookie).not.toContain(Buffer.from(TOKEN).toString('base64url'));
  });

  test('by TLS gets one that never travels without', async () => {
    const { app, signIn } = await makeGuarded();
    const request = { method: 'POST', body: JSON.stringify({ token: TOKEN }), headers: { host: 'localhost:5000' } };
    const env = { incoming: { socket: { remoteAddress: '10.0.0.9' } } };
    const direct = await app.request('https://localhost:5000/session', request, env);
    expect(direct.headers.get('set-cookie')).toContain('; Secure');
    const behindProxy = await signIn(TOKEN, { origin: 'https://localhost:5000' });
    expect(behindProxy.headers.get('set-cookie')).toContain('; Secure');
  });

  test('may then do what the token allows, from the own page only', async () => {
    const { signIn, get, send } = await makeGuarded();
    const cookie = cookieOf((await signIn(TOKEN)).headers);
    expect((await get('/status', { cookie })).status).toBe(200);
    expect((await get('/status', { cookie: `other=1; ${cookie}` })).status).toBe(200);
    expect((await send('POST', '/execute_tasks', undefined, { cookie, ...OWN_PAGE })).status).toBe(202);
  });

  test.each([
    { name: 'a fetch of another site', headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' } },
    {
      name: 'a page of another port here',
      headers: { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    },
    { name: 'a form of another port here', headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' } },
    { name: 'an opaque page', headers: { origin: 'null' } },
    { name: 'something that does not say where it comes from', headers: {} },
  ])('is not abused by $name', async ({ headers }) => {
    const { signIn, send, ledger } = await makeGuarded();
    const cookie = cookieOf((await signIn(TOKEN)).headers);
    const form = { 'content-type': 'text/plain', cookie, ...(headers as Record<string, string>) };
    expect(await send('POST', '/execute_tasks', 'tasks: [{id: a, type: noop}]', form)).toMatchObject(
      problem('foreign_origin', 403),
    );
    expect(ledger.runs(10)).toEqual([]);
  });

  test('is still signed in after a restart, and not once the token is another', async () => {
    const cookie = cookieOf((await (await makeGuarded()).signIn(TOKEN)).headers);
    const restarted = await makeGuarded();
    expect((await restarted.get('/status', { cookie })).status).toBe(200);
    const changed = await makeGuarded('another');
    expect((await changed.get('/status', { cookie })).status).toBe(401);
  });

  test('signs in anew after a week', async () => {
    let now = EPOCH_MS;
    const { signIn, get } = await makeGuarded(TOKEN, () => now);
    const cookie = cookieOf((await signIn(TOKEN)).headers);
    now += SESSION_SECONDS * 1000 - 1;
    expect((await get('/status', { cookie })).status).toBe(200);
    now += 1;
    expect((await get('/status', { cookie })).status).toBe(401);
  });

  test('cannot make its cookie last longer, or make one up', async () => {
    const { signIn, get } = await makeGuarded();
    const [name, value] = cookieOf((await signIn(TOKEN)).headers).split('=') as [string, string];
    const [until, signature] = value.split('.') as [string, string];
    const forged = [`9${until}.${signature}`, `${until}.`, until, '', '.', `${until}.${signature.slice(0, -2)}`, TOKEN];
    for (const one of forged) expect((await get('/status', { cookie: `${name}=${one}` })).status).toBe(401);
  });

  test('is told when its token is wrong beside a good cookie', async () => {
    const { signIn, get } = await makeGuarded();
    const cookie = cookieOf((await signIn(TOKEN)).headers);
    expect((await get('/status', { cookie, authorization: 'Bearer wrong' })).status).toBe(401);
  });

  test('signs out', async () => {
    const { signIn, send } = await makeGuarded();
    const cookie = cookieOf((await signIn(TOKEN)).headers);
    const { status, headers } = await send('DELETE', '/session', undefined, { cookie, ...OWN_PAGE });
    expect([status, headers.get('set-cookie')]).toEqual([204, expect.stringContaining('=; Max-Age=0; Path=/')]);
  });

  test('needs no cookie where no token is asked for', async () => {
    const { signIn } = await makeGuarded(null);
    const { status, headers } = await signIn('anything');
    expect([status, headers.get('set-cookie')]).toEqual([204, null]);
  });
});

describe('a sign-in', () => {
  test.each([{ given: 'wrong' }, { given: `${TOKEN}x` }, { given: 'x'.repeat(4_096) }])(
    'with $given.length wrong characters is refused',
    async ({ given }) => {
      const { signIn } = await makeGuarded();
      const answer = await signIn(given);
      expect(answer).toMatchObject(problem('unauthorized', 401, 'not the token'));
      expect(answer.headers.get('set-cookie')).toBeNull();
    },
  );

  test.each([{ given: 7 }, { given: null }, { given: '' }, { given: 'x'.repeat(4_097) }])(
    'with no text for a token is refused, and the text is not repeated',
    async ({ given }) => {
      const { signIn } = await makeGuarded();
      expect(await signIn(given)).toMatchObject({
        ...problem('invalid_body', 400),
        body: { pointer: '/token', detail: 'token: must be a text of 1 to 4096 characters' },
      });
    },
  );

  test('by a page of another site is refused, even with the token', async () => {
    const { signIn } = await makeGuarded();
    expect(await signIn(TOKEN, { origin: 'http://evil.example' })).toMatchObject(problem('foreign_origin', 403));
  });

  test('may be wrong five times, then once in twelve seconds', async () => {
    let now = EPOCH_MS;
    const { signIn } = await makeGuarded(TOKEN, () => now);
    const status = async (token: string) => (await signIn(token)).status;
    for (let time = 0; time < 5; time += 1) expect(await status('wrong')).toBe(401);
    const refused = await signIn(TOKEN);
    expect(refused).toMatchObject(problem('too_many_guesses', 429));
    expect(refused.headers.get('retry-after')).toBe('12');
    now += 12_000;
    expect(await status('wrong')).toBe(401);
    expect(await status(TOKEN)).toBe(429);
    now += 12_000;
    expect(await status(TOKEN)).toBe(204);
  });
});

describe('the page', () => {
  const file = (type: string) => ({ plain: new Uint8Array(1), zipped: new Uint8Array(1), type, tag: '"1"' });
  const page = new Map([
    ['index.html', file('text/html; charset=utf-8')],
    ['main-1.js', file('text/javascript; charset=utf-8')],
  ]);

  test('and what it is made of are there for whoever wants to sign in', async () => {
    const { get } = await makeApp({ guard: { token: TOKEN }, page });
    for (const path of ['/', '/assets/main-1.js']) expect((await get(path)).status).toBe(200);
    expect((await get('/assets/other.js')).status).toBe(404);
  });

  test('runs no script but its own, in no frame of others', async () => {
    const { get } = await makeApp({ page });
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy')!.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
