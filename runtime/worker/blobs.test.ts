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

  it('are counted once when put twice, and refused when they could never fit', () => {
    const blobs = new Blobs(5);
    blobs.put('a', new Uint8Array(3));
    blobs.put('a', new Uint8Array(3));
    blobs.put('b', new Uint8Array(2));
    expect(['a', 'b'].map((name) => blobs.get(name)?.length)).toEqual([3, 2]);
    expect(() => blobs.put('large', new Uint8Array(9))).toThrow('there is no room for 9 more bytes');
  });

  it('stay while somebody uses them, and go at once when nobody will again', () => {
    const blobs = new Blobs(5);
    blobs.put('used', new Uint8Array(4));
    blobs.pin('used');
    blobs.pin('used');
    expect(() => blobs.put('other', new Uint8Array(2))).toThrow('tasks use them');
    blobs.unpin('used', true);
    expect(blobs.get('used')).not.toBe(null);
    blobs.unpin('used', true);
    expect(blobs.get('used')).toBe(null);
    blobs.put('other', new Uint8Array(2));
  });

  it('count while they are received', () => {
    const blobs = new Blobs(5);
    blobs.expect(4);
    expect(() => blobs.put('a', new Uint8Array(2))).toThrow('no room');
    blobs.expect(-4);
    blobs.put('a', new Uint8Array(2));
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
