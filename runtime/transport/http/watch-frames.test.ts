import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Listening, listen } from '../../http/serve.ts';
import type { FrameMessage } from '../../wire/frame-stream.ts';
import { attempt, startTestWorker, type TestWorker } from '../../worker/testing/test-worker.ts';
import type { Transport } from '../transport.ts';
import { createHttpTransport } from './http-transport.ts';

let worker: TestWorker;
let server: Listening;
let transport: Transport;

beforeEach(async () => {
  worker = await startTestWorker();
  server = await listen(worker.app, { host: '127.0.0.1', port: 0 });
  transport = createHttpTransport({ token: null, pingTimeoutMs: 5_000, leaseMs: 5_000 });
});
afterEach(async () => {
  await transport.close();
  await server.close().catch(() => {}); // One test has done so already.
  await worker.close();
});

const address = () => ({ id: 'tester', url: server.url });
const watch = (signal = new AbortController().signal): AsyncIterable<FrameMessage> =>
  transport.watchFrames(address(), attempt('task', 'visible'), signal);

/** Takes messages up to the first frame, and leaves. */
async function firstFrame(): Promise<Uint8Array> {
  for await (const message of watch()) if (message.kind === 'frame') return message.frame;
  throw new Error('there was none');
}

test('a reader that leaves leaves nothing behind at the worker', async () => {
  await worker.stream([attempt('task', 'visible')]);
  // A worker takes 64 at once: streams that stayed open would be in the way of the later ones.
  for (let count = 0; count < 80; count++) expect((await firstFrame()).length).toBeGreaterThan(88);
});

test('a raised signal ends a stream', async () => {
  await worker.stream([attempt('task', 'visible')]);
  const stop = new AbortController();
  const taken: FrameMessage[] = [];
  const reading = (async () => {
    for await (const message of watch(stop.signal)) {
      taken.push(message);
      if (message.kind === 'frame') stop.abort();
    }
  })();
  await expect(reading).rejects.toThrow('abort');
  expect(taken.at(-1)!.kind).toBe('frame');
});

test('the end of the invocation ends a stream, and one that is gone has none', async () => {
  await worker.stream([attempt('task', 'visible')]);
  const stream = watch()[Symbol.asyncIterator]();
  await stream.next();
  await worker.request('/invocations/ledger/run/task/1', { method: 'DELETE' });
  const last: FrameMessage[] = [];
  for (let turn = await stream.next(); !turn.done; turn = await stream.next()) last.push(turn.value);
  expect(last.at(-1)).toEqual({ kind: 'note', note: { state: 'ended' } });
  expect(await Array.fromAsync(watch())).toEqual([]);
});

test('a worker that goes in the middle is unavailable', async () => {
  await worker.stream([attempt('task', 'visible')]);
  const stream = watch()[Symbol.asyncIterator]();
  await stream.next();
  await server.close();
  const rest = async (): Promise<void> => {
    while (!(await stream.next()).done);
  };
  await expect(rest()).rejects.toMatchObject({ code: 'unavailable' });
});
