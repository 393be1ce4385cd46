import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../wire/task.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import { succeeded } from '../testing/fake-transport.ts';
import { makeApp, noops, problem, TASK_FILE } from '../testing/orchestrator-app.ts';
import { makeParts, settle } from '../testing/orchestrator-parts.ts';

describe('POST /execute_tasks', () => {
  test('with ?wait answers 200 once the run has ended', async () => {
    const { send, join, transport } = await makeApp();
    await join('worker1');
    const waiting = send('POST', '/execute_tasks?wait=60', 'tasks: [{id: a, type: noop}]');
    await settle();
    await settle();
    transport.deliveries[0]!.say(succeeded());
    expect(await waiting).toMatchObject({
      status: 200,
      body: { status: 'succeeded', message: 'run run1 succeeded: 1 task' },
    });
  });

  test('with ?wait answers 202 when the time is over before', async () => {
    const { send } = await makeApp();
    const answer = await send('POST', '/execute_tasks?wait=0.01', 'tasks: [{id: a, type: noop}]');
    expect(answer).toMatchObject({ status: 202, body: { status: 'active' } });
  });

  test.each([
    {
      name: 'a bad parameter',
      tasks: [{ id: 'a', type: 'benchmark', parameters: { num_particulas: -1 } }],
      code: 'invalid_parameter',
      status: 422,
    },
    { name: 'an unknown function', tasks: [{ id: 'a', type: 'nop' }], code: 'unknown_function', status: 422 },
    { name: 'an id twice', tasks: noops('a', 'a'), code: 'duplicate_task_id', status: 422 },
    { name: 'bad retries', tasks: [{ id: 'a', type: 'noop', retries: 1.5 }], code: 'invalid_task', status: 422 },
    { name: 'a bad timeout', tasks: [{ id: 'a', type: 'noop', timeout_ms: 0 }], code: 'invalid_task', status: 422 },
    { name: 'no tasks', tasks: [], code: 'no_tasks', status: 422 },
  ])('$name: a problem, and nothing is recorded', async ({ tasks, code, status }) => {
    const { submit, ledger } = await makeApp();
    const answer = await submit(tasks);
    expect(answer).toMatchObject(problem(code, status));
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(ledger.runs(10)).toEqual([]);
  });

  test.each([
    { path: '/execute_tasks?wait=soon', code: 'invalid_query', pointer: '/wait' },
    { path: '/execute_tasks?run_id=a%20b', code: 'invalid_query', pointer: '/run_id' },
    { path: '/execute_tasks?run_id=newest', code: 'invalid_query', pointer: '/run_id' },
  ])('$path is refused', async ({ path, code, pointer }) => {
    const { send } = await makeApp();
    expect(await send('POST', path, TASK_FILE)).toMatchObject({ status: 400, body: { code, pointer } });
  });

  test('a new run id that happens to be taken is made anew', async () => {
    const { send } = await makeApp();
    await send('POST', '/execute_tasks?run_id=run1', TASK_FILE);
    expect(await send('POST', '/execute_tasks', TASK_FILE)).toMatchObject({ status: 202, body: { run_id: 'run2' } });
  });

  test('a run id of the client is taken once', async () => {
    const { send } = await makeApp();
    expect(await send('POST', '/execute_tasks?run_id=mine', TASK_FILE)).toMatchObject({
      status: 202,
      body: { run_id: 'mine' },
    });
    expect(await send('POST', '/execute_tasks?run_id=mine', TASK_FILE)).toMatchObject(
      problem('invalid_query', 400, 'mine'),
    );
  });

  test('a body over the limit is refused', async () => {
    const { send } = await makeApp();
    const body = 'x'.repeat(LIMITS.submissionBytes + 1);
    expect(await send('POST', '/execute_tasks', body)).toMatchObject(problem('body_too_large', 413));
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k1' };

  test('gives the same run again, and says so', async () => {
    const { submit, ledger } = await makeApp();
    expect((await submit(noops('a', 'b'), key)).headers.get('idempotency-replayed')).toBeNull();
    const again = await submit(noops('a', 'b'), key);
    expect(again).toMatchObject({ status: 202, body: { run_id: 'run1', tasks: ['a', 'b'] } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(ledger.runs(10)).toHaveLength(1);
  });

  test('with other tasks is a mistake', async () => {
    const { submit } = await makeApp();
    await submit(noops('a'), key);
    expect(await submit(noops('b'), key)).toMatchObject(problem('idempotency_mismatch', 422, 'run1'));
  });

  test('while the first request is being recorded: 409, and afterwards the same run', async () => {
    const gate = Promise.withResolvers<void>();
    const { remote } = makeParts();
    const submitLate: RemoteLedger['submit'] = async (...values) => gate.promise.then(() => remote.submit(...values));
    const { submit } = await makeApp({ ledger: { ...remote, submit: submitLate } });
    const first = submit(noops('a'), key);
    await settle();
    expect(await submit(noops('a'), key)).toMatchObject(problem('idempotency_in_progress', 409));
    gate.resolve();
    expect(await first).toMatchObject({ status: 202, body: { run_id: 'run1' } });
    expect(await submit(noops('a'), key)).toMatchObject({ status: 202, body: { run_id: 'run1' } });
  });

  test('whose first request was refused is free', async () => {
    const { submit } = await makeApp();
    await submit(noops('a', 'a'), key);
    expect(await submit(noops('a'), key)).toMatchObject({ status: 202 });
  });

  test('that is too long is refused', async () => {
    const { submit } = await makeApp();
    expect(await submit(noops('a'), { 'idempotency-key': 'k'.repeat(256) })).toMatchObject(
      problem('invalid_query', 400),
    );
  });
});

const ROW = {
  ...{ id: '', type: 'noop', function: 'noop', parameters: '{}', description: null, priority: 5, cost: 1, memory: 1 },
  ...{ retries: 3, retry_on: '[]', timeout_ms: null },
};

describe('POST /tasks, a task a line', () => {
  const lines = (...tasks: unknown[]) => tasks.map((task) => `${JSON.stringify(task)}\n`).join('');

  test('takes them all, in as many pieces as they come', async () => {
    const { send, ledger } = await makeApp();
    const text = lines(...Array.from({ length: 1_234 }, (_, index) => ({ id: `t${index}`, type: 'noop' })));
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 997)
          controller.enqueue(new TextEncoder().encode(text.slice(at, at + 997)));
        controller.close();
      },
    });
    const answer = await send('POST', '/tasks', body);
    expect(answer).toMatchObject({ status: 202, body: { run_id: 'run1', status: 'active', tasks_total: 1_234 } });
    expect(ledger.run('run1')).toMatchObject({ status: 'active', tasks: { queued: 1_234 } });
  });

  test.each([
    {
      name: 'a line that is not JSON',
      body: `${lines(...noops('a', 'b'))}{oops\n`,
      code: 'invalid_body',
      status: 400,
      says: 'line 3',
    },
    {
      name: 'a task that is wrong',
      body: lines(...noops('a'), { id: 'b', type: 'nope' }),
      code: 'unknown_function',
      status: 422,
      says: 'line 2, task "b"',
    },
    { name: 'an id twice', body: lines(...noops('a', 'b', 'a')), code: 'duplicate_task_id', status: 422, says: '"a"' },
    {
      name: 'a line too long',
      body: lines(...noops('a'), { id: 'b', type: 'noop', description: 'x'.repeat(LIMITS.lineBytes) }),
      code: 'body_too_large',
      status: 413,
      says: 'line',
    },
    {
      name: 'a last line too long, without an end',
      body: 'x'.repeat(LIMITS.lineBytes + 1),
      code: 'body_too_large',
      status: 413,
      says: 'line',
    },
    { name: 'no lines', body: '\n\n', code: 'no_tasks', status: 422, says: 'no lines' },
  ])('$name: a problem, and nothing of the run remains', async ({ body, code, status, says }) => {
    const { send, get, ledger } = await makeApp();
    expect(await send('POST', '/tasks', body)).toMatchObject(problem(code, status, says));
    expect(ledger.runs(10)).toEqual([]);
    expect((await get('/tasks')).body).toEqual({ tasks: [], next: null });
  });

  test('a sender who breaks off leaves nothing', async () => {
    const { send, ledger } = await makeApp();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(lines(...noops('a')))),
      pull: (controller) => controller.error(new Error('gone')),
    });
    expect((await send('POST', '/tasks', body)).status).toBeGreaterThanOrEqual(400);
    expect(ledger.runs(10)).toEqual([]);
  });

  test('nothing of it runs before the last line, and nobody can cancel or retry it into life', async () => {
    const { send, join, remote, transport } = await makeApp();
    await join('worker1');
    const run = await remote.receive('arriving');
    await remote.receiveTasks(run, [{ ...ROW, id: 'a' }]);
    expect(await send('DELETE', '/runs/arriving')).toMatchObject(problem('unknown_run', 404, 'still being received'));
    expect(await send('POST', '/runs/arriving/retry')).toMatchObject(problem('unknown_run', 404));
    expect(transport.deliveries).toEqual([]);
  });
});
