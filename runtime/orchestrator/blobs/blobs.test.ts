import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeApp } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';
import { BlobStore } from './blob-store.ts';

const CONTENT = '6 6 6\n2\n1 0 0 0\n2 3 3 3\n';
const NAME = createHash('sha256').update(CONTENT).digest('hex');
const OTHER = 'f'.repeat(64);
const bytes = (content: string) => [new TextEncoder().encode(content)];

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motes-blobs-'));
  store = new BlobStore(join(folder, 'blobs'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the store', () => {
  test('keeps what has its name, once', async () => {
    expect(await store.put(NAME, bytes(CONTENT))).toBe(24);
    expect(await store.put(NAME, bytes(CONTENT))).toBe(24);
    const found = await store.read(NAME);
    expect(found?.bytes).toBe(24);
    expect(String(await buffer(found!.content))).toBe(CONTENT);
    expect(await readdir(join(folder, 'blobs'))).toEqual([NAME]);
  });

  test('keeps nothing that has not, or that broke off', async () => {
    await expect(store.put(OTHER, bytes(CONTENT))).rejects.toMatchObject({ code: 'invalid_body' });
    const broken = async function* () {
      yield* bytes(CONTENT);
      throw new Error('gone');
    };
    await expect(store.put(NAME, broken())).rejects.toThrow('gone');
    expect(await readdir(join(folder, 'blobs'))).toEqual([]);
    expect(await store.read(NAME)).toBe(null);
    expect(await store.read('../../secret')).toBe(null);
  });

  test('lists what is whole, and discards what is not', async () => {
    await store.put(NAME, bytes(CONTENT));
    await writeFile(join(folder, 'blobs', `${OTHER}.c0ffee.partial`), 'half');
    expect(await store.list()).toEqual([NAME]);
    await store.discardPartial();
    expect(await readdir(join(folder, 'blobs'))).toEqual([NAME]);
    await store.remove(NAME);
    expect(await store.list()).toEqual([]);
  });

  test('forgets what has been of no use for long', async () => {
    await store.put(NAME, bytes(CONTENT));
    await store.prune(1000);
    expect(store.has(NAME)).toBe(true);
    await utimes(join(folder, 'blobs', NAME), 1, 1);
    await store.read(NAME).then((found) => found?.content.destroy());
    await store.prune(60_000);
    expect(store.has(NAME)).toBe(true);
    await utimes(join(folder, 'blobs', NAME), 1, 1);
    await store.prune(60_000);
    expect(store.has(NAME)).toBe(false);
  });
});

const head = async (app: Hono, name: string) =>
  (await app.request(`/blobs/${name}`, { method: 'HEAD', headers: { host: 'localhost:5000' } })).status;

describe('the API', () => {
  test('takes blobs and gives them back', async () => {
    const { app, send, get } = await makeApp({ blobs: store });
    expect(await send('PUT', `/blobs/${NAME}`, CONTENT)).toMatchObject({
      status: 201,
      body: { blob: NAME, bytes: 24 },
    });
    const answer = await get(`/blobs/${NAME}`);
    expect([answer.status, answer.body, answer.headers.get('content-length')]).toEqual([200, CONTENT, '24']);
    expect(await head(app, NAME)).toBe(200);
    expect(await head(app, OTHER)).toBe(404);
    expect(await get(`/blobs/${OTHER}`)).toMatchObject({ status: 404, body: { code: 'unknown_blob' } });
  });

  test('refuses bytes of another name, and names that are none', async () => {
    const { send } = await makeApp({ blobs: store });
    expect(await send('PUT', `/blobs/${OTHER}`, CONTENT)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body' },
    });
    expect(await send('PUT', '/blobs/..%2Fx', CONTENT)).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  });

  const fluid = (blob: string) => [
    { id: 'a', type: 'lennard_jones', parameters: { configuration: { blob, format: 'nist', particles: 2 } } },
  ];

  test('takes no task whose blob is not there', async () => {
    const { submit } = await makeApp();
    const answer = await submit(fluid(OTHER));
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(`there is no blob ${OTHER} here`);
  });

  test('sends the blob to the worker before the task, once', async () => {
    const { submit, blobs, join: joinFleet, transport } = await makeApp();
    blobs.files.set(NAME, Buffer.from(CONTENT));
    await submit(fluid(NAME));
    await joinFleet('w1', { functions: { lennard_jones: 'v1' } });
    await settle();
    expect(transport.deliveries).toHaveLength(1);
    expect([...transport.blobs]).toEqual([[`w1 ${NAME}`, CONTENT]]);
  });
});
