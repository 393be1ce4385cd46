import { describe, expect, test } from 'vitest';
import { Problem } from '../../wire/problem.ts';
import { EPOCH_MS } from '../simulation/clock.ts';
import { failed, LEDGER_ID } from '../testing/fake-transport.ts';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { makeParts, settle } from '../testing/orchestrator-parts.ts';

describe("the original's endpoints, field for field", () => {
  test('GET /status', async () => {
    const { get, join, fleet, submit } = await makeApp();
    await join('worker1', { slots: 2 });
    fleet.add({ id: 'worker2', host: '10.0.0.2', port: 8_002 });
    await submit(noops('a', 'b', 'c'));
    await settle();
    expect((await get('/status')).body).toEqual({
      ...{ workers: { worker1: 'online', worker2: 'offline' }, total_workers: 2, online_workers: 1, tasks_total: 2 },
      tasks: { queued: 1, running: 2, succeeded: 0, failed: 0, cancelled: 0 },
      ...{ slots: 2, version: '1.2.3' },
    });
  });

  test('GET /status counts no tasks in a file that is not there', async () => {
    const readTaskFile = () => Promise.reject(new Problem('task_file_not_found', 'gone'));
    const { get } = await makeApp({ readTaskFile });
    expect(await get('/status')).toMatchObject({ status: 200, body: { tasks_total: 0 } });
  });

  test('GET /workers', async () => {
    const { get, join, fleet, submit, transport } = await makeApp();
    await join('worker1', { functions: { noop: 'v7' } });
    fleet.add({ id: 'worker2', host: '10.0.0.2', port: 8_002 });
    await submit(noops('a'));
    await settle();
    transport.deliveries[0]!.say({ event: 'started' });
    const { body } = await get('/workers');
    expect(body.worker1).toEqual({
      ...{ host: 'worker1', port: 8001, url: 'http://worker1:8001', last_ping: EPOCH_MS / 1000, status: 'online' },
      ...{ condition: 'ready', fault: null, instance: 'worker1-1', slots: 1, running: 1, current_tasks: ['run1/a'] },
      functions: { noop: 'v7' },
    });
    expect(body.worker2).toMatchObject({ url: 'http://10.0.0.2:8002', last_ping: null, status: 'offline', slots: 0 });
  });

  test('GET /ping_all asks each of them', async () => {
    const { get, join, transport } = await makeApp();
    await join('worker1');
    await join('worker2');
    transport.pings.delete('worker2');
    expect((await get('/ping_all')).body).toEqual({
      ...{ online_workers: 1, total_workers: 2, status: { worker1: 'online', worker2: 'offline' } },
    });
  });

  test('POST /execute_tasks without a body runs the task file, and answers at once', async () => {
    const { send, ledger } = await makeApp();
    const answer = await send('POST', '/execute_tasks');
    expect(answer).toMatchObject({
      status: 202,
      body: { message: 'run run1 started with 2 tasks', run_id: 'run1', tasks: ['small', 'large'], status: 'active' },
    });
    expect(answer.headers.get('location')).toBe('/runs/run1');
    expect(ledger.run('run1').tasks.queued).toBe(2);
  });

  test('POST /execute_tasks says that the task file is missing', async () => {
    const readTaskFile = () => Promise.reject(new Problem('task_file_not_found', 'it is not there'));
    const { send } = await makeApp({ readTaskFile });
    expect(await send('POST', '/execute_tasks')).toMatchObject(problem('task_file_not_found', 404, 'not there'));
  });
});

describe('what can be done about runs and tasks', () => {
  test('a queued and a running task are cancelled; the running one is stopped', async () => {
    const { send, join, submit, transport } = await makeApp();
    await join('worker1');
    await submit(noops('a', 'b'));
    await settle();
    expect(await send('DELETE', '/tasks/run1/b')).toMatchObject({
      status: 200,
      body: { message: 'cancelled 1 task of run run1', cancelled: 1, run: { status: 'active' } },
    });
    expect(await send('DELETE', '/runs/run1')).toMatchObject({ body: { cancelled: 1, run: { status: 'cancelled' } } });
    expect(transport.cancelled).toEqual(['run1/a#1']);
  });

  test('a cancel of what has ended is a 409 that names its state', async () => {
    const { send, submit } = await makeApp();
    await submit(noops('a'));
    await send('DELETE', '/runs/run1');
    expect(await send('DELETE', '/tasks/run1/a')).toMatchObject(problem('already_ended', 409, 'is cancelled'));
    expect(await send('DELETE', '/runs/run1')).toMatchObject(problem('already_ended', 409, 'is cancelled'));
  });

  test('a wait for a run ends with its cancel', async () => {
    const { send, get, submit } = await makeApp();
    await submit(noops('a'));
    const waiting = get('/runs/run1?wait=60');
    await settle();
    await send('DELETE', '/runs/run1');
    expect(await waiting).toMatchObject({ status: 200, body: { status: 'cancelled', tasks: { cancelled: 1 } } });
  });

  test('failed tasks are retried, cancelled ones only when asked for', async () => {
    const { send, join, submit, transport } = await makeApp();
    await join('worker1');
    await submit(noops('a', 'b'));
    await settle();
    transport.deliveries[0]!.say(failed('function_error'));
    await settle();
    await send('DELETE', '/tasks/run1/b');
    expect(await send('POST', '/runs/run1/retry?only=failed')).toMatchObject({
      status: 202,
      body: { message: 'queued 1 task of run run1 again', retried: 1, run: { status: 'active' } },
    });
    expect(await send('POST', '/runs/run1/retry?only=all')).toMatchObject(
      problem('invalid_query', 400, 'failed, cancelled'),
    );
    expect(await send('POST', '/tasks/run1/b/retry')).toMatchObject({ status: 202, body: { retried: 1 } });
    expect(await send('POST', '/tasks/run1/b/retry')).toMatchObject(problem('already_ended', 409, 'is queued'));
  });

  test('a failed task shows its error and its history', async () => {
    const { get, join, submit, transport } = await makeApp();
    await join('worker1');
    await submit(noops('a'));
    await settle();
    transport.deliveries[0]!.say(failed('function_error'));
    await settle();
    expect((await get('/tasks/run1/a')).body).toMatchObject({
      ...{ run_id: 'run1', id: 'a', status: 'failed', attempts: 1, worker_id: 'worker1', result: null },
      error: { code: 'function_error', detail: 'the worker says function_error' },
      history: [{ attempt: 1, status: 'failed', worker_id: 'worker1', started_at: EPOCH_MS, ended_at: EPOCH_MS }],
    });
    expect((await get('/tasks?status=failed&run_id=newest')).body.tasks).toHaveLength(1);
    expect((await get('/tasks?status=queued')).body.tasks).toEqual([]);
  });

  test.each([
    { method: 'GET', path: '/runs/nope', code: 'unknown_run' },
    { method: 'DELETE', path: '/runs/nope', code: 'unknown_run' },
    { method: 'GET', path: '/tasks/run1/nope', code: 'unknown_task' },
    { method: 'DELETE', path: '/tasks/run1/nope', code: 'unknown_task' },
    { method: 'POST', path: '/workers/nope/drain', code: 'unknown_worker' },
    { method: 'GET', path: '/nope', code: 'not_found' },
  ])('$method $path is a 404 with its code', async ({ method, path, code }) => {
    const { send, submit } = await makeApp();
    await submit(noops('a'));
    expect(await send(method, path)).toMatchObject(problem(code, 404));
  });

  test('why a task waits is explained', async () => {
    const { get, join, submit, fleet } = await makeApp();
    await submit(noops('a', 'b'));
    const reason = async (task: string) => (await get(`/tasks/run1/${task}/explain`)).body.reason;
    expect(await reason('a')).toBe('no_workers');
    await join('other', { functions: {} });
    expect(await reason('a')).toBe('no_such_function');
    await join('worker1');
    expect(await reason('a')).toBe('not_queued');
    expect(await reason('b')).toBe('busy');
    fleet.noteDraining('worker1');
    fleet.noteDraining('other');
    expect(await reason('b')).toBe('no_workers');
  });
});

describe('workers that register themselves', () => {
  const UUID = '00000000-0000-4000-8000-00000000000';
  const registration = (more: object = {}) =>
    JSON.stringify({
      ...{ id: 'worker9', instance: `${UUID}1`, protocol: 1, port: 9_001, slots: 2, slot_memory_bytes: 1_024 },
      ...{ functions: { noop: 'v1' }, draining: false, ...more },
    });

  test('are known by the address that they came from, and remembered', async () => {
    const { send, get, ledger, transport } = await makeApp();
    transport.outboxes.set('worker9', {});
    expect(await send('POST', '/workers', registration())).toMatchObject({
      status: 200,
      body: { id: 'worker9', ledger_id: LEDGER_ID, heartbeat_ms: 2_000 },
    });
    expect((await get('/workers')).body.worker9).toMatchObject({
      url: 'http://10.0.0.9:9001',
      status: 'online',
      slots: 2,
    });
    expect(ledger.rememberedWorkers()).toMatchObject([{ id: 'worker9', host: '10.0.0.9', port: 9_001 }]);
  });

  test('of a foreign protocol are told to upgrade', async () => {
    const { send } = await makeApp();
    const answer = await send('POST', '/workers', registration({ protocol: 99 }));
    expect(answer).toMatchObject(problem('foreign_protocol', 409, 'run the same version of motes'));
  });

  test('under a name whose owner is alive are refused; when the owner is gone they take it over', async () => {
    const { send, get, transport } = await makeApp();
    await send('POST', '/workers', registration());
    transport.pings.set('worker9', { instance: `${UUID}1` });
    const other = registration({ instance: `${UUID}2`, port: 9_002 });
    expect(await send('POST', '/workers', other)).toMatchObject(problem('worker_id_taken', 409, '--id'));
    transport.pings.delete('worker9');
    expect(await send('POST', '/workers', other)).toMatchObject({ status: 200 });
    expect((await get('/workers')).body.worker9).toMatchObject({ port: 9_002, instance: `${UUID}2` });
  });

  test.each([
    { name: 'no UUID', more: { instance: 'me' }, says: 'must be a UUID' },
    { name: 'a bad id', more: { id: '../etc' }, says: 'letters, digits' },
    { name: 'no slots', more: { slots: 0 }, says: 'slots' },
    { name: 'a port that is none', more: { port: 70_000 }, says: 'port' },
  ])('with $name are refused', async ({ more, says }) => {
    const { send } = await makeApp();
    expect(await send('POST', '/workers', registration(more))).toMatchObject(problem('invalid_body', 400, says));
  });

  test('are drained when asked to be', async () => {
    const { send, join, transport } = await makeApp();
    await join('worker1');
    expect(await send('POST', '/workers/worker1/drain')).toMatchObject({ status: 202 });
    expect(transport.drained).toEqual(['worker1']);
  });

  test('that fail one task after another are quarantined, visibly, and tried again with one', async () => {
    const { get, join, submit, transport, pass } = await makeApp();
    await join('worker1');
    await submit(noops(...'abcdefghij'));
    const failNext = async (): Promise<void> => {
      await pass(150);
      const stream = transport.deliveries.at(-1)!;
      stream.say(failed('internal'));
      stream.end();
      await settle();
    };
    const condition = async () => (await get('/workers')).body.worker1.condition;
    for (let time = 0; time < 3; time += 1) {
      expect(await condition()).toBe('ready');
      await failNext();
    }
    expect(await condition()).toBe('quarantined');
    const before = transport.deliveries.length;
    await pass(29_000);
    expect(transport.deliveries).toHaveLength(before);
    await pass(2_000);
    expect(transport.deliveries.slice(before).flatMap(({ attempts }) => attempts)).toHaveLength(1);
  });
});

describe('who may call', () => {
  test.each([
    { name: 'a host that is not ours', headers: { host: 'evil.example' }, code: 'foreign_host', status: 403 },
    {
      name: 'a page of another origin',
      headers: { origin: 'http://evil.example' },
      code: 'foreign_origin',
      status: 403,
    },
    { name: 'a page without one', headers: { origin: 'null' }, code: 'foreign_origin', status: 403 },
  ])('not $name', async ({ headers, code, status }) => {
    const { get } = await makeApp();
    expect(await get('/status', headers)).toMatchObject(problem(code, status));
  });

  test.each([
    { host: '127.0.0.1:5000' },
    { host: '[::1]:5000' },
    { host: 'localhost:5000', origin: 'http://localhost:5000' },
  ])('those that say %o', async (headers) => {
    const { get } = await makeApp();
    expect((await get('/status', headers as Record<string, string>)).status).toBe(200);
  });

  test('only with the token where there is one, but everybody may ask whether it lives', async () => {
    const { get } = await makeApp({ guard: { token: 'secret' } });
    expect(await get('/status')).toMatchObject(problem('unauthorized', 401, 'Authorization: Bearer'));
    expect((await get('/status', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get('/status', { authorization: 'Bearer secret' })).status).toBe(200);
    expect((await get('/livez')).status).toBe(200);
  });
});

describe('when something is wrong', () => {
  test('a failed ledger is a 503 that may be tried again', async () => {
    const counts = () => Promise.reject(new Problem('storage_failed', 'the disk is full'));
    const { remote } = makeParts();
    const { get } = await makeApp({ ledger: { ...remote, counts } });
    const answer = await get('/status');
    expect(answer).toMatchObject(problem('storage_failed', 503, 'the disk is full'));
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('an unexpected error is logged and tells nothing', async () => {
    const runs = () => Promise.reject(new TypeError('secret inside'));
    const { remote } = makeParts();
    const { get, errors } = await makeApp({ ledger: { ...remote, runs } });
    const answer = await get('/runs');
    expect(answer).toMatchObject(problem('internal', 500));
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(errors).toHaveLength(1);
  });
});
