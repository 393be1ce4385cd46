import { describe, expect, test } from 'vitest';
import { EPOCH_MS } from '../simulation/clock.ts';
import { failed, succeeded } from '../testing/fake-transport.ts';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';
import { AttemptHistory } from './attempt-history.ts';

type Parts = Awaited<ReturnType<typeof makeApp>>;

/** One worker of one slot, on which `a` ran for a second. */
async function oneDone(): Promise<Parts> {
  const parts = await makeApp();
  await parts.join('worker1');
  await parts.submit(noops('a'));
  await settle();
  await parts.pass(200);
  parts.transport.deliveries[0]!.say({ event: 'started' });
  await parts.pass(1_000);
  parts.transport.deliveries[0]!.say(succeeded('d', 1_000));
  parts.transport.deliveries[0]!.end();
  await settle();
  return parts;
}

describe('GET /timeline', () => {
  test('before anything ran has no extent', async () => {
    const { get } = await makeApp();
    expect(await get('/timeline')).toMatchObject({
      status: 200,
      body: { at: EPOCH_MS, extent: null, total: 0, missing_before: null, density: null, attempts: { id: [] } },
    });
  });

  test('tells when an attempt was sent, began and ended', async () => {
    const { get } = await oneDone();
    expect((await get('/timeline')).body).toMatchObject({
      extent: { first: EPOCH_MS, last: EPOCH_MS + 1_200 },
      total: 1,
      attempts: {
        ...{ runs: ['run1'], workers: ['worker1'], types: ['noop'] },
        ...{ run: [0], id: ['a'], attempt: [1], worker: [0], type: [0], status: ['succeeded'] },
        ...{ started: [EPOCH_MS], begun: [EPOCH_MS + 200], ended: [EPOCH_MS + 1_200] },
        ...{ copies: [], resumed: [], errors: [], checkpoints: [] },
      },
    });
  });

  test('tells what runs and what waits at its worker, before they end', async () => {
    const { get, join, submit, transport, pass } = await makeApp();
    await join('worker1', { slots: 2 });
    await submit(noops('a', 'b'));
    await settle();
    await pass(100);
    transport.deliveries[0]!.say({ event: 'started' });
    await pass(100);
    expect((await get('/timeline')).body.attempts).toMatchObject({
      ...{ id: ['a', 'b'], status: ['running', 'running'] },
      ...{ begun: [EPOCH_MS + 100, null], ended: [null, null] },
    });
  });

  test('what the worker measured is better than when it was heard', async () => {
    const { get, join, submit, transport, pass } = await makeApp();
    await join('worker1');
    await submit(noops('a'));
    await settle();
    await pass(500);
    transport.deliveries[0]!.say({ event: 'started' });
    transport.deliveries[0]!.say(succeeded('d', 120.5));
    await settle();
    expect((await get('/timeline')).body.attempts).toMatchObject({
      begun: [EPOCH_MS + 379.5],
      ended: [EPOCH_MS + 500],
    });
  });

  test('tells of failures, checkpoints, retries that go on from them, and what was cancelled', async () => {
    const { get, send, join, submit, transport, pass } = await makeApp();
    await join('worker1');
    await submit(noops('a'));
    await settle();
    transport.deliveries[0]!.say({ event: 'started' });
    await pass(10);
    transport.deliveries[0]!.say({ event: 'checkpoint', state: 'c3RhdGU=' });
    await settle();
    transport.deliveries[0]!.say(failed('overload'));
    transport.deliveries[0]!.end();
    await settle();
    await pass(1_000);
    transport.deliveries[1]!.say({ event: 'started' });
    await send('DELETE', '/runs/run1');
    expect((await get('/timeline')).body.attempts).toMatchObject({
      ...{ id: ['a', 'a'], attempt: [1, 2], status: ['failed', 'cancelled'] },
      errors: [
        [0, 'overload'],
        [1, 'cancelled'],
      ],
      ...{ resumed: [1], copies: [], checkpoints: [[0, EPOCH_MS + 10]] },
    });
  });

  test('a result that comes after its attempt was lost shows as superseded', async () => {
    const { get, join, submit, transport, fleet, pass } = await makeApp();
    await join('worker1');
    await submit(noops('a'));
    await settle();
    const [first] = transport.deliveries;
    first!.say({ event: 'started' });
    await pass(50);
    transport.outboxes.delete('worker1');
    first!.fail('worker_lost');
    await settle();
    expect((await get('/timeline')).body.attempts).toMatchObject({ status: ['lost'], errors: [[0, 'worker_lost']] });
    await pass(50);
    transport.outboxes.set('worker1', {
      finished: [{ ledger_id: 'ledger', run_id: 'run1', task_id: 'a', attempt: 1, seq: 2, ...succeeded() } as never],
    });
    await fleet.ping('worker1');
    await settle();
    const { attempts } = (await get('/timeline')).body;
    expect(attempts.status[0]).toBe('superseded');
    expect(attempts.ended[0]).toBeGreaterThan(attempts.begun[0]);
  });

  test('has only what overlaps the asked span, and only of the asked run', async () => {
    const parts = await oneDone();
    const { get, submit } = parts;
    await submit(noops('other'));
    await settle();
    const ids = async (query: string) => (await get(`/timeline?${query}`)).body.attempts.id;
    expect(await ids('')).toEqual(['a', 'other']);
    expect(await ids('run_id=run1')).toEqual(['a']);
    expect(await ids('run_id=newest')).toEqual(['other']);
    expect(await ids(`to=${EPOCH_MS + 5}`)).toEqual(['a']);
    expect(await ids(`from=${EPOCH_MS + 1_201}`)).toEqual(['other']);
    expect(await ids(`from=${EPOCH_MS - 10}&to=${EPOCH_MS - 1}`)).toEqual([]);
    expect((await get(`/timeline?from=${EPOCH_MS + 900_000}`)).body.attempts.id).toEqual(['other']);
  });

  test('of more attempts than asked for tells how dense they are, and counts all of them', async () => {
    const { get, submit } = await oneDone();
    await submit(noops('b'));
    await settle();
    const span = `from=${EPOCH_MS}&to=${EPOCH_MS + 2_000}`;
    const { body } = await get(`/timeline?limit=1&buckets=4&${span}`);
    expect(body).toMatchObject({ total: 2, attempts: null });
    expect(body.density).toEqual({
      bucket_ms: 500,
      workers: [{ id: 'worker1', busy: [300, 500, 200, 0], ended: [0, 0, 1, 0], failed: [0, 0, 0, 0] }],
    });
  });

  test('a density is as good for a second, the attempts themselves are not', async () => {
    const { get, submit, pass } = await oneDone();
    await submit(noops('b'));
    await settle();
    const at = async (query: string) => (await get(`/timeline?${query}`)).body.at - EPOCH_MS;
    expect(await at('limit=1')).toBe(1_200);
    expect(await at('')).toBe(1_200);
    await pass(900);
    expect(await at('limit=1')).toBe(1_200);
    expect(await at('')).toBe(2_100);
    await pass(200);
    expect(await at('limit=1')).toBe(2_300);
  });

  test.each([
    { query: 'from=yesterday', says: 'from should be an integer' },
    { query: 'from=-5', says: 'from should be an integer' },
    { query: 'to=1e3', says: 'to should be an integer' },
    { query: 'to=', says: 'to should be an integer' },
    { query: 'from=20&to=10', says: 'from should not be after to (given 20 and 10)' },
    { query: 'limit=0', says: 'limit should be an integer from 1 to 20000' },
    { query: 'limit=20001', says: 'limit should be' },
    { query: 'buckets=4096', says: 'buckets should be an integer from 1 to 2048' },
  ])('$query is refused', async ({ query, says }) => {
    const { get } = await makeApp();
    expect(await get(`/timeline?${query}`)).toMatchObject(problem('invalid_query', 400, says));
  });

  test('an unknown run is a 404', async () => {
    const { get } = await makeApp();
    expect(await get('/timeline?run_id=nope')).toMatchObject(problem('unknown_run', 404, 'nope'));
    expect(await get('/timeline?run_id=newest')).toMatchObject(problem('unknown_run', 404, 'no run yet'));
  });
});

describe('after a restart', () => {
  test('it is as it was, with what still runs', async () => {
    const parts = await oneDone();
    const { clock, ledger, remote, submit, transport, dispatcher, pass } = parts;
    await parts.join('worker2');
    await submit(noops('b', 'c'));
    await settle();
    transport.deliveries[1]!.say({ event: 'started' });
    await pass(100);
    const before = (await parts.get('/timeline')).body;
    dispatcher.stop();
    const again = await makeApp({}, { clock, ledger: { ledger, remote } });
    const after = (await again.get('/timeline')).body;
    expect(after.extent).toEqual(before.extent);
    expect(after.missing_before).toBeNull();
    expect(after.attempts.id).toEqual(['a', 'b', 'c']);
    expect(after.attempts.begun[0]).toBe(before.attempts.begun[0]);
    expect(after.attempts.status).toEqual(['succeeded', 'running', 'running']);
    // It is not known again when they began before their worker was found.
    expect(after.attempts.ended).toEqual([EPOCH_MS + 1_200, null, null]);
  });

  test('an attempt that waited at a worker until that was lost never began', async () => {
    const { get, join, submit, transport, pass, clock, ledger, remote } = await makeApp();
    await join('worker1', { slots: 2 });
    await submit(noops('a', 'b'));
    await settle();
    transport.deliveries[0]!.say({ event: 'started' });
    await pass(300);
    transport.outboxes.delete('worker1');
    for (const stream of transport.deliveries) stream.fail('worker_lost');
    await settle();
    const { attempts } = (await get('/timeline')).body;
    expect(attempts).toMatchObject({ id: ['a', 'b'], status: ['lost', 'lost'] });
    expect(attempts.begun).toEqual([EPOCH_MS, EPOCH_MS + 300]);
    const again = await makeApp({}, { clock, ledger: { ledger, remote } });
    expect((await again.get('/timeline')).body.attempts).toEqual(attempts);
  });

  test('only the newest are held, and it is said before when some are missing', async () => {
    const clockAndLedger = await many(6);
    const { get } = await makeApp({}, { ...clockAndLedger, historyCapacity: 4 });
    const { body } = await get('/timeline');
    expect(body.attempts.id).toEqual(['t2', 't3', 't4', 't5']);
    expect(body.missing_before).toBe(body.attempts.ended[0] - 100);
  });
});

/** So many tasks, each of 100 ms, one after the other. */
async function many(count: number) {
  const parts = await makeApp({}, { historyCapacity: 4 });
  await parts.join('worker1');
  for (let index = 0; index < count; index += 1) {
    await parts.submit(noops(`t${index}`));
    await settle();
    await parts.pass(100);
    parts.transport.deliveries[index]!.say(succeeded('d', 100));
    parts.transport.deliveries[index]!.end();
    await settle();
  }
  const { body } = await parts.get('/timeline');
  expect(body.attempts.id).toEqual(['t2', 't3', 't4', 't5']);
  expect(body.missing_before).toBe(body.attempts.ended[0] - 100);
  return { clock: parts.clock, ledger: { ledger: parts.ledger, remote: parts.remote } };
}

test('of a span only what overlaps it is found, whatever is passed over for that', () => {
  let now = 0;
  const history = new AttemptHistory(() => now, 64);
  const spans: { from: number; to: number }[] = [];
  for (let index = 0; index < 150; index += 1) {
    const task = { key: index, runId: `r${index % 3}`, id: `t${index}`, type: 'noop' };
    const live = { task, attempt: 1, workerId: 'w', isCopy: false, startedAt: now, begunAt: now } as never;
    history.started(live, false);
    const from = now;
    now += (index * 37) % 50;
    // Some run on to the end.
    if (index % 20 !== 19) history.ended(live, 'succeeded', null);
    spans.push({ from, to: index % 20 === 19 ? Number.POSITIVE_INFINITY : now });
    now += (index * 13) % 7;
  }
  expect(history.next - history.first).toBeLessThanOrEqual(64);
  for (let from = -10; from < now + 100; from += 23)
    for (const to of [from, from + 5, from + 400])
      for (const run of [null, 'r1']) {
        const isWanted = (index: number) =>
          spans[index]!.from <= to && spans[index]!.to >= from && (run === null || run === `r${index % 3}`);
        const wanted = [...spans.keys()].filter((index) => index >= history.first && isWanted(index));
        expect([...history.placesIn(from, to, run)].flat()).toEqual(wanted);
      }
  const held = spans.slice(history.first);
  expect(history.extent(now)).toEqual({ first: held[0]!.from, last: now });
});

test('attempts of runs that were pruned are shown no more', async () => {
  const { get, history } = await oneDone();
  history.forget(['run1']);
  expect((await get('/timeline')).body).toMatchObject({ total: 0, extent: null, missing_before: null });
  expect(new AttemptHistory(() => 0, 2).find(1, 1)).toBeNull();
});
