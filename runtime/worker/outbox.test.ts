import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxSchema } from '../wire/invocation.ts';
import { identityOf } from './invocation.ts';
import { Outbox } from './outbox.ts';
import { attempt, EventReader, startTestWorker, type TestWorker, until } from './testing/test-worker.ts';

let worker: TestWorker;
beforeEach(async () => {
  worker = await startTestWorker();
});
afterEach(() => worker.close());

async function outbox(ledgerId = 'ledger'): Promise<v.InferOutput<typeof OutboxSchema>> {
  return v.parse(OutboxSchema, await (await worker.request(`/outbox?ledger_id=${ledgerId}`)).json());
}

async function acknowledge(attempts: unknown[]): Promise<unknown> {
  return (await worker.request('/outbox/ack', { method: 'POST', body: JSON.stringify({ attempts }) })).json();
}

describe('the outbox over HTTP', () => {
  it('keeps the outcomes of a ledger, good and bad, until they are acknowledged', async () => {
    const events = await (await worker.stream([attempt('good', 'echo'), attempt('bad', 'thrower')])).rest();
    await worker.invoke({ type: 'echo', parameters: {}, run_id: 'run', task_id: 'nobody' });
    const ends = events.filter(({ event }) => event !== 'started');
    expect(new Set((await outbox()).finished)).toEqual(new Set(ends));
    expect((await outbox('another')).finished).toEqual([]);
    expect(await acknowledge([attempt('good', 'echo'), attempt('unknown', 'echo')])).toEqual({ acknowledged: 1 });
    expect((await outbox()).finished.map(({ task_id }) => task_id)).toEqual(['bad']);
  });

  it('lists what runs and what waits', async () => {
    await worker.stream(['a', 'b', 'c'].map((id) => attempt(id, 'deaf')));
    const { ledger_id, run_id, attempt: number } = attempt('a', 'deaf');
    expect((await outbox()).running).toEqual(
      ['a', 'b', 'c'].map((task_id) => ({ ledger_id, run_id, task_id, attempt: number })),
    );
    expect((await outbox('another')).running).toEqual([]);
  });

  it('streams the finished, then follows what runs until all has ended: so an orchestrator re-attaches', async () => {
    await (await worker.stream([attempt('done', 'echo')])).rest();
    const lost = await worker.stream([attempt('runs', 'checkpointer')]);
    await lost.next(({ event }) => event === 'checkpoint');
    await lost.hangUp();
    const headers = { accept: 'application/x-ndjson' };
    const follower = new EventReader(await worker.request('/outbox?ledger_id=ledger', { headers }));
    expect(await follower.next()).toMatchObject({ event: 'succeeded', task_id: 'done' });
    expect(await follower.next()).toMatchObject({ event: 'checkpoint', task_id: 'runs' });
    await worker.request('/invocations/ledger/run/runs/1', { method: 'DELETE' });
    expect((await follower.rest()).at(-1)).toMatchObject({ event: 'failed', status: 'cancelled', task_id: 'runs' });
  });

  it('ends a stream at once when there is nothing', async () => {
    const headers = { accept: 'application/x-ndjson' };
    expect(await (await worker.request('/outbox?ledger_id=empty', { headers })).text()).toBe('');
  });

  it('wants to know whose', async () => {
    expect((await worker.request('/outbox')).status).toBe(400);
    expect((await worker.request('/outbox/ack', { method: 'POST', body: '{"attempts":[{}]}' })).status).toBe(400);
  });

  it('takes no new work when it is full', async () => {
    await worker.close();
    worker = await startTestWorker({ outbox: new Outbox({ entries: 2, characters: 1e6, maxAgeMs: 1e6 }) });
    await (await worker.stream([attempt('1', 'echo'), attempt('2', 'echo')])).rest();
    const events = await (await worker.stream([attempt('3', 'echo')])).rest();
    expect(events).toMatchObject([{ event: 'failed', error: { code: 'overload' } }]);
    await acknowledge([attempt('1', 'echo')]);
    expect((await (await worker.stream([attempt('3', 'echo')])).rest()).at(-1)).toMatchObject({ event: 'succeeded' });
  });
});

describe('a drain', () => {
  it('lets end what ends in time, takes nothing new, and hands the rest back with its newest checkpoint', async () => {
    const reader = await worker.stream([
      attempt('saved', 'checkpointer'),
      attempt('deaf', 'deaf'),
      attempt('waits', 'echo'),
    ]);
    await reader.next(({ event }) => event === 'checkpoint');
    await until(() => worker.host.invocations.running.length === 2);
    expect((await worker.request('/drain', { method: 'POST' })).status).toBe(202);
    expect((await worker.request('/readyz')).status).toBe(503);
    expect(await (await worker.request('/ping')).json()).toMatchObject({ draining: true });
    const declined = await (await worker.stream([attempt('new', 'echo')])).rest();
    expect(declined).toMatchObject([{ event: 'failed', error: { code: 'draining', status: 503 } }]);
    const done = worker.drain.run();
    const events = await reader.rest();
    const ends = events.filter(({ event }) => event === 'failed');
    expect(ends.map(({ task_id }) => task_id).sort()).toEqual(['deaf', 'saved', 'waits']);
    for (const end of ends) expect(end).toMatchObject({ status: 'released', error: { code: 'released' } });
    const ofSaved = events.filter(({ task_id }) => task_id === 'saved');
    expect(ofSaved.slice(-2).map(({ event }) => event)).toEqual(['checkpoint', 'failed']);
    const { finished } = await outbox();
    expect(finished.filter(({ task_id }) => task_id === 'saved')).toEqual(ofSaved.slice(-2));
    await acknowledge(ends);
    await done;
  });

  it('is over at once when nothing runs and nothing waits to be collected', async () => {
    await worker.drain.run();
  });

  it('can be hurried', async () => {
    const reader = await worker.stream([attempt('deaf', 'deaf')]);
    await reader.next();
    void worker.drain.run();
    worker.drain.hurry();
    expect((await reader.rest()).at(-1)).toMatchObject({ status: 'released' });
  });
});

describe('an outbox', () => {
  const key = (taskId: string) => identityOf(attempt(taskId, 'echo'));

  it('is full when entries, or characters, or what may still come reach the bound', () => {
    const box = new Outbox({ entries: 3, characters: 10, maxAgeMs: 1000 });
    expect([box.isFull(2), box.isFull(3)]).toEqual([false, true]);
    box.add('ledger', key('a'), '0123456789');
    expect(box.isFull(0)).toBe(true);
    box.add('ledger', key('a'), '0');
    expect([box.isFull(0), box.size]).toEqual([false, 1]);
  });

  it('drops what nobody fetched for too long', () => {
    let now = 0;
    const box = new Outbox({ entries: 3, characters: 10, maxAgeMs: 1000 }, () => now);
    box.add('gone', key('a'), '1');
    now = 600;
    box.add('ledger', key('b'), '2');
    now = 1001;
    expect(box.expire()).toBe(1);
    expect([box.entries('gone'), box.entries('ledger')]).toEqual([[], ['2']]);
  });
});
