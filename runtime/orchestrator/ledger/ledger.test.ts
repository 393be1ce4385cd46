import { describe, expect, test } from 'vitest';
import { newTask } from '../testing/orchestrator-parts.ts';
import { openDatabase } from './database.ts';
import { Ledger } from './ledger.ts';
import { runGroup } from './ledger-host.ts';
import type { AttemptOutcome } from './ledger-types.ts';
import { Store } from './store.ts';

const LOST: AttemptOutcome = {
  status: 'lost',
  hadBegun: true,
  error: { type: '', title: '', status: 503, code: 'worker_lost', detail: 'gone' },
};
const THREW: AttemptOutcome = {
  status: 'failed',
  hadBegun: true,
  error: { type: '', title: '', status: 500, code: 'function_error', detail: 'oops' },
};
const RELEASED: AttemptOutcome = {
  status: 'released',
  hadBegun: true,
  error: { type: '', title: '', status: 503, code: 'released', detail: 'drains' },
};
const succeeded = (digest = 'd1'): AttemptOutcome => ({
  status: 'succeeded',
  result: JSON.stringify({ digest }),
  measured: '{"elapsed_ms":1}',
});

/** A ledger in memory with a clock that the test moves and no jitter below the whole backoff. */
function openLedger() {
  const clock = { ms: 1_000_000 };
  const store = new Store(openDatabase(':memory:'));
  const ledger = new Ledger(store, { now: () => clock.ms, random: () => 0.999, exportsResults: true });
  const start = (key: number, workerId = 'w1') => {
    const { run, function: name, attempts } = store.task(key)!;
    const place = { workerId, instance: `${workerId}-1`, isCopy: false };
    return ledger.start([{ task: key, run, function: name, attempt: attempts + 1, ...place }])[0]?.attempt ?? null;
  };
  const finish = (key: number, attempt: number, outcome: AttemptOutcome) => {
    const of = store.task(key);
    return ledger.finish([{ task: key, attempt, outcome, ...(of && { of }) }])[0];
  };
  const keys = () => ledger.queued(100).tasks.map((task) => task.key);
  return { clock, store, ledger, start, finish, keys };
}

describe('the life of a task', () => {
  test('a submitted task is queued, runs, succeeds, and ends its run', () => {
    const { ledger, start, finish, keys, clock } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    expect(ledger.run('r1')).toMatchObject({ status: 'active', tasks: { queued: 1, running: 0 } });
    const [key] = keys() as [number];
    expect(start(key)).toBe(1);
    expect(ledger.task('r1', 'a').detail).toMatchObject({
      status: 'running',
      attempts: 1,
      worker_id: 'w1',
      duration: null,
    });
    clock.ms += 2_500;
    const effect = finish(key, 1, succeeded());
    expect(effect).toMatchObject({
      taskStatus: 'succeeded',
      superseded: false,
      endedRun: { run_id: 'r1', status: 'succeeded' },
    });
    expect(ledger.task('r1', 'a').detail).toMatchObject({
      status: 'succeeded',
      duration: 2.5,
      result: { digest: 'd1' },
      parameters: { a: 1 },
      error: null,
    });
    expect(ledger.run('r1')).toMatchObject({
      status: 'succeeded',
      ended_at: clock.ms,
      tasks: { succeeded: 1 },
      tasks_total: 1,
    });
  });

  test('a task that is not queued cannot be started', () => {
    const { ledger, start, keys } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    expect(start(key, 'w2')).toBeNull();
    expect(ledger.run('r1').tasks).toMatchObject({ queued: 0, running: 1 });
  });

  test('of a chunk whose tasks are not all queued any more the others start', () => {
    const { ledger, keys } = openLedger();
    ledger.submit('r1', [newTask('a'), newTask('b'), newTask('c')]);
    const same = { run: 1, function: 'noop', attempt: 1, workerId: 'w1', instance: 'i', isCopy: false };
    const chunk = keys().map((task) => ({ task, ...same }));
    ledger.cancel('r1', 'b');
    expect(ledger.start(chunk).map((started) => started?.attempt ?? null)).toEqual([1, null, 1]);
    expect(ledger.run('r1').tasks).toMatchObject({ queued: 0, running: 2, cancelled: 1 });
    expect(ledger.live().map(({ task }) => task.id)).toEqual(['a', 'c']);
  });

  test('a lost worker costs a retry after a backoff, on record in the history', () => {
    const { ledger, start, finish, keys, clock } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    const effect = finish(key, 1, LOST);
    expect(effect).toMatchObject({ taskStatus: 'queued', retried: 'worker_lost' });
    expect(keys()).toEqual([]);
    expect(ledger.queued(10).nextWaiting).toBe(clock.ms + 250);
    clock.ms += 250;
    expect(ledger.queued(10).tasks[0]).toMatchObject({ key, lastWorkerId: 'w1' });
    expect(start(key, 'w2')).toBe(2);
    finish(key, 2, succeeded());
    expect(ledger.task('r1', 'a').detail.history).toMatchObject([
      { attempt: 1, worker_id: 'w1', status: 'lost', error: { code: 'worker_lost' } },
      { attempt: 2, worker_id: 'w2', status: 'succeeded', error: null },
    ]);
  });

  test('retries end, then the task is failed with its last error', () => {
    const { ledger, start, finish, keys, clock } = openLedger();
    ledger.submit('r1', [newTask('a', { retries: 2 })]);
    const [key] = keys() as [number];
    for (const attempt of [1, 2, 3]) {
      clock.ms += 60_000;
      expect(start(key)).toBe(attempt);
      finish(key, attempt, LOST);
    }
    expect(ledger.task('r1', 'a').detail).toMatchObject({
      status: 'failed',
      attempts: 3,
      error: { code: 'worker_lost', detail: 'gone' },
    });
    expect(ledger.run('r1').status).toBe('failed');
  });

  test.each([
    {
      name: "a function's exception is not retried unless asked",
      retry_on: '["worker_lost"]',
      outcome: THREW,
      status: 'failed',
    },
    {
      name: "a function's exception is retried when asked",
      retry_on: '["function_error"]',
      outcome: THREW,
      status: 'queued',
    },
    { name: 'a lost worker is not retried when that was excluded', retry_on: '[]', outcome: LOST, status: 'failed' },
  ] as const)('$name', ({ retry_on, outcome, status }) => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a', { retry_on })]);
    const [key] = keys() as [number];
    start(key);
    expect(finish(key, 1, outcome)).toMatchObject({ taskStatus: status });
    expect(ledger.task('r1', 'a').detail.status).toBe(status);
  });

  test('a task that a draining worker hands back costs no retry and waits for nothing', () => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a', { retries: 0 })]);
    const [key] = keys() as [number];
    start(key);
    finish(key, 1, RELEASED);
    expect(keys()).toEqual([key]);
  });
});

describe('one outcome only', () => {
  test('a result of an attempt that was ended before is kept as superseded and changes nothing', () => {
    const { ledger, start, finish, keys, clock } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    finish(key, 1, LOST);
    clock.ms += 1_000;
    start(key, 'w2');
    expect(finish(key, 1, succeeded('late'))).toMatchObject({
      superseded: true,
      divergent: false,
      taskStatus: 'running',
    });
    finish(key, 2, succeeded('d1'));
    expect(ledger.task('r1', 'a').detail).toMatchObject({
      result: { digest: 'd1' },
      worker_id: 'w2',
      history: [{ status: 'superseded' }, { status: 'succeeded' }],
    });
  });

  test.each([
    { name: 'the same bits are no divergence', digest: 'd1', divergent: false },
    { name: 'other bits are a divergence', digest: 'other', divergent: true },
  ])('$name', ({ digest, divergent }) => {
    const { ledger, start, finish, keys, clock } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    finish(key, 1, LOST);
    clock.ms += 1_000;
    start(key, 'w2');
    finish(key, 2, succeeded('d1'));
    expect(finish(key, 1, succeeded(digest))).toMatchObject({ superseded: true, divergent });
    expect(ledger.task('r1', 'a').detail.result).toEqual({ digest: 'd1' });
  });

  test('an outcome that is delivered twice counts once', () => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a'), newTask('b')]);
    const [key] = keys() as [number];
    start(key);
    finish(key, 1, succeeded());
    expect(finish(key, 1, succeeded())).toMatchObject({ superseded: false, divergent: false });
    expect(ledger.run('r1').tasks).toMatchObject({ queued: 1, succeeded: 1 });
  });

  test('an outcome of an unknown attempt is passed over', () => {
    const { finish } = openLedger();
    expect(finish(77, 1, succeeded())).toBeNull();
  });
});

test('a key lives as long as its run, whatever was pruned meanwhile', () => {
  const { ledger, start, finish, keys, clock } = openLedger();
  const idempotency = { key: 'k', digest: 'd' };
  ledger.submit('r1', [newTask('a')], idempotency);
  const [key] = keys() as [number];
  clock.ms += 60_000;
  ledger.prune(clock.ms, null);
  expect(ledger.submit('r2', [newTask('a')], idempotency)).toMatchObject({ isReplay: true, run: { run_id: 'r1' } });
  start(key);
  finish(key, 1, succeeded());
  while (ledger.prune(null, 1).isPartial);
  expect(ledger.submit('r3', [newTask('a')], idempotency)).toMatchObject({ isReplay: false, run: { run_id: 'r3' } });
});

describe('copies', () => {
  const copy = (ledger: Ledger, key: number) =>
    ledger.start([
      { task: key, run: 1, function: 'noop', attempt: 0, workerId: 'w2', instance: 'w2-1', isCopy: true },
    ])[0] ?? null;

  test('a lost worker does not lose a task that runs in a copy, but counts as a failure', () => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a', { retries: 1 })]);
    const [key] = keys() as [number];
    start(key);
    expect(copy(ledger, key)?.attempt).toBe(2);
    expect(finish(key, 1, LOST)).toMatchObject({ taskStatus: 'running' });
    expect(copy(ledger, key)?.attempt).toBe(3);
    expect(finish(key, 2, LOST)).toMatchObject({ taskStatus: 'running' });
    // The retries are used up: what still runs decides.
    expect(copy(ledger, key)).toBeNull();
    expect(finish(key, 3, LOST)).toMatchObject({ taskStatus: 'failed' });
  });

  test.each([
    { name: 'an exception', outcome: THREW },
    { name: 'a missed deadline', outcome: { ...LOST, status: 'timed_out' as const } },
  ])('$name of the function ends the copies too: they would come to the same', ({ outcome }) => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    copy(ledger, key);
    expect(finish(key, 1, outcome)).toMatchObject({
      taskStatus: 'failed',
      endedRun: { status: 'failed' },
      stop: [{ taskId: 'a', attempt: 2, workerId: 'w2' }],
    });
    expect(ledger.live()).toEqual([]);
  });
});

test.each([
  { name: 'succeeds', outcome: succeeded() },
  { name: 'fails', outcome: THREW },
])('a task that $name at once leaves no checkpoint behind', ({ outcome }) => {
  const { ledger, store, start, finish, keys } = openLedger();
  ledger.submit('r1', [newTask('a')]);
  const [key] = keys() as [number];
  start(key);
  ledger.saveCheckpoint(key, 1, 'c3RhdGU=');
  finish(key, 1, outcome);
  expect(store.checkpoint(key)).toBeUndefined();
});

describe('the queue', () => {
  test('priority goes first, then cost, then the order of submission', () => {
    const { ledger } = openLedger();
    ledger.submit('r1', [
      newTask('late'),
      newTask('big', { cost: 9 }),
      newTask('first', { priority: 1 }),
      newTask('later'),
    ]);
    expect(ledger.queued(10).tasks.map(({ id }) => id)).toEqual(['first', 'big', 'late', 'later']);
  });

  test('active runs get the same share of the window', () => {
    const { ledger } = openLedger();
    ledger.submit(
      'r1',
      Array.from({ length: 50 }, (_, index) => newTask(`a${index}`)),
    );
    ledger.submit(
      'r2',
      Array.from({ length: 50 }, (_, index) => newTask(`b${index}`)),
    );
    const runs = ledger.queued(10).tasks.map(({ runId }) => runId);
    expect(runs.filter((id) => id === 'r1')).toHaveLength(5);
    expect(runs.filter((id) => id === 'r2')).toHaveLength(5);
  });

  test('it says that there is more when one run has more than its share and another has less', () => {
    const { ledger } = openLedger();
    ledger.submit('r1', [newTask('a')]);
    ledger.submit(
      'r2',
      Array.from({ length: 50 }, (_, index) => newTask(`b${index}`)),
    );
    expect(ledger.queued(10)).toMatchObject({ hasMore: true });
    expect(ledger.queued(200)).toMatchObject({ hasMore: false });
  });
});

describe('the log of a task', () => {
  const said = (task: number, attempt: number, line: number, more: { at?: number; message?: string } = {}) => ({
    ...{ task, attempt, line, at: 1_000_000 + line, level: 'info' as const, message: `line ${line}`, ...more },
  });
  const shown = ({ ledger }: ReturnType<typeof openLedger>) =>
    ledger.log('r', 'a').entries.map((entry) => {
      if (entry.kind === 'line') return `${entry.attempt} ${entry.message}`;
      if (entry.kind === 'ended') return `${entry.attempt} ${entry.status} ${entry.detail ?? ''}`.trim();
      return 'attempt' in entry ? `${entry.attempt} ${entry.kind}` : entry.kind;
    });

  test('has what the function said between what happened to the task', () => {
    const parts = openLedger();
    const { ledger, start, finish, clock, keys } = parts;
    ledger.submit('r', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    ledger.saveLog([said(key, 1, 1), said(key, 1, 2)]);
    clock.ms += 10;
    ledger.saveCheckpoint(key, 1, 'c3RhdGU=');
    ledger.saveCheckpoint(key, 1, 'c3RhdGU=');
    clock.ms += 10;
    finish(key, 1, LOST);
    clock.ms += 60_000;
    start(key, 'w2');
    expect(ledger.log('r', 'a').is_complete).toBe(false);
    finish(key, 2, succeeded());
    expect(shown(parts)).toEqual([
      ...['submitted', '1 started', '1 line 1', '1 line 2', '1 checkpoint', '1 lost gone'],
      ...['2 started', '2 succeeded'],
    ]);
    const { entries, is_complete } = ledger.log('r', 'a');
    expect(is_complete).toBe(true);
    expect(entries).toContainEqual({ kind: 'checkpoint', at: 1_000_010, attempt: 1, count: 2 });
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'started', worker_id: 'w2', is_resumed: true }));
    expect(ledger.task('r', 'a').detail.history).toMatchObject([
      { checkpoints: 2, checkpoint_at: 1_000_010 },
      { is_resumed: true },
    ]);
  });

  test('keeps the newest 200 lines of all attempts, each once', () => {
    const parts = openLedger();
    const { ledger, start, finish, clock, keys } = parts;
    ledger.submit('r', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    const first = Array.from({ length: 150 }, (_, index) => said(key, 1, index + 1));
    ledger.saveLog(first);
    ledger.saveLog(first.slice(100));
    finish(key, 1, LOST);
    clock.ms += 60_000;
    start(key, 'w2');
    ledger.saveLog(Array.from({ length: 120 }, (_, index) => said(key, 2, index + 1)));
    const lines = shown(parts).filter((line) => line.includes('line'));
    expect(lines).toHaveLength(200);
    expect([lines[0], lines[79], lines[80], lines[199]]).toEqual(['1 line 71', '1 line 150', '2 line 1', '2 line 120']);
  });

  test('passes over lines of attempts that it does not know, and goes with its run', () => {
    const parts = openLedger();
    const { ledger, start, finish, clock, keys, store } = parts;
    ledger.submit('r', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    ledger.saveLog([said(key, 1, 1), said(key, 9, 1), said(77, 1, 1)]);
    expect(shown(parts)).toEqual(['submitted', '1 started', '1 line 1']);
    finish(key, 1, succeeded());
    clock.ms += 10;
    while (ledger.prune(clock.ms, null).isPartial);
    expect(store.logOfTask(key)).toEqual([]);
  });

  test('a line lies within its attempt, whatever the clock of its worker says', () => {
    const parts = openLedger();
    const { ledger, start, finish, clock, keys } = parts;
    ledger.submit('r', [newTask('a')]);
    const [key] = keys() as [number];
    start(key);
    ledger.saveLog([said(key, 1, 1, { at: 5 }), said(key, 1, 2, { at: 9e12 }), said(key, 1, 3, { at: 1_000_001 })]);
    clock.ms += 50;
    finish(key, 1, succeeded());
    expect(ledger.log('r', 'a').entries.map(({ at }) => at - 1_000_000)).toEqual([0, 0, 0, 50, 50, 50]);
    expect(shown(parts)).toEqual(['submitted', '1 started', '1 line 1', '1 line 2', '1 line 3', '1 succeeded']);
  });

  test('tells of a cancel in the queue', () => {
    const parts = openLedger();
    parts.ledger.submit('r', [newTask('a')]);
    parts.ledger.cancel('r', 'a');
    expect(shown(parts)).toEqual(['submitted', 'cancelled']);
  });
});

describe('questions', () => {
  test.each([
    { name: 'an unknown run', ask: (ledger: Ledger) => ledger.run('nope'), code: 'unknown_run' },
    { name: 'the newest run of none', ask: (ledger: Ledger) => ledger.run('newest'), code: 'unknown_run' },
    {
      name: 'an unknown task',
      ask: (ledger: Ledger) => [ledger.submit('r', [newTask('a')]), ledger.task('r', 'b')],
      code: 'unknown_task',
    },
    {
      name: 'a run id that is taken',
      ask: (ledger: Ledger) => [ledger.submit('r', [newTask('a')]), ledger.submit('r', [newTask('a')])],
      code: 'invalid_query',
    },
  ])('$name is refused', ({ ask, code }) => {
    const { ledger } = openLedger();
    expect(() => ask(ledger)).toThrow(expect.objectContaining({ code }));
  });

  test('tasks come in pages', () => {
    const { ledger } = openLedger();
    ledger.submit(
      'r1',
      Array.from({ length: 5 }, (_, index) => newTask(`t${index}`)),
    );
    const first = ledger.tasks({ runId: 'r1', status: null, after: 0, limit: 3 });
    expect(first.tasks.map(({ id }) => id)).toEqual(['t0', 't1', 't2']);
    const second = ledger.tasks({ runId: 'newest', status: null, after: first.next!, limit: 3 });
    expect(second).toMatchObject({ tasks: [{ id: 't3' }, { id: 't4' }], next: null });
  });
});

test('a call that throws is undone by itself, its neighbours in the group are kept', () => {
  const { ledger, store } = openLedger();
  const { answers } = runGroup(ledger, store, [
    { id: 1, name: 'submit', values: ['r1', [newTask('a')]] },
    { id: 2, name: 'submit', values: ['r2', [newTask('same'), newTask('same')]] },
    { id: 3, name: 'submit', values: ['r3', [newTask('b')]] },
  ]);
  expect(answers.map((answer) => 'problem' in answer)).toEqual([false, true, false]);
  expect(ledger.runs(10).map(({ run_id }) => run_id)).toEqual(['r3', 'r1']);
});

describe('tasks are counted by function', () => {
  const other = (id: string) => ({ ...newTask(id), function: 'other' });
  const none = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };

  test('through everything that can become of them', () => {
    const { ledger, start, finish, keys } = openLedger();
    ledger.submit('r1', [newTask('a'), newTask('b'), other('c'), other('d'), other('e')]);
    const [a, b, c, d] = keys() as [number, number, number, number];
    for (const key of [a, b, c, d]) start(key);
    finish(a, 1, succeeded());
    finish(b, 1, LOST);
    finish(c, 1, THREW);
    expect(ledger.countsByFunction()).toEqual([
      { ...none, function: 'noop', queued: 1, succeeded: 1 },
      { ...none, function: 'other', queued: 1, running: 1, failed: 1 },
    ]);
    ledger.cancel('r1', null);
    expect(ledger.countsByFunction()).toEqual([
      { ...none, function: 'noop', succeeded: 1, cancelled: 1 },
      { ...none, function: 'other', failed: 1, cancelled: 2 },
    ]);
    ledger.retry('r1', 'c', ['failed']);
    ledger.retry('r1', null, ['failed', 'cancelled']);
    expect(ledger.counts()).toEqual({ ...none, queued: 4, succeeded: 1 });
    ledger.cancel('r1', 'e');
    expect(ledger.countsByFunction()[1]).toEqual({ ...none, function: 'other', queued: 2, cancelled: 1 });
  });

  test('until they are pruned or withdrawn', () => {
    const { ledger, clock } = openLedger();
    ledger.submit('r1', [newTask('a'), other('b')]);
    ledger.cancel('r1', null);
    const run = ledger.receive('r2');
    ledger.receiveTasks(run, [newTask('c')]);
    expect(ledger.counts()).toEqual({ ...none, queued: 1, cancelled: 2 });
    while (ledger.discard(run));
    while (ledger.prune(clock.ms + 1, null).isPartial);
    expect(ledger.counts()).toEqual(none);
  });
});
