import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BlobReference } from '../wire/blob.ts';
import { Blobs } from './blobs.ts';
import { LargeCheckpoints } from './large-checkpoints.ts';
import { attempt, type EventReader, startTestWorker, type TestWorker } from './testing/test-worker.ts';

let worker: TestWorker;
beforeEach(async () => {
  worker = await startTestWorker();
});
afterEach(() => worker.close());

async function nextState(reader: EventReader): Promise<BlobReference> {
  const event = await reader.next(({ event }) => event === 'checkpoint');
  if (event?.event !== 'checkpoint' || typeof event.state === 'string') throw new Error('it is no large checkpoint');
  return event.state;
}

const fetchBlob = async ({ sha256 }: BlobReference): Promise<Buffer> =>
  Buffer.from(await (await worker.request(`/blobs/${sha256}`)).arrayBuffer());

test('a large state is named, and the next one taken when it was fetched', async () => {
  const reader = await worker.stream([attempt('large', 'saver', { parameters: { value: 2 } })]);
  const first = await nextState(reader);
  const bytes = await fetchBlob(first);
  expect(bytes.length).toBe(first.bytes);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(first.sha256);
  const second = await nextState(reader);
  expect(second).not.toEqual(first);
  // Only the newest is kept.
  expect((await worker.request(`/blobs/${first.sha256}`)).status).toBe(404);
  expect((await worker.request(`/blobs/${second.sha256}`, { method: 'HEAD' })).status).toBe(200);
});

test('a task goes on from a state that was sent before it, and only then', async () => {
  const reader = await worker.stream([attempt('first', 'saver', { parameters: { value: 2 } })]);
  await fetchBlob(await nextState(reader));
  const state = await nextState(reader);
  const bytes = await fetchBlob(state);
  await worker.request('/invocations/ledger/run/first/1', { method: 'DELETE' });
  await reader.rest();
  const again = attempt('first', 'saver', { parameters: { value: 2 }, attempt: 2, resume_from: state } as never);
  const [refused] = await (await worker.stream([again])).rest();
  expect(refused).toMatchObject({ event: 'failed', error: { code: 'overload' } });
  const sent = await worker.request(`/blobs/${state.sha256}`, { method: 'PUT', body: new Uint8Array(bytes) });
  expect(sent.status).toBe(201);
  const resumed = await worker.stream([again]);
  // The same turn gives the same bytes: it did not begin anew.
  expect(await nextState(resumed)).toEqual(state);
});

test('what a stopped invocation kept is gone', async () => {
  const reader = await worker.stream([attempt('stopped', 'saver', { parameters: { value: 2 } })]);
  const { sha256 } = await nextState(reader);
  await worker.request('/invocations/ledger/run/stopped/1', { method: 'DELETE' });
  await reader.rest();
  expect((await worker.request(`/blobs/${sha256}`)).status).toBe(404);
});

test('a state that there is no room for is left out, and the function goes on', () => {
  const kept = new LargeCheckpoints(new Blobs(3));
  let taken = 0;
  kept.keep('task', 'a', new Uint8Array(2), () => taken++);
  expect(() => kept.keep('task', 'b', new Uint8Array(4), () => taken++)).toThrow('no room');
  // The one before is not to be had any more, so nobody need wait for it.
  expect(taken).toBe(1);
});

test('nobody fetches: after a while the next one may be taken', async () => {
  const blobs = new Blobs();
  const { promise, resolve } = Promise.withResolvers<void>();
  new LargeCheckpoints(blobs, 1).keep('task', 'a', new Uint8Array(2), resolve);
  // The wait is unreferenced: something has to keep the process up.
  await Promise.race([promise, sleep(5_000).then(() => Promise.reject(new Error('it waits still')))]);
  expect(blobs.get('a')).not.toBe(null);
});
