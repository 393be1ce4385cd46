import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Blobs } from './blobs.ts';
import { startTestWorker, type TestWorker } from './testing/test-worker.ts';

const nameOf = (content: string) => createHash('sha256').update(content).digest('hex');

describe('the blobs in memory', () => {
  it('go in the order of their last use', () => {
    const blobs = new Blobs(5);
    const two = () => new Uint8Array(2);
    blobs.put('a', two());
    blobs.put('b', two());
    expect(blobs.get('a')).not.toBe(null);
    blobs.put('c', two());
    expect(['a', 'b', 'c'].map((name) => blobs.get(name)?.length)).toEqual([2, undefined, 2]);
  });

  it('are kept when alone too large, and counted once when put twice', () => {
    const blobs = new Blobs(5);
    blobs.put('large', new Uint8Array(9));
    expect(blobs.get('large')).toHaveLength(9);
    blobs.put('a', new Uint8Array(3));
    blobs.put('a', new Uint8Array(3));
    blobs.put('b', new Uint8Array(2));
    expect(['large', 'a', 'b'].map((name) => blobs.get(name)?.length)).toEqual([undefined, 3, 2]);
  });
});

describe('blobs of a worker', () => {
  let worker: TestWorker;
  beforeEach(async () => {
    worker = await startTestWorker();
  });
  afterEach(() => worker.close());

  const put = (name: string, content: string) =>
    worker.request(`/blobs/${name}`, { method: 'PUT', body: content, headers: { 'content-type': 'text/plain' } });

  it('are taken under their own name only', async () => {
    const name = nameOf('hello');
    expect((await worker.request(`/blobs/${name}`, { method: 'HEAD' })).status).toBe(404);
    expect((await put(name, 'hello')).status).toBe(201);
    expect((await worker.request(`/blobs/${name}`, { method: 'HEAD' })).status).toBe(200);
    expect((await put(nameOf('other'), 'hello')).status).toBe(400);
    expect((await put('x', 'hello')).status).toBe(400);
  });

  it('reach the function that names them, and no other', async () => {
    const name = nameOf('hello');
    const refused = await worker.invoke({ type: 'taker', parameters: { value: name } });
    expect(await refused.json()).toMatchObject({
      code: 'overload',
      detail: expect.stringContaining(`PUT it to /blobs/${name}`),
    });
    await put(name, 'hello');
    const answer = await worker.invoke({ type: 'taker', parameters: { value: name } });
    expect(await answer.json()).toMatchObject({ result: { text: 'hello' } });
    const undeclared = await worker.invoke({ type: 'peeker', parameters: { value: name } });
    expect(await undeclared.json()).toMatchObject({ detail: expect.stringContaining('is not an input of this task') });
  });
});
