import { describe, expect, test } from 'vitest';
import { declarations, findDeclaration } from '../../../functions/catalogue.ts';
import { Problem } from '../../wire/problem.ts';
import { Estimates } from '../dispatch/estimates.ts';
import type { NewTaskRow } from '../ledger/ledger-rows.ts';
import { checkSubmission } from './submission.ts';
import { readTaskList } from './task-list.ts';

const rules = {
  findFunction: (type: string) => findDeclaration(type) ?? undefined,
  functionNames: declarations.flatMap(({ name, alsoNamed }) => [name, ...alsoNamed]),
  slotMemoryBytes: () => 64 * 1024 ** 2,
  holdsBlob: (sha256: string) => sha256.startsWith('a'),
  leastMs: (name: string, cost: number) => new Estimates().leastMs(name, cost),
};

async function submit(text: string, format: 'yaml' | 'json' = 'yaml'): Promise<NewTaskRow[]> {
  return checkSubmission(readTaskList(text, format, 'tasks.yaml'), rules);
}

async function refusal(text: string, format: 'yaml' | 'json' = 'yaml'): Promise<Problem> {
  const thrown = await submit(text, format).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Problem);
  return thrown as Problem;
}

describe('what is accepted', () => {
  test("a task in the original's spelling keeps it, with defaults filled in", async () => {
    const [row] = await submit('tasks: [{id: a, type: benchmark_cython, parameters: {num_particulas: 7, semilla: 1}}]');
    expect(row).toMatchObject({
      id: 'a',
      type: 'benchmark_cython',
      function: 'benchmark_wasm',
      priority: 5,
      retries: 3,
      timeout_ms: null,
    });
    expect(JSON.parse(row!.parameters)).toEqual({ num_particulas: 7, semilla: 1 });
  });

  test('parameters may be left out or empty', async () => {
    const rows = await submit(
      'tasks:\n  - {id: a, type: benchmark}\n  - id: b\n    type: benchmark\n    parameters:\n',
    );
    expect(rows.map(({ parameters }) => parameters)).toEqual(['{}', '{}']);
  });

  test('a deadline that is out of reach may be forced, and one within reach needs no force', async () => {
    const long = '{id: a, type: benchmark_wasm, timeout_ms: 1000, parameters: {steps: 100000000}, force: true}';
    const short = '{id: b, type: benchmark_wasm, timeout_ms: 1000, parameters: {steps: 1000}}';
    const rows = await submit(`tasks: [${long}, ${short}]`);
    expect(rows.map((row) => row.timeout_ms)).toEqual([1000, 1000]);
  });

  test('JSON is the same', async () => {
    const rows = await submit(
      '{"tasks": [{"id": "a", "type": "benchmark", "parameters": {"seed": 4294967295}}]}',
      'json',
    );
    expect(rows).toHaveLength(1);
  });
});

describe('what is refused, and how', () => {
  test.each([
    {
      name: 'more steps than the deadline allows',
      text: 'tasks: [{id: a, type: benchmark_wasm, timeout_ms: 1000, parameters: {particles: 1000, steps: 1000000}}]',
      code: 'deadline_unreachable',
      says: ['about ', 'timeout_ms is 1000', 'force: true'],
    },
    {
      name: 'years of work without a deadline',
      text: 'tasks: [{id: a, type: benchmark_wasm, parameters: {particles: 100000, steps: 1000000000}}]',
      code: 'deadline_unreachable',
      says: ['years', 'a week', 'force: true'],
    },
    { name: 'an empty file', text: ' \n', code: 'no_tasks', says: ['tasks.yaml is empty'] },
    { name: 'no tasks', text: 'tasks:', code: 'no_tasks', says: ['no tasks'] },
    { name: 'an empty list', text: 'tasks: []', code: 'no_tasks', says: ['empty list'] },
    { name: 'no mapping', text: '- a', code: 'invalid_task', says: ['mapping'] },
    {
      name: 'YAML that does not parse',
      text: 'tasks:\n  - id: "a\n',
      code: 'invalid_yaml',
      says: ['tasks.yaml, line 3, column 1'],
    },
    { name: 'a field beside tasks', text: 'tasks: []\nworkers: 3', code: 'invalid_task', says: ['"workers"'] },
    { name: 'a task that is a text', text: 'tasks: [a]', code: 'invalid_task', says: ['task 1', 'given "a"'] },
    {
      name: 'a missing id',
      text: 'tasks: [{type: benchmark}]',
      code: 'invalid_task',
      says: ['task 1', 'id is missing'],
    },
    {
      name: 'an id that is a number',
      text: 'tasks: [{id: 7, type: benchmark}]',
      code: 'invalid_task',
      says: ['given 7', 'must be a text'],
    },
    {
      name: 'an unknown field',
      text: 'tasks: [{id: a, type: benchmark, priorty: 3}]',
      code: 'invalid_task',
      says: ['did you mean "priority"?'],
    },
    {
      name: 'a priority out of bounds',
      text: 'tasks: [{id: a, type: benchmark, priority: 0}]',
      code: 'invalid_task',
      says: ['from 1', 'given 0'],
    },
    {
      name: 'an unknown type',
      text: 'tasks: [{id: a, type: benchmrk}]',
      code: 'unknown_function',
      says: ['task "a"', 'did you mean "benchmark"?'],
    },
    {
      name: 'an unknown parameter',
      text: 'tasks: [{id: a, type: benchmark, parameters: {particle: 3}}]',
      code: 'unknown_parameter',
      says: ['did you mean "particles"?', 'given 3'],
    },
    {
      name: 'both spellings',
      text: 'tasks: [{id: a, type: benchmark, parameters: {seed: 3, semilla: 3}}]',
      code: 'repeated_parameter',
      says: ['"seed" and "semilla"'],
    },
    {
      name: 'a text for a number',
      text: 'tasks: [{id: a, type: benchmark, parameters: {num_pasos: ten}}]',
      code: 'invalid_parameter',
      says: ['num_pasos', 'given "ten"'],
    },
    {
      name: 'NaN',
      text: 'tasks: [{id: a, type: benchmark, parameters: {width: .nan}}]',
      code: 'invalid_parameter',
      says: ['width', 'given NaN'],
    },
    {
      name: 'an infinity',
      text: 'tasks: [{id: a, type: benchmark, parameters: {width: .inf}}]',
      code: 'invalid_parameter',
      says: ['given Infinity'],
    },
    {
      name: 'a seed beyond 2^32 - 1',
      text: 'tasks: [{id: a, type: benchmark, parameters: {seed: 4294967296}}]',
      code: 'invalid_parameter',
      says: ['4294967295', 'given 4294967296'],
    },
    {
      name: 'too much memory',
      text: 'tasks: [{id: a, type: benchmark_wasm, parameters: {particles: 5000000}}]',
      code: 'memory_exceeded',
      says: ['MiB', 'slot'],
    },
    {
      name: 'two tasks of one id',
      text: 'tasks: [{id: a, type: benchmark}, {id: a, type: benchmark}]',
      code: 'duplicate_task_id',
      says: ['tasks 1 and 2'],
    },
  ])('$name', async ({ text, code, says }) => {
    const problem = await refusal(text);
    expect(problem.code).toBe(code);
    for (const words of says) expect(problem.message).toContain(words);
  });

  test('a fault is located by task, pointer, line and column', async () => {
    const problem = await refusal(
      'tasks:\n  - id: fine\n    type: benchmark\n  - id: big\n    type: benchmark\n    parameters:\n      steps: -1\n',
    );
    expect(problem.faults).toMatchObject([
      { task_id: 'big', pointer: '/tasks/1/parameters/steps', detail: expect.stringContaining('line 7, column 7') },
    ]);
  });

  test('all faults are listed, twenty at most', async () => {
    const bad = Array.from({ length: 30 }, (_, index) => `{id: t${index}, type: nope}`);
    const problem = await refusal(`tasks: [${bad.join(', ')}]`);
    expect(problem.faults).toHaveLength(20);
  });

  test('10 001 tasks', async () => {
    const tasks = Array.from({ length: 10_001 }, (_, index) => ({ id: `t${index}`, type: 'noop' }));
    expect(await refusal(JSON.stringify({ tasks }), 'json')).toMatchObject({ code: 'too_many_tasks' });
  });

  test('YAML that unfolds without end', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ntasks: [*c,*c,*c,*c,*c,*c,*c,*c]`;
    expect(await refusal(bomb)).toMatchObject({ code: 'invalid_yaml' });
  });
});
