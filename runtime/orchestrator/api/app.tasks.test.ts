import { describe, expect, it } from 'vitest';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';

const ids = (body: { tasks: { id: string }[] }) => body.tasks.map(({ id }) => id);

describe('GET /tasks', () => {
  it('finds tasks by a search, in one run or in all', async () => {
    const { submit, get } = await makeApp();
    await submit(noops('a', 'b'));
    await submit([...noops('a'), { id: 'wide', type: 'benchmark', parameters: { num_particulas: 2_000 } }]);
    expect(ids((await get('/tasks?q=particles%3E1000')).body)).toEqual(['wide']);
    // 100 particles are the default of a benchmark; noop has no such parameter.
    expect(ids((await get('/tasks?q=-particles%3E1000%20type:noop%20a')).body)).toEqual(['a', 'a']);
    expect(ids((await get('/tasks?q=a&run_id=run1')).body)).toEqual(['a']);
    expect(ids((await get('/tasks?q=run:newest&status=queued')).body)).toEqual(['a', 'wide']);
    expect(await get('/tasks?q=a&run_id=nope')).toMatchObject(problem('unknown_run', 404));
  });

  it('refuses a search that cannot be read, with its place', async () => {
    const { get } = await makeApp();
    const answer = await get('/tasks?q=a%20statsu:failed');
    expect(answer).toMatchObject(problem('invalid_query', 400, 'q, column 3: there is no field and no parameter'));
    expect(answer.body).toMatchObject({ pointer: '/q', position: { start: 2, end: 8 } });
    expect(answer.body.detail).toContain('did you mean "status"? (given "statsu")');
    expect(await get('/tasks?order=durtion')).toMatchObject(problem('invalid_query', 400, 'order, column 1: there is'));
    expect(await get('/tasks/count?q=%22')).toMatchObject(problem('invalid_query', 400, 'does not end'));
  });

  it('lists what matches in order, page by page, with how many there are of each status', async () => {
    const { submit, get, send } = await makeApp();
    await submit([1, 9, 5, 7].map((priority) => ({ id: `p${priority}`, type: 'noop', priority })));
    await send('DELETE', '/tasks/run1/p5');
    const first = (await get('/tasks?order=-priority&limit=3')).body;
    expect(first).toMatchObject({ total: 4, counts: { queued: 3, cancelled: 1 }, next: 3, is_current: true });
    expect(ids(first)).toEqual(['p9', 'p7', 'p5']);
    const second = (await get(`/tasks?order=-priority&limit=3&offset=3&as_of=${first.as_of}`)).body;
    expect([ids(second), second.next]).toEqual([['p1'], null]);
    expect(ids((await get('/tasks?offset=2')).body)).toEqual(['p5', 'p7']);
  });

  it('is a table for a spreadsheet, too', async () => {
    const { submit, get } = await makeApp();
    await submit([...noops('a'), { id: 'wide, "2"', type: 'benchmark', parameters: { num_particulas: 2_000 } }]);
    const { headers, body } = await get('/tasks.csv?q=type:benchmark');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(body.trim().split('\n')).toEqual([
      'run_id,task,type,priority,status,worker,attempts,duration,suspect,error,parameters.num_particulas',
      'run1,"wide, ""2""",benchmark,5,queued,,0,,,,2000',
    ]);
    expect((await get('/tasks.csv?q=nothing')).body.split('\n')).toHaveLength(2);
  });

  it('counts exactly', async () => {
    const { submit, get } = await makeApp();
    await submit(noops('a', 'b', 'ab'));
    const counts = { queued: 2, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    expect((await get('/tasks/count?q=a')).body).toEqual({ total: 2, counts });
    expect((await get('/tasks/count')).body).toMatchObject({ total: 3 });
    expect((await get('/tasks/count?run_id=newest')).body).toMatchObject({ total: 3 });
    expect((await get('/tasks/count?q=run:nope')).body).toMatchObject({ total: 0 });
  });
});

const JSON_BODY = { 'content-type': 'application/json' };

describe('POST /tasks/cancel and /tasks/retry', () => {
  async function withTasks() {
    const made = await makeApp();
    const { submit, send, get } = made;
    await submit([...noops('a', 'b'), { id: 'urgent', type: 'noop', priority: 1 }]);
    await submit(noops('a', 'c'));
    const post = (what: 'cancel' | 'retry', body: unknown) =>
      send('POST', `/tasks/${what}`, JSON.stringify(body), JSON_BODY);
    const counts = async (q = '') => (await get(`/tasks/count?q=${encodeURIComponent(q)}`)).body.counts;
    return { ...made, post, counts };
  }

  it('cancel and queue again all that a search finds', async () => {
    const { post, counts, get } = await withTasks();
    const cancelled = await post('cancel', { q: 'priority>1', at_most: 4 });
    expect(cancelled).toMatchObject({ status: 200, body: { message: 'cancelled 4 tasks', cancelled: 4 } });
    expect(await counts()).toMatchObject({ queued: 1, cancelled: 4 });
    expect((await get('/runs/run2')).body).toMatchObject({ status: 'cancelled', tasks: { queued: 0, cancelled: 2 } });
    expect((await get('/runs/run1')).body).toMatchObject({ status: 'active', tasks: { queued: 1, cancelled: 2 } });
    const retried = await post('retry', { q: 'run:run2,run1 id:a' });
    expect(retried).toMatchObject({ status: 202, body: { message: 'queued 2 tasks again', retried: 2 } });
    expect((await get('/runs/run2')).body).toMatchObject({ status: 'active', ended_at: null });
    expect(await counts('id:a')).toMatchObject({ queued: 2, cancelled: 0 });
  });

  it('do so with those that are named, and pass over what has ended or is not there', async () => {
    const { post, counts } = await withTasks();
    const tasks = [
      { run_id: 'run1', id: 'a' },
      { run_id: 'run2', id: 'a' },
      { run_id: 'run2', id: 'nope' },
    ];
    expect((await post('cancel', { tasks: [tasks[1], tasks[2]] })).body).toMatchObject({ cancelled: 1 });
    expect((await post('cancel', { tasks })).body).toMatchObject({ cancelled: 1 });
    expect((await post('cancel', { tasks })).body).toMatchObject({ message: 'cancelled 0 tasks', cancelled: 0 });
    expect((await post('retry', { tasks, only: 'failed' })).body).toMatchObject({ retried: 0 });
    expect((await post('retry', { tasks, only: 'cancelled' })).body).toMatchObject({ retried: 2 });
    expect(await counts()).toMatchObject({ queued: 5 });
  });

  it('do nothing when more match than was confirmed', async () => {
    const { post, counts } = await withTasks();
    const refused = await post('cancel', { q: '', at_most: 4 });
    expect(refused).toMatchObject(problem('more_than_confirmed', 409, '5 tasks match by now, 4 were confirmed'));
    expect(await counts()).toMatchObject({ queued: 5 });
  });

  it('stop what runs, and end its run', async () => {
    const { join, submit, send, transport, get } = await makeApp();
    await join('w1', { slots: 2 });
    await submit(noops('a', 'b'));
    await settle();
    expect((await get('/tasks/count?q=status:running')).body.total).toBe(2);
    const answer = await send('POST', '/tasks/cancel', JSON.stringify({ q: 'status:running', at_most: 2 }), JSON_BODY);
    expect(answer.body).toMatchObject({ cancelled: 2 });
    expect(transport.cancelled).toHaveLength(2);
    expect((await get('/runs/run1')).body.status).toBe('cancelled');
  });

  it.each([
    { body: {}, says: 'must name tasks either by a search' },
    { body: { q: '', tasks: [] }, says: 'either by a search' },
    { body: { tasks: [{ id: 'a' }] }, says: 'must name tasks either' },
    { body: { q: 'a', atmost: 1 }, says: 'must name tasks either' },
    { body: { q: 'status:done' }, says: 'q, column 8: status should be one of' },
  ])('refuse $body', async ({ body, says }) => {
    const { post } = await withTasks();
    for (const what of ['cancel', 'retry'] as const) {
      const answer = await post(what, body);
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toContain(says);
    }
  });
});
