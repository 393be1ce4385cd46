import { describe, expect, it } from 'vitest';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';

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
