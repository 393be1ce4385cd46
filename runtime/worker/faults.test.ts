import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, EventReader, startTestWorker, type TestWorker, until } from './testing/test-worker.ts';

let worker: TestWorker;
beforeEach(async () => {
  worker = await startTestWorker({ slotMemoryBytes: 32 * 1024 ** 2 });
});
afterEach(() => worker.close());

async function cancel(taskId: string): Promise<Response> {
  return worker.request(`/invocations/ledger/run/${taskId}/1`, { method: 'DELETE' });
}

/** A worker whose slots can be used again answers this. */
async function expectUsable(): Promise<void> {
  const events = await (await worker.stream([attempt('after-1', 'echo'), attempt('after-2', 'echo')])).rest();
  expect(events.filter(({ event }) => event === 'succeeded')).toHaveLength(2);
}

describe('a function that does not end', () => {
  for (const type of ['obedient', 'deaf', 'absent'])
    it(`is cancelled, and its slot usable again: ${type}`, async () => {
      const reader = await worker.stream([attempt('endless', type)]);
      await reader.next(({ event }) => event === 'started');
      const answer = await cancel('endless');
      expect(answer.status).toBe(200);
      const end = await answer.json();
      expect(end).toMatchObject({ event: 'failed', status: 'cancelled', error: { code: 'cancelled' } });
      expect((await reader.rest()).at(-1)).toEqual(end);
      expect((await cancel('endless')).status).toBe(409);
      await expectUsable();
    });

  for (const type of ['obedient', 'deaf', 'absent'])
    it(`is stopped at its deadline: ${type}`, async () => {
      const events = await (await worker.stream([attempt('late', type, { timeout_ms: 50 })])).rest();
      expect(events.at(-1)).toMatchObject({ status: 'timed_out', error: { code: 'timeout' } });
      await expectUsable();
    });

  it('takes nothing with it that waited behind it, begun or not', async () => {
    // The pool learns that moody ones are short, gives many to each thread, and is then mistaken.
    const short = Array.from({ length: 50 }, (_, index) => attempt(`warm-${index}`, 'moody'));
    await (await worker.stream(short)).rest();
    const mixed = Array.from({ length: 60 }, (_, index) =>
      attempt(`mixed-${index}`, 'moody', { parameters: { value: index === 10 ? 'deaf' : 'well' } }),
    );
    const reader = await worker.stream(mixed);
    const ended = new Set<string>();
    for (let left = 59; left > 0; left--)
      ended.add((await reader.next(({ event }) => event === 'succeeded'))!.task_id!);
    expect(ended.size).toBe(59);
    expect(ended.has('mixed-10')).toBe(false);
    await until(() => worker.host.invocations.running.length === 1);
    expect((await cancel('mixed-10')).status).toBe(200);
    expect((await reader.rest()).at(-1)).toMatchObject({ task_id: 'mixed-10', status: 'cancelled' });
  });

  it('does not keep a waiting one from being cancelled at once', async () => {
    const reader = await worker.stream(['a', 'b', 'c'].map((id) => attempt(id, 'deaf')));
    await until(() => worker.host.invocations.running.length === 2);
    expect(await (await cancel('c')).json()).toMatchObject({ task_id: 'c', status: 'cancelled' });
    await Promise.all([cancel('a'), cancel('b')]);
    const events = await reader.rest();
    expect(events.filter(({ task_id }) => task_id === 'c').map(({ event }) => event)).toEqual(['failed']);
    expect(events).toHaveLength(5);
  });
});

describe('a thread that dies', () => {
  const deaths = [
    { type: 'quitter', detail: /exited with code 3/ },
    { type: 'hoarder', detail: /out of memory/ },
  ];
  for (const { type, detail } of deaths)
    it(`fails its own invocation only: ${type}`, async () => {
      const tasks = [...Array(6).keys()].map((index) => attempt(`task-${index}`, index === 2 ? type : 'echo'));
      const events = await (await worker.stream(tasks)).rest();
      expect(events.filter(({ event }) => event === 'succeeded')).toHaveLength(5);
      const failed = events.find(({ event }) => event === 'failed');
      expect(failed).toMatchObject({ task_id: 'task-2', error: { code: 'function_error' } });
      expect((failed as { error: { detail: string } }).error.detail).toMatch(detail);
      expect(worker.log.some((line) => line.startsWith('warn - a function thread ended'))).toBe(true);
      await expectUsable();
    });

  it('is not started in a tight loop when it dies as it starts', async () => {
    const broken = startTestWorker({ threadUrl: new URL('./testing/nothing-here.ts', import.meta.url) });
    await expect(broken).rejects.toThrow(/cannot start/);
  });
});

describe('a function thread', () => {
  it('sees neither environment nor files', async () => {
    process.env.MOTES_TEST_SECRET = 'x';
    const { result } = await (await worker.invoke({ type: 'environment', parameters: {} })).json();
    expect(result).toEqual({ variables: [] });
    const refused = await (await worker.invoke({ type: 'reader', parameters: {} })).json();
    expect(refused).toMatchObject({ code: 'function_error', detail: expect.stringContaining('restricted') });
  });
});

describe('a worker that has enough', () => {
  it('declines what goes beyond its bounds, each invocation for itself', async () => {
    const small = await startTestWorker({ slots: 1, limits: { unfinished: 2, heldBytes: 1e6 } });
    const reader = await small.stream(['a', 'b', 'c'].map((id) => attempt(id, 'deaf')));
    expect(await reader.next()).toMatchObject({ task_id: 'c', event: 'failed', error: { code: 'overload' } });
    const response = await small.invoke({ type: 'echo', parameters: {} });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    small.host.invocations.stopAll('cancelled');
    await reader.rest();
    await small.close();
  });

  it('tells heartbeats of what runs and of what waits', async () => {
    const small = await startTestWorker({ slots: 1 });
    const reader = await small.stream([attempt('runs', 'deaf'), attempt('waits', 'deaf')]);
    const heard = new Set<string>();
    while (heard.size < 2) heard.add((await reader.next(({ event }) => event === 'heartbeat'))!.task_id!);
    small.host.invocations.stopAll('cancelled');
    await small.close();
  });
});

describe('a single call', () => {
  it('is told of its cancel by a problem', async () => {
    const answer = worker.invoke(attempt('single', 'obedient'));
    await until(() => worker.host.invocations.running.length === 1);
    await cancel('single');
    expect((await answer).status).toBe(409);
  });

  it('cannot cancel what is not here', async () => {
    expect((await cancel('never')).status).toBe(404);
    expect((await worker.request('/invocations/ledger/run/x/zero', { method: 'DELETE' })).status).toBe(400);
  });

  it('streams its failure too', async () => {
    const headers = { accept: 'application/x-ndjson' };
    const reader = new EventReader(await worker.invoke({ type: 'thrower', parameters: {} }, { headers }));
    expect((await reader.rest()).at(-1)).toMatchObject({
      event: 'failed',
      status: 'failed',
      error: { detail: 'trouble' },
    });
  });
});
