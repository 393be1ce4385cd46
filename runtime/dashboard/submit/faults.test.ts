import { expect, test } from 'vitest';
import { byField, faultsOf } from './faults.ts';

const fault = (detail: string, pointer: string, task_id?: string) => ({
  ...{ code: 'invalid_parameter', detail, pointer, ...(task_id !== undefined && { task_id }) },
});

test('faults stand beside their fields, the first of each, without their place', () => {
  const faults = [
    fault('task "a: b", line 2, column 5: steps must be less', '/tasks/0/parameters/num_pasos', 'a: b'),
    fault('task "c": steps must be less still', '/tasks/1/parameters/steps', 'c'),
    fault('task 3, line 9, column 1: id is missing', '/tasks/2/id'),
    fault('task "a: b": it needs too much memory', '/tasks/0/parameters', 'a: b'),
    fault('the body is empty', ''),
  ];
  expect([...byField(faults, { num_pasos: 'steps' })]).toEqual([
    ['parameters.steps', 'steps must be less'],
    ['id', 'id is missing'],
    ['parameters', 'it needs too much memory'],
  ]);
});

test('a refusal with one fault is that fault', () => {
  expect(faultsOf({ code: 'no_tasks', detail: 'none' })).toEqual([{ code: 'no_tasks', detail: 'none' }]);
  expect(faultsOf({ code: 'x', detail: 'y', errors: [fault('z', '/tasks/0')] })).toEqual([fault('z', '/tasks/0')]);
});
