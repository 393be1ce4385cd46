import { describe, expect, test } from 'vitest';
import type { Overview } from '../../wire/overview.ts';
import { failed, succeeded } from '../testing/fake-transport.ts';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { newTask, settle } from '../testing/orchestrator-parts.ts';
import { estimateEnd } from './overview.ts';
import { Rate } from './rate.ts';

interface Message {
  readonly id?: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the tests look into differs by event
  readonly data: any;
}

type Parts = Awaited<ReturnType<typeof makeApp>>;

/** Reads the events of one request; the clock moves while it waits. */
async function listen(parts: Parts, query = '', headers: Record<string, string> = {}) {
  const response = await parts.app.request(`/events${query}`, { headers: { host: 'localhost:5000', ...headers } });
  const reader = response
    .body!.pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>;
  let text = '';
  let isReading = false;
  const read = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    const { value } = await reader.read();
    text += value ?? '';
    isReading = false;
  };
  /** All messages of the next 300 ms. */
  const next = async (): Promise<Message[]> => {
    for (let turn = 0; turn < 4; turn += 1) {
      void read();
      await parts.pass(100);
      await settle();
    }
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    return blocks.filter((block) => block.includes('event: ')).map(toMessage);
  };
  return { response, next, close: () => reader.cancel() };
}

function toMessage(block: string): Message {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
  );
  return { ...(fields.id && { id: fields.id }), event: fields.event!, data: JSON.parse(fields.data!) };
}

const changes = (messages: Message[]) =>
  messages
    .filter(({ event }) => event === 'tasks')
    .flatMap(({ data }) =>
      data.tasks.map(
        (task: { id: string; change: string; status: string }) => `${task.id} ${task.change} ${task.status}`,
      ),
    );

describe('events', () => {
  test('tell what happens to workers, runs and tasks, in its order', async () => {
    const parts = await makeApp();
    const events = await listen(parts);
    expect(events.response.headers.get('content-type')).toBe('text/event-stream');
    await events.next();
    await parts.join('w1');
    await parts.submit(noops('a'));
    await settle();
    parts.transport.deliveries[0]!.say({ event: 'started' });
    parts.transport.deliveries[0]!.say({ event: 'progress', done: 1, total: 4, observables: { energy: -3 } });
    const first = await events.next();
    expect(first.filter(({ event }) => event !== 'progress')).toMatchObject([
      { event: 'worker', data: { worker_id: 'w1', change: 'changed', status: 'online', condition: 'ready' } },
      { event: 'run', data: { change: 'submitted', run: { run_id: 'run1', tasks_total: 1 } } },
      {
        event: 'tasks',
        data: { tasks: [{ run_id: 'run1', id: 'a', attempt: 1, change: 'running', worker_id: 'w1' }] },
      },
    ]);
    const progress = { run_id: 'run1', id: 'a', attempt: 1, done: 1, total: 4, observables: { energy: -3 } };
    expect(first.filter(({ event }) => event === 'progress')).toEqual([
      { event: 'progress', data: { tasks: [progress] } },
    ]);
    parts.transport.deliveries[0]!.say(succeeded());
    await settle();
    const second = await events.next();
    expect(changes(second)).toEqual(['a succeeded succeeded']);
    expect(second.at(-1)).toMatchObject({ event: 'run', data: { change: 'ended', run: { status: 'succeeded' } } });
    expect(await events.next()).toEqual([]);
    await events.close();
  });

  test('tell a retry, a checkpoint, a resume, a cancel', async () => {
    const parts = await makeApp();
    await parts.join('w1');
    const events = await listen(parts);
    await events.next();
    await parts.submit(noops('a', 'b'));
    await settle();
    const [delivery] = parts.transport.deliveries;
    delivery!.say({ event: 'started' });
    delivery!.say({ event: 'checkpoint', state: 'c3RhdGU=' });
    await settle();
    delivery!.say(failed('worker_lost', 'released'));
    delivery!.end();
    await parts.join('w2');
    await settle();
    await parts.send('DELETE', '/tasks/run1/b');
    const told = await events.next();
    expect(changes(told)).toEqual(
      expect.arrayContaining([
        'a running running',
        'a checkpoint running',
        'a released queued',
        'b cancelled cancelled',
      ]),
    );
    const again = told
      .flatMap(({ event, data }) => (event === 'tasks' ? data.tasks : []))
      .find((task) => task.attempt === 2);
    expect(again).toMatchObject({ id: 'a', change: 'running', is_resumed: true });
    await events.close();
  });

  test('go on after the last one that was had, and the same is told as it was then', async () => {
    const parts = await makeApp();
    const whole = await listen(parts, '?events=tasks,run,worker');
    await whole.next();
    await parts.join('w1');
    await parts.submit(noops('a', 'b'));
    await settle();
    for (const delivery of parts.transport.deliveries) delivery.say(succeeded());
    const all = await whole.next();
    await whole.close();
    const [first] = all;
    const again = await listen(parts, '?events=tasks,run,worker', { 'last-event-id': first!.id! });
    expect(await again.next()).toEqual(all.slice(1));
    const byQuery = await listen(parts, `?events=tasks,run,worker&after=${first!.id}`);
    expect(await byQuery.next()).toEqual(all.slice(1));
    await Promise.all([again.close(), byQuery.close()]);
  });

  test.each([
    { id: '1', name: 'that is no longer kept' },
    { id: '999999', name: 'that never was' },
  ])('cannot go on after one $name: the reader is told to look anew', async ({ id }) => {
    const parts = await makeApp();
    // Each call is a row; only the newest 20 000 are kept.
    for (let row = 0; row < 22_000; row += 1)
      parts.ledger.noteWorker({
        worker_id: 'w',
        change: 'changed',
        status: 'online',
        condition: 'ready',
        detail: null,
      });
    const events = await listen(parts, '', { 'last-event-id': id });
    const [reset, ...rest] = await events.next();
    expect([reset, rest]).toEqual([{ event: 'reset', data: {} }, []]);
    await parts.submit(noops('a'));
    expect((await events.next()).map(({ event }) => event)).toEqual(['run']);
    await events.close();
  });

  test('are those that were asked for', async () => {
    const parts = await makeApp();
    await parts.join('w1', { slots: 4 });
    const runs = await listen(parts, '?events=run');
    const one = await listen(parts, '?run_id=r2&task_id=b');
    await Promise.all([runs.next(), one.next()]);
    await parts.remote.submit('r1', [newTask('a')], null);
    await parts.remote.submit('r2', [newTask('a'), newTask('b')], null);
    parts.dispatcher.tasksQueued();
    await settle();
    const [ofRuns, ofOne] = await Promise.all([runs.next(), one.next()]);
    expect(ofRuns.map(({ event, data }) => `${event} ${data.run.run_id}`)).toEqual(['run r1', 'run r2']);
    expect(ofOne.map(({ event }) => event)).toEqual(['run', 'tasks']);
    expect(changes(ofOne)).toEqual(['b running running']);
    await Promise.all([runs.close(), one.close()]);
  });

  test.each([
    { query: '?events=tasks,nonsense', says: 'events should be some of tasks, run' },
    { query: '?after=-1', says: 'after should be the id of an event' },
    { query: '?task_id=a', says: 'add run_id' },
  ])('$query is refused', async ({ query, says }) => {
    const { get } = await makeApp();
    expect(await get(`/events${query}`)).toMatchObject(problem('invalid_query', 400, says));
  });

  test('of removed tasks are left out', async () => {
    const parts = await makeApp();
    await parts.join('w1');
    await parts.submit(noops('a'));
    await settle();
    parts.transport.deliveries[0]!.say(succeeded());
    await settle();
    expect(parts.ledger.prune(Number.MAX_SAFE_INTEGER, null).runs).toEqual(['run1']);
    const events = await listen(parts, '?after=0&events=tasks,run');
    const told = await events.next();
    expect(changes(told)).toEqual([]);
    expect(told.at(-1)).toMatchObject({ event: 'run', data: { change: 'pruned', run: { run_id: 'run1' } } });
    await events.close();
  });

  test('cost nothing while nobody watches', async () => {
    const parts = await makeApp();
    const events = await listen(parts);
    await events.next();
    await events.close();
    await settle();
    const before = parts.clock.elapsedMs;
    await parts.pass(0);
    // The hub's timer is gone: only the fleet's and the dispatcher's are left, which come at other times.
    expect(parts.events.isWatched).toBe(false);
    expect(parts.clock.elapsedMs).toBe(before);
  });

  test('a reader that takes nothing has one piece made for him, and no more', async () => {
    const parts = await makeApp();
    const response = await parts.app.request('/events', { headers: { host: 'localhost:5000' } });
    await parts.pass(300);
    for (let run = 0; run < 50; run += 1) await parts.submit(noops('a'));
    await parts.pass(1000);
    const reader = response.body!.getReader();
    // The first is the `retry:` line, the second what was new when it was asked for; the rest comes when it is asked for.
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toBe('retry: 1000\n\n');
    await reader.cancel();
    expect(parts.events.isWatched).toBe(false);
  });
});

describe('the overview', () => {
  test('is told again after a while though nothing changed: silence means that the connection is gone', async () => {
    const parts = await makeApp();
    const events = await listen(parts, '?events=overview');
    expect(await events.next()).toHaveLength(1);
    expect(await events.next()).toEqual([]);
    await parts.pass(5_000);
    await settle();
    expect(await events.next()).toMatchObject([{ event: 'overview' }]);
    await events.close();
  });

  test('has everything at a glance, and is told again when it changes', async () => {
    const parts = await makeApp();
    await parts.join('w1', { slots: 2 });
    await parts.submit(noops('a', 'b', 'c'));
    await settle();
    for (const delivery of parts.transport.deliveries) delivery.say({ event: 'started' });
    const now = (await parts.get('/overview')).body as Overview;
    expect(now).toMatchObject({
      tasks: { queued: 1, running: 2, succeeded: 0 },
      workers: [{ id: 'w1', status: 'online', condition: 'ready', slots: 2, speed: null }],
      active_runs: [{ run_id: 'run1' }],
      ...{ divergences: 0, suspects: 0, rate: null },
    });
    const events = await listen(parts, '?events=overview');
    expect((await events.next())[0]).toMatchObject({ event: 'overview', data: { tasks: { running: 2 } } });
    for (const delivery of parts.transport.deliveries) delivery.say(succeeded());
    await settle();
    expect((await events.next()).at(-1)).toMatchObject({ data: { tasks: { succeeded: 1 } } });
    await events.close();
  });

  test('counts suspect results and divergences', async () => {
    const parts = await makeApp();
    await parts.join('w1');
    await parts.submit(noops('a'));
    await settle();
    const result = { checks: [{ name: 'drift', value: 2, bound: 1, ok: false }] };
    parts.transport.deliveries[0]!.say({ event: 'succeeded', result, measured: { elapsed_ms: 1 } });
    await settle();
    expect((await parts.get('/overview')).body).toMatchObject({ suspects: 1, divergences: 0 });
  });
});

describe('the rate', () => {
  test('is that of the last ten seconds, known after two', () => {
    const rate = new Rate();
    rate.note(0, 0);
    rate.note(1_000, 10);
    expect(rate.perSecond()).toBe(null);
    rate.note(2_000, 20);
    expect(rate.perSecond()).toBe(10);
    for (let second = 3; second <= 30; second += 1) rate.note(second * 1000, 20);
    expect(rate.perSecond()).toBe(0);
  });

  test('begins anew after a pause, and when tasks were queued again', () => {
    const rate = new Rate();
    for (const second of [0, 1, 2, 3]) rate.note(second * 1000, 10 * second);
    rate.note(60_000, 40);
    expect(rate.perSecond()).toBe(null);
    for (const second of [61, 62]) rate.note(second * 1000, 40);
    expect(rate.perSecond()).toBe(0);
    rate.note(63_000, 5);
    expect(rate.perSecond()).toBe(null);
  });
});

describe('the end', () => {
  const speed = { fixedMs: 0, msPerUnit: 1, atLeastMs: 0 };
  const worker = { id: 'w', slots: 2, slotMemoryBytes: 1, functions: {}, chunks: 0, isOnProbation: false };
  const view = (queued: number, remainingMs: number[]) => ({
    queued: Array.from({ length: queued }, () => ({ function: 'f', cost: 1_000 }) as never),
    workers: [{ ...worker, remainingMs }],
    heldByRun: new Map(),
    speedOf: () => speed,
  });
  const tasks = (queued: number, running: number) => ({ queued, running, succeeded: 0, failed: 0, cancelled: 0 });

  test.each([
    { name: 'nothing is left', tasks: tasks(0, 0), rate: 1, view: view(0, []), eta: null },
    { name: 'nobody works', tasks: tasks(1, 0), rate: null, view: { ...view(1, []), workers: [] }, eta: null },
    { name: 'work is known', tasks: tasks(4, 0), rate: null, view: view(4, []), eta: { least: 1.5, most: 2.5 } },
    { name: 'one runs long', tasks: tasks(0, 1), rate: null, view: view(0, [8_000]), eta: { least: 6, most: 10 } },
    { name: 'the rate says other', tasks: tasks(4, 0), rate: 0.5, view: view(4, []), eta: { least: 1.5, most: 10 } },
    { name: 'only the rate is known', tasks: tasks(400, 0), rate: 4, view: view(4, []), eta: { least: 75, most: 130 } },
  ])('$name', ({ tasks, rate, view, eta }) => expect(estimateEnd(tasks, rate, view as never)).toEqual(eta));
});
