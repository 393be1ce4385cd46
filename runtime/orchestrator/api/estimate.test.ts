import { describe, expect, test } from 'vitest';
import { Estimates } from '../dispatch/estimates.ts';
import type { WorkerView } from '../dispatch/scheduler.ts';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { newTask } from '../testing/orchestrator-parts.ts';
import { estimateTasks } from './estimate.ts';

const worker = (id: string, more: Partial<WorkerView> = {}): WorkerView => ({
  ...{ id, slots: 2, slotMemoryBytes: 2 ** 30, functions: { noop: 'v1' }, remainingMs: [], chunks: 0 },
  ...{ isOnProbation: false, ...more },
});

function viewOf(workers: WorkerView[], learned: Readonly<Record<string, number>> = {}) {
  const estimates = new Estimates();
  for (const [id, ms] of Object.entries(learned)) estimates.learn({ function: 'noop', cost: 1_000 }, id, ms);
  return { workers, speedOf: (name: string, id: string) => estimates.speed(name, id) };
}

describe('estimates of what is not submitted yet', () => {
  test('a task takes what it takes on average over the workers that serve it', () => {
    const view = viewOf([worker('slow'), worker('fast')], { slow: 3_000, fast: 1_000 });
    const estimate = estimateTasks([newTask('a', { cost: 1_000 })], view);
    expect(estimate.tasks[0]!.seconds).toBeCloseTo(2, 3);
    expect(estimate).toMatchObject({ tasks_total: 1, slots: 4, is_learned: true, late: 0 });
  });

  test('many share all slots; one that is longer than their share decides when all end', () => {
    const view = viewOf([worker('w')], { w: 1_000 });
    const equal = Array.from({ length: 10 }, (_, i) => newTask(`${i}`, { cost: 1_000 }));
    expect(estimateTasks(equal, view).end_seconds).toBeCloseTo(5, 2);
    expect(estimateTasks([...equal, newTask('long', { cost: 60_000 })], view).end_seconds).toBeCloseTo(60, 2);
  });

  test('a function that has never finished is a guess, and says so', () => {
    const estimate = estimateTasks([newTask('a')], viewOf([worker('w')]));
    expect(estimate).toMatchObject({ is_learned: false, tasks: [{ is_learned: false }] });
  });

  test.each([
    { name: 'no worker', workers: [] },
    { name: 'no worker that serves it', workers: [worker('w', { functions: { other: 'v1' } })] },
    { name: 'no slot that is large enough', workers: [worker('w', { slotMemoryBytes: 10 })] },
  ])('$name: no end is foretold', ({ workers }) => {
    expect(estimateTasks([newTask('a', { memory: 100 })], viewOf(workers))).toMatchObject({
      slots: 0,
      end_seconds: null,
      memory_bytes: 100,
    });
  });

  test('those that are expected to pass their deadline are counted', () => {
    const view = viewOf([worker('w')], { w: 1_000 });
    const rows = [newTask('a', { cost: 1_000, timeout_ms: 500 }), newTask('b', { cost: 1_000, timeout_ms: 5_000 })];
    expect(estimateTasks(rows, view)).toMatchObject({ late: 1, tasks: [{ is_late: true }, { is_late: false }] });
  });

  test('no more than a hundred are listed, and all are counted', () => {
    const rows = Array.from({ length: 250 }, (_, i) => newTask(`${i}`));
    const estimate = estimateTasks(rows, viewOf([worker('w')]));
    expect(estimate.tasks_total).toBe(250);
    expect(estimate.tasks).toHaveLength(100);
  });
});

describe('POST /validate', () => {
  const json = { 'content-type': 'application/json' };

  test('answers what the tasks would be, and keeps nothing of them', async () => {
    const { send, join, ledger } = await makeApp();
    await join('worker1');
    const answer = await send('POST', '/validate', 'tasks: [{id: a, type: noop}, {id: b, type: noop}]');
    expect(answer).toMatchObject({
      status: 200,
      body: { tasks_total: 2, slots: 1, late: 0, tasks: [{ id: 'a', function: 'noop' }, { id: 'b' }] },
    });
    expect(ledger.runs(10)).toEqual([]);
  });

  test('refuses with the very words of a submission: task, line, column, field', async () => {
    const { send } = await makeApp();
    const wrong = 'tasks:\n  - id: a\n    type: benchmark\n    parameters: {partcles: 3, steps: -1}\n';
    const checked = await send('POST', '/validate', wrong);
    expect(checked).toMatchObject(problem('unknown_parameter', 422, 'task "a", line 4, column 18: benchmark has no'));
    expect(checked.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/tasks/0/parameters/partcles',
      '/tasks/0/parameters/steps',
    ]);
    expect((await send('POST', '/execute_tasks', wrong)).body).toEqual(checked.body);
  });

  test.each([
    { name: 'nothing', body: '', code: 'no_tasks', status: 422 },
    { name: 'what does not parse', body: 'tasks: [', code: 'invalid_yaml', status: 400 },
    { name: 'broken JSON', body: '{"tasks"', headers: json, code: 'invalid_body', status: 400 },
    {
      name: 'too many',
      body: JSON.stringify({ tasks: noops(...Array.from({ length: 10_001 }, (_, i) => `${i}`)) }),
      headers: json,
      code: 'too_many_tasks',
      status: 413,
    },
    { name: 'too much', body: 'x'.repeat(8 * 2 ** 20 + 1), code: 'body_too_large', status: 413 },
  ])('$name is refused', async ({ body, headers, code, status }) => {
    const { send } = await makeApp();
    expect(await send('POST', '/validate', body, headers)).toMatchObject(problem(code, status));
  });
});
