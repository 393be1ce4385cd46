import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { listFunctions } from '../../function/listing.ts';
import { fieldsOf } from './fields.ts';
import { countTasks, type FormFunction, formOf, type TaskForm, tasksOf } from './task-form.ts';
import { readTasks, writeTasks } from './tasks-text.ts';

const functions = new Map(
  listFunctions(declarations, {}).map((listing): [string, FormFunction] => [
    listing.name,
    { fields: fieldsOf(listing.parameters), spellings: listing.parameter_spellings },
  ]),
);
const find = (type: string) => functions.get(type) ?? null;
const disks = functions.get('benchmark')!;
const form = (values: Record<string, string>, more: Partial<TaskForm> = {}): TaskForm => ({
  ...{ type: 'benchmark', id: 'a', common: {}, values, ...more },
});

describe('a form stands for tasks', () => {
  test('one task holds what was filled in, and nothing of the defaults', () => {
    expect(tasksOf(form({ particles: '5', steps: '' }, { common: { priority: 2 } }), disks)).toEqual([
      { id: 'a', type: 'benchmark', parameters: { particles: 5 }, priority: 2 },
    ]);
    expect(tasksOf(form({}), disks)).toEqual([{ id: 'a', type: 'benchmark' }]);
  });

  test('several values give a task for each of their product, numbered, the last varying fastest', () => {
    const sweep = form({ particles: '10, 20', seed: '1..5' });
    const tasks = tasksOf(sweep, disks)!;
    expect(countTasks(sweep, disks)).toBe(10);
    expect(tasks.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, i) => `a-${String(i + 1).padStart(2, '0')}`),
    );
    expect(tasks[5]!.parameters).toEqual({ particles: 20, seed: 1 });
    expect(tasks[6]!.parameters).toEqual({ particles: 20, seed: 2 });
  });

  test('more than are taken at once are counted and not made', () => {
    const sweep = form({ particles: '1..5000', seed: '1..3' });
    expect(countTasks(sweep, disks)).toBe(15_000);
    expect(tasksOf(sweep, disks)).toBeNull();
  });

  test('choices and values keep their types', () => {
    const fluid = functions.get('lennard_jones')!;
    const values = {
      tail_correction: 'true, false',
      ensemble: 'nvt',
      configuration: '{blob: ab, format: xyz, particles: 3}',
    };
    expect(tasksOf(form(values, { type: 'lennard_jones' }), fluid)!.map(({ parameters }) => parameters)).toEqual([
      { tail_correction: true, ensemble: 'nvt', configuration: { blob: 'ab', format: 'xyz', particles: 3 } },
      { tail_correction: false, ensemble: 'nvt', configuration: { blob: 'ab', format: 'xyz', particles: 3 } },
    ]);
  });

  test('what does not read as it should is sent as it is', () => {
    const fluid = functions.get('lennard_jones')!;
    const values = { particles: 'many', ensemble: 'npt', configuration: '{' };
    expect(tasksOf(form(values, { type: 'lennard_jones' }), fluid)![0]!.parameters).toEqual(values);
  });
});

describe('a form that follows tasks', () => {
  test.each([
    { name: 'one task', given: form({ particles: '5' }, { common: { priority: 2, timeout_ms: 100 } }) },
    { name: 'defaults only', given: form({}) },
    { name: 'a sweep', given: form({ particles: '10, 20', steps: '100', seed: '1..5' }) },
    { name: 'choices', given: form({ ensemble: 'nve, nvt', tail_correction: 'true' }, { type: 'lennard_jones' }) },
    {
      name: 'a value',
      given: form({ configuration: '{"blob":"ab","format":"xyz","particles":3}' }, { type: 'lennard_jones' }),
    },
  ])('$name comes back through the text', ({ given }) => {
    const known = find(given.type)!;
    const text = writeTasks(tasksOf(given, known)!);
    const back = formOf(readTasks(text).tasks!, find)!;
    expect(tasksOf(back, known)).toEqual(tasksOf(given, known));
    const filled = Object.entries(back.values).filter(([, value]) => value !== '');
    expect(Object.fromEntries(filled)).toEqual(given.values);
  });

  test("the original's spellings are the same parameters", () => {
    const tasks = readTasks('tasks: [{id: x, type: benchmark, parameters: {num_particulas: 7}, description: d}]')
      .tasks!;
    expect(formOf(tasks, find)).toMatchObject({ id: 'x', common: { description: 'd' }, values: { particles: '7' } });
  });

  test.each([
    { name: 'two functions', yaml: '[{id: a, type: benchmark}, {id: b, type: gravity}]' },
    { name: 'an unknown function', yaml: '[{id: a, type: nope}]' },
    {
      name: 'ids of their own',
      yaml: '[{id: a, type: benchmark, parameters: {seed: 1}}, {id: b, type: benchmark, parameters: {seed: 2}}]',
    },
    {
      name: 'values that are no product',
      yaml: '[{id: a-1, type: benchmark, parameters: {seed: 1, steps: 1}}, {id: a-2, type: benchmark, parameters: {seed: 2, steps: 2}}]',
    },
    { name: 'an unknown parameter', yaml: '[{id: a, type: benchmark, parameters: {partcles: 1}}]' },
    { name: 'a number as a text', yaml: '[{id: a, type: benchmark, parameters: {seed: "1"}}]' },
    {
      name: 'different priorities',
      yaml: '[{id: a-1, type: benchmark, priority: 1, parameters: {seed: 1}}, {id: a-2, type: benchmark, parameters: {seed: 2}}]',
    },
    { name: 'no tasks', yaml: '[]' },
    { name: 'no mapping', yaml: '[3]' },
    { name: 'parameters that are a list', yaml: '[{id: a, type: benchmark, parameters: [1]}]' },
  ])('$name: none', ({ yaml }) => {
    expect(formOf(readTasks(`tasks: ${yaml}`).tasks!, find)).toBeNull();
  });
});

describe('tasks as text', () => {
  test('many are written a line each, and read as the same', () => {
    const tasks = tasksOf(form({ seed: '1..300' }), disks)!;
    const text = writeTasks(tasks);
    expect(text.split('\n')).toHaveLength(302);
    expect(readTasks(text).tasks).toEqual(tasks);
  });

  test.each(['', 'tasks:', 'tasks: 3', '[1, 2]', 'tasks: [', 'a: *b', '{"tasks": '])('%j holds no list', (text) => {
    expect(readTasks(text).tasks).toBeNull();
  });

  test('a pointer leads to its place, or as near as there is one', () => {
    const text = 'tasks:\n  - id: a\n    parameters: {seed: 1}\n';
    const { locate } = readTasks(text);
    const at = (pointer: string) => text.slice(locate(pointer)!).split(/[\s:]/, 1)[0];
    expect(at('/tasks/0/parameters/seed')).toBe('seed');
    expect(at('/tasks/0/parameters/steps')).toBe('parameters');
    expect(at('/tasks/0/type')).toBe('id');
    expect(locate('/nothing')).toBeNull();
  });

  test('where it does not parse, every pointer leads to the first error', () => {
    expect(readTasks('tasks: [\n  {id: a').locate('/tasks/0')).toBeGreaterThan(0);
  });
});
