import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrchestratorApp } from '../orchestrator/api/app.ts';
import { startTestWorker, type TestWorker } from '../worker/testing/test-worker.ts';

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker({ slots: 1, token: 'secret' });
});
afterAll(() => worker.close());

/** Without its parts: nothing may reach them. */
const orchestrator = (): Hono =>
  createOrchestratorApp({ guard: { token: 'secret' } } as Parameters<typeof createOrchestratorApp>[0]);

/** What a browser needs to sign in. */
const SIGN_IN = ['/', '/docs', '/assets/:name', '/session'];

const ROLES = [
  { name: 'the orchestrator', app: orchestrator, open: ['/livez', ...SIGN_IN] },
  { name: 'a worker', app: (): Hono => worker.app, open: ['/livez'] },
];

describe.each(ROLES)('$name answers whoever has no token', ({ app, open }) => {
  it('with 401 at every path, known or not, and each time with the same words', async () => {
    const known = app()
      .routes.filter(({ method, path }) => method !== 'ALL' && !open.includes(path))
      .map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+/g, 'x') }));
    const unknown = [
      '//',
      '/nothing',
      '/assets/',
      '/assets/a/b',
      '/session/',
      '/livez/',
      '/livez/../status',
      '//livez',
      '/LIVEZ',
      '/%6civez/x',
    ].map((path) => ({
      method: 'GET',
      path,
    }));
    const answers = new Set<string>();
    for (const { method, path } of [...known, ...unknown]) {
      const response = await app().request(path, { method, headers: { host: 'localhost' } });
      expect({ method, path, status: response.status }).toEqual({ method, path, status: 401 });
      answers.add(await response.text());
    }
    expect(known.length).toBeGreaterThan(8);
    expect(answers.size).toBe(1);
  });

  it('with ok at /livez', async () => {
    const response = await app().request('/livez', { headers: { host: 'localhost' } });
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  });
});
