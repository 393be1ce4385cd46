import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeTransport, succeeded } from '../testing/fake-transport.ts';
import { makeApp } from '../testing/orchestrator-app.ts';
import { makeParts, settle } from '../testing/orchestrator-parts.ts';
import { ArtifactCollector } from './artifact-collector.ts';
import { ArtifactStore } from './artifact-store.ts';

const bytes = (content: string) => new TextEncoder().encode(content);
let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motes-artifacts-'));
  store = new ArtifactStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const X = { runId: 'r1', taskId: 'a', name: 'x.xyz' };
const contentOf = async (artifact = X) => {
  const found = await store.read(artifact);
  return found && text(found.content);
};

describe('the store', () => {
  test('grows a file at its end only', async () => {
    expect(await store.length(X)).toBe(0);
    await store.append(X, 0, bytes('abc'));
    await store.append(X, 3, bytes('def'));
    await store.sync(X);
    expect(await contentOf()).toBe('abcdef');
    await expect(store.append(X, 3, bytes('!'))).rejects.toThrow('ends at byte 6, not 3');
    await expect(store.append(X, 9, bytes('!'))).rejects.toThrow('ends at byte 6, not 9');
    expect(await store.length(X)).toBe(6);
  });

  test('lists by name, task by task, and removes run by run', async () => {
    for (const artifact of [X, { ...X, name: 'b.csv' }, { ...X, taskId: 'b' }, { ...X, runId: 'r2' }])
      await store.append(artifact, 0, bytes('abc'));
    expect(await store.list(X)).toEqual([
      { name: 'b.csv', bytes: 3 },
      { name: 'x.xyz', bytes: 3 },
    ]);
    await store.remove('r1');
    expect(await store.list(X)).toEqual([]);
    expect(await store.list({ ...X, runId: 'r2' })).toHaveLength(1);
  });

  test('keeps tasks apart whose ids begin alike, or would leave the folder', async () => {
    const ids = ['x'.repeat(127), `${'x'.repeat(126)}y`, '../../etc', 'a/b', '..'];
    for (const taskId of ids) await store.append({ ...X, taskId }, 0, bytes(taskId));
    for (const taskId of ids) expect(await contentOf({ ...X, taskId })).toBe(taskId);
  });

  test('reads nothing that is no artifact', async () => {
    await writeFile(join(folder, 'secret'), 'x');
    await store.append(X, 0, bytes('abc'));
    expect(await store.read({ ...X, name: '../../secret' })).toBe(null);
    expect(await store.read({ ...X, name: 'y' })).toBe(null);
  });
});

describe('the collector', () => {
  const worker = { id: 'w1', url: 'http://w1' };
  const key = { ledger_id: 'ledger', run_id: 'r1', task_id: 'a', attempt: 1 };

  test('fetches piece by piece, goes on where the file ends, and takes turns', async () => {
    const transport = new FakeTransport();
    transport.artifacts.set('r1/a#1 x.xyz', bytes('0123456789'));
    const collector = new ArtifactCollector({ transport, store });
    await Promise.all([4, 10, 7].map((length) => collector.collect(worker, key, X.name, length)));
    expect(await contentOf()).toBe('0123456789');
  });

  test('says so when the worker has less than it said', async () => {
    const transport = new FakeTransport();
    transport.artifacts.set('r1/a#1 x.xyz', bytes('0123'));
    const collector = new ArtifactCollector({ transport, store });
    await expect(collector.collect(worker, key, X.name, 9)).rejects.toMatchObject({ code: 'worker_lost' });
    expect(await contentOf()).toBe('0123');
    transport.artifacts.set('r1/a#1 x.xyz', bytes('012345678'));
    await collector.collect(worker, key, X.name, 9);
    expect(await contentOf()).toBe('012345678');
  });
});

describe('the dispatcher', () => {
  async function started() {
    const parts = makeParts();
    await parts.dispatcher.start();
    for (const id of ['w1', 'w2']) await parts.join(id);
    await parts.submit('r1', 'a');
    return { ...parts, delivery: parts.transport.deliveries[0]!, status: () => parts.ledger.run('r1').status };
  }

  test('records a success when its artifacts are here, whatever its stream does meanwhile', async () => {
    const { delivery, transport, artifacts, status } = await started();
    transport.artifacts.set('r1/a#1 x', bytes('0123456789'));
    delivery.say({ event: 'artifact', name: 'x', bytes: 4 });
    delivery.say({ ...succeeded(), artifacts: { x: 10 } } as never);
    delivery.say(succeeded('repeated'));
    delivery.end();
    expect(status()).toBe('active');
    await settle();
    await settle();
    expect(status()).toBe('succeeded');
    expect(String(artifacts.files.get('r1/a x'))).toBe('0123456789');
    expect(transport.acknowledged).toEqual(['r1/a#1']);
    expect(transport.deliveries).toHaveLength(1);
  });

  test('runs a task again whose artifacts are lost with its worker', async () => {
    const { delivery, transport, status, pass } = await started();
    delivery.say({ ...succeeded(), artifacts: { x: 10 } } as never);
    await settle();
    expect(status()).toBe('active');
    await pass(60_000);
    expect(transport.deliveries[1]!.attempts[0]).toMatchObject({ attempt: 2 });
  });

  test('keeps a checkpoint only with what was written before it, and a hand-over waits for that', async () => {
    const { delivery, transport, artifacts, pass } = await started();
    transport.artifacts.set('r1/a#1 x', bytes('0123456789'));
    delivery.say({ event: 'checkpoint', state: 'c3RhdGU=', artifacts: { x: 6 } });
    delivery.say({
      event: 'failed',
      status: 'released',
      error: { code: 'released', status: 503, title: '', detail: '', type: '' },
    } as never);
    await settle();
    await settle();
    expect(artifacts.files.get('r1/a x')!.length).toBeGreaterThanOrEqual(6);
    await pass(60_000);
    expect(transport.deliveries[1]!.attempts[0]).toMatchObject({ attempt: 2, resume_from: 'c3RhdGU=' });
  });
});

describe('the API', () => {
  test('lists and gives what a task wrote', async () => {
    await store.append({ ...X, runId: 'run1', taskId: 'small' }, 0, bytes('abc'));
    await store.append({ ...X, runId: 'run1', taskId: 'small', name: 'empty.bin' }, 0, bytes(''));
    const { get, submit } = await makeApp({ artifacts: store });
    await submit([{ id: 'small', type: 'noop' }]);
    expect((await get('/tasks/newest/small/artifacts')).body).toEqual({
      ...{ run_id: 'run1', id: 'small', is_complete: false },
      artifacts: [
        { name: 'empty.bin', bytes: 0, media_type: 'application/octet-stream' },
        { name: 'x.xyz', bytes: 3, media_type: 'chemical/x-xyz' },
      ],
    });
    const { status, headers, body } = await get('/tasks/run1/small/artifacts/x.xyz');
    expect([status, body, headers.get('content-type')]).toEqual([200, 'abc', 'chemical/x-xyz']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="x.xyz"');
    expect((await get('/tasks/run1/small/artifacts/empty.bin')).body).toBe('');
    expect(await get('/tasks/run1/small/artifacts/none')).toMatchObject({
      status: 404,
      body: { code: 'unknown_artifact' },
    });
    expect(await get('/tasks/run1/small/artifacts/..%2F..')).toMatchObject({ status: 404 });
    expect(await get('/tasks/run1/nobody/artifacts')).toMatchObject({ status: 404, body: { code: 'unknown_task' } });
  });
});
