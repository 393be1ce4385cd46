import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDeclaration } from '../../../functions/catalogue.ts';
import { Problem } from '../../wire/problem.ts';
import type { Scalar } from '../../wire/run-summary.ts';
import { LedgerTurns } from '../ledger/ledger-turns.ts';
import { surveyed } from '../ledger/survey.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { makeApp, problem } from '../testing/orchestrator-app.ts';
import { makeLedger, newTask } from '../testing/orchestrator-parts.ts';
import { causeOf, FailureGroups } from './failure-groups.ts';
import { divide, RunGrid } from './run-grid.ts';
import { RunSummaries } from './run-summaries.ts';

const findFunction = (type: string) => findDeclaration(type) ?? undefined;

/** A task of a run, and what became of it: its result, or why it failed; still queued without either. */
interface Fate {
  readonly parameters?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: Problem;
  readonly worker?: string;
  readonly elapsedMs?: number;
}

/** A ledger with one run, `r`. */
function ledgerWith(fates: readonly Fate[], type = 'benchmark') {
  const clock = new VirtualClock();
  const { ledger, remote } = makeLedger(clock);
  const rows = fates.map(({ parameters = {} }, index) =>
    newTask(`t${index}`, { type, function: type, parameters: JSON.stringify(parameters), retries: 0 }),
  );
  const run = ledger.submit('r', rows) && 1;
  for (const [index, { result, error, elapsedMs, worker = 'w1' }] of fates.entries()) {
    if (!result && !error) continue;
    const task = ledger.keyOf('r', `t${index}`)!;
    ledger.start([{ task, run, function: type, attempt: 1, workerId: worker, instance: 'i', isCopy: false }]);
    clock.after(2_000, () => {});
    clock.step();
    const measured = JSON.stringify({ function_version: 'v1', elapsed_ms: elapsedMs });
    const outcome = error
      ? ({ status: 'failed', error: error.toJSON(), hadBegun: true } as const)
      : { status: 'succeeded' as const, result: JSON.stringify(result), measured };
    ledger.finish([{ task, attempt: 1, outcome }]);
  }
  let surveys = 0;
  const survey: typeof remote.survey = (...values) => {
    surveys += 1;
    return remote.survey(...values);
  };
  const summaries = new RunSummaries({
    ledger: { run: remote.run, survey },
    turns: new LedgerTurns(clock.now),
    findFunction,
    now: clock.now,
  });
  return { ledger, summaries, clock, surveys: () => surveys };
}

describe('the summary of a run', () => {
  test('names the parameters that vary in any spelling, with the default where none was given', async () => {
    const { summaries } = ledgerWith([
      { parameters: { num_particulas: 10, seed: 1, steps: 5 } },
      { parameters: { particles: 20, seed: 1, steps: 5 } },
      { parameters: { seed: 1, steps: 5 } },
    ]);
    expect((await summaries.summary('r')).parameters).toEqual([
      { name: 'particles', values: [10, 20, 100], is_numeric: true, least: 10, most: 100 },
    ]);
  });

  test('tells the range of more values than it lists', async () => {
    const { summaries } = ledgerWith(Array.from({ length: 300 }, (_, seed) => ({ parameters: { seed } })));
    expect((await summaries.summary('r')).parameters).toEqual([
      { name: 'seed', values: null, is_numeric: true, least: 0, most: 299 },
    ]);
  });

  test('names the numbers of results, however deep, and no lists', async () => {
    const result = (mean: number) => ({ averages: { press: { mean } }, rows: [1, 2], digest: 'ab', note: null });
    const { summaries } = ledgerWith([{ result: result(1) }, { result: result(4) }, {}]);
    expect((await summaries.summary('r')).fields).toEqual([
      { name: 'result.averages.press.mean', tasks: 2, least: 1, most: 4, mean: 2.5 },
      { name: 'duration', tasks: 2, least: 2, most: 2, mean: 2 },
    ]);
  });

  test('groups failures that differ in numbers only, and tells who computed what', async () => {
    const blown = (step: number) => new Problem('function_error', `step ${step}: energy ${step / 7} is not finite`);
    const { summaries } = ledgerWith([
      { error: blown(120), worker: 'w2' },
      { error: blown(7), worker: 'w10' },
      { error: new Problem('timeout', 'over 500 ms'), worker: 'w2' },
      { result: { checks: [{ name: 'a', value: 1, bound: 0, ok: false }] }, worker: 'w2' },
    ]);
    expect(await summaries.summary('r')).toMatchObject({
      run: { run_id: 'r', status: 'failed' },
      is_current: true,
      failures: [
        {
          code: 'function_error',
          cause: 'step #: energy # is not finite',
          tasks: 2,
          examples: ['t0', 't1'],
          workers: ['w2', 'w10'],
        },
        { code: 'timeout', cause: 'over # ms', tasks: 1 },
      ],
      failures_left_out: 0,
      suspects: 1,
      seconds: 8,
      functions: [{ name: 'benchmark', tasks: 4, versions: ['v1'] }],
      workers: [
        { id: 'w2', succeeded: 1, failed: 2, seconds: 6 },
        { id: 'w10', succeeded: 0, failed: 1, seconds: 2 },
      ],
    });
  });

  test('adds up what computing took, without the wait for a slot', async () => {
    const { summaries } = ledgerWith([
      { result: {}, elapsedMs: 500 },
      { result: {}, elapsedMs: 250 },
    ]);
    expect(await summaries.summary('r')).toMatchObject({ seconds: 0.75, workers: [{ id: 'w1', seconds: 0.75 }] });
  });

  test('is made once as long as nothing changes, and again when something has, after a rest', async () => {
    const { ledger, summaries, clock, surveys } = ledgerWith([
      { parameters: { seed: 1 } },
      { parameters: { seed: 2 } },
    ]);
    await Promise.all([summaries.summary('r'), summaries.summary('r')]);
    await summaries.summary('r');
    expect(surveys()).toBe(1);
    ledger.cancel('r', 't0');
    expect(await summaries.summary('r')).toMatchObject({ is_current: false, run: { tasks: { cancelled: 1 } } });
    expect(surveys()).toBe(1);
    clock.after(1_000, () => {});
    clock.step();
    expect(await summaries.summary('r')).toMatchObject({ is_current: true });
    expect(surveys()).toBe(2);
  });

  test('a run of many tasks is read piece by piece', async () => {
    const { summaries, surveys } = ledgerWith(Array.from({ length: 1_000 }, (_, seed) => ({ parameters: { seed } })));
    expect((await summaries.summary('r')).functions).toEqual([{ name: 'benchmark', tasks: 1_000, versions: [] }]);
    expect(surveys()).toBe(4);
  });

  test('long results make the pieces shorter', () => {
    const long = { result: { rows: Array.from({ length: 20_000 }, () => 1.234567) } };
    const { ledger } = ledgerWith([long, long, long, long]);
    expect(ledger.survey('r', 0, null)).toMatchObject({ tasks: [{ id: 't0' }, { id: 't1' }], next: 2 });
    expect(ledger.survey('r', 2, null)).toMatchObject({ tasks: [{ id: 't2' }, { id: 't3' }], next: 4 });
    expect(ledger.survey('r', 4, null)).toEqual({ tasks: [], next: null });
  });

  test('a result with more numbers than a table has is cut, and one that is no mapping has none', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`n${i}`, i]));
    const row = {
      status: 'succeeded',
      parameters: '{}',
      measured: null,
      error: null,
      is_divergent: 0,
    } as never as Parameters<typeof surveyed>[0];
    expect(Object.keys(surveyed({ ...row, result: JSON.stringify(many) }, null).numbers)).toHaveLength(64);
    expect(surveyed({ ...row, result: '[1]' }, null).numbers).toEqual({});
    expect(surveyed({ ...row, result: '{"a":{"b":3}}' }, { parameters: [], number: 'result.a.b' }).numbers).toEqual({
      'result.a.b': 3,
    });
    expect(surveyed({ ...row, result: '{}' }, { parameters: [], number: 'result.__proto__.x' }).numbers).toEqual({});
  });
});

describe('causes of failures', () => {
  test.each([
    ['step 12: energy 1.5e-7 of 3', 'step #: energy # of #'],
    ['worker12 was lost', 'worker# was lost'],
    ['after -3.2 or +4, 2-3 of 1,000', 'after # or #, #-# of #'],
    ['blob 8967400646c28967400646c2 is missing', 'blob # is missing'],
    ['no numbers, a face and a decade', 'no numbers, a face and a decade'],
    ['x'.repeat(1_000), 'x'.repeat(300)],
  ])('%s', (detail, cause) => {
    expect(causeOf(detail)).toBe(cause);
  });

  test('no more than a hundred groups are listed, the most frequent, and the rest is counted', () => {
    const groups = new FailureGroups();
    const letters = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    for (let i = 0; i < 2_000; i += 1)
      groups.add({ id: `${i}`, worker: 'w', error: { code: 'internal', detail: letters(i) } });
    groups.add({ id: 'again', worker: 'w', error: { code: 'internal', detail: letters(500) } });
    const { failures, failures_left_out } = groups.list();
    expect(failures).toHaveLength(100);
    expect(failures[0]).toMatchObject({ cause: letters(500), tasks: 2 });
    expect(failures_left_out).toBe(2_001 - 101);
  });
});

describe('the grid of a run', () => {
  const fates = [1, 2].flatMap((seed) =>
    [10, 20, 30].map((particles) => ({
      parameters: { seed, particles },
      result: { energy: { mean: seed * particles } },
    })),
  );

  test('has a cell for each pair of values, row by row', async () => {
    const { summaries } = ledgerWith([
      ...fates,
      { parameters: { seed: 2, particles: 30 }, result: { energy: { mean: 0 } } },
      { parameters: { seed: 1, particles: 10 } },
    ]);
    const grid = await summaries.grid('r', { x: 'particles', y: 'seed', field: 'result.energy.mean' });
    expect(grid).toMatchObject({
      ...{ run_id: 'r', is_current: true, field: 'result.energy.mean', without: 1 },
      x: { name: 'particles', values: [10, 20, 30], ranges: null },
      y: { name: 'seed', values: [1, 2], ranges: null },
    });
    expect(grid.cells.map(({ x, y, tasks, mean }) => [x, y, tasks, mean])).toEqual([
      [0, 0, 1, 10],
      [1, 0, 1, 20],
      [2, 0, 1, 30],
      [0, 1, 1, 20],
      [1, 1, 1, 40],
      [2, 1, 2, 30],
    ]);
    expect(grid.cells.at(-1)).toMatchObject({ least: 0, most: 60 });
  });

  test('has one axis where no other is asked for', async () => {
    const { summaries } = ledgerWith(fates);
    const { y, cells } = await summaries.grid('r', { x: 'seed', y: null, field: 'result.energy.mean' });
    expect(y).toBeNull();
    expect(cells).toEqual([
      { x: 0, y: 0, tasks: 3, mean: 20, least: 10, most: 30 },
      { x: 1, y: 0, tasks: 3, mean: 40, least: 20, most: 60 },
    ]);
  });

  test('puts more numbers than it has places into ranges that leave none out', () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 50, maxLength: 120 });
    fc.assert(
      fc.property(numbers, (given) => {
        const values = [...new Set(given)].sort((a, b) => a - b);
        fc.pre(values.length > 40);
        const axis = divide({ name: 'a', values, is_numeric: true, least: values[0]!, most: values.at(-1)! }, false);
        expect(axis.ranges).toHaveLength(40);
        const grid = new RunGrid({ x: axis, y: null }, 'n', (task) => task.parameters.a);
        for (const a of values) grid.add({ parameters: { a }, numbers: { n: a } } as never);
        const { cells, without } = grid.result();
        expect(without).toBe(0);
        for (const { x, least, most } of cells) {
          const { from, to } = axis.ranges![x]!;
          expect(least).toBeGreaterThanOrEqual(from);
          expect(x === 39 ? most <= to : most < to).toBe(true);
        }
      }),
    );
  });

  test('has places for the first of too many texts', () => {
    const values: Scalar[] = Array.from({ length: 60 }, (_, i) => `v${i}`);
    expect(divide({ name: 'a', values, is_numeric: false, least: null, most: null }, false).values).toHaveLength(40);
    expect(divide({ name: 'a', values, is_numeric: false, least: null, most: null }, true).values).toHaveLength(60);
  });

  test.each([
    { query: 'x=seed', pointer: '/field', detail: 'is missing' },
    { query: 'x=seed&field=result.nothing', pointer: '/field', detail: 'should be one of the run' },
    { query: 'x=steps&field=duration', pointer: '/x', detail: 'parameters that vary: seed' },
    { query: 'x=seed&y=seed&field=duration', pointer: '/y', detail: 'another parameter than x' },
    { query: 'x=seed&y=__proto__&field=duration', pointer: '/y', detail: 'should be one of' },
    { query: 'x=&field=duration', pointer: '/x', detail: 'the name of a parameter' },
  ])('$query is refused', async ({ query, pointer, detail }) => {
    const { send, ledger } = await makeApp();
    ledger.submit('r', [
      newTask('a', { function: 'benchmark', parameters: '{"seed":1}' }),
      newTask('b', { function: 'benchmark', parameters: '{"seed":2}' }),
    ]);
    for (const id of ['a', 'b']) {
      const task = ledger.keyOf('r', id)!;
      ledger.start([{ task, run: 1, function: 'benchmark', attempt: 1, workerId: 'w', instance: 'i', isCopy: false }]);
      ledger.finish([{ task, attempt: 1, outcome: { status: 'succeeded', result: '{}', measured: '{}' } }]);
    }
    const answer = await send('GET', `/runs/r/grid?${query}`);
    expect(answer).toMatchObject(problem('invalid_query', 400, detail));
    expect(answer.body.pointer).toBe(pointer);
    expect((await send('GET', '/runs/r/grid?x=seed&field=duration')).status).toBe(200);
  });

  test('an unknown run has neither summary nor grid', async () => {
    const { get } = await makeApp();
    expect(await get('/runs/none/summary')).toMatchObject(problem('unknown_run', 404));
    expect(await get('/runs/none/grid?x=a&field=duration')).toMatchObject(problem('unknown_run', 404));
  });
});
