import { beforeEach, describe, expect, test } from 'vitest';
import type { TaskChange } from '../../wire/events.ts';
import type { Run } from '../../wire/task.ts';
import { forgetProgress, progress, runs, takeProgress, takeRun, takeTasks } from './store.ts';

const said = (attempt: number, done: number) => ({ run_id: 'r', id: 'a', attempt, done, total: 100 });
const changed = (attempt: number, change: TaskChange['change'], status: TaskChange['status'] = 'running') =>
  takeTasks(0, [{ run_id: 'r', id: 'a', attempt, change, status }]);
const shown = () => progress.value.get('r/a');

describe('the progress of a task', () => {
  beforeEach(() => {
    progress.value = new Map();
  });

  test('is that of the attempt that is furthest, while a copy runs beside the first', () => {
    takeProgress([said(1, 50)]);
    takeProgress([said(2, 10), said(1, 55)]);
    takeProgress([said(2, 12)]);
    expect(shown()).toEqual(said(1, 55));
    takeProgress([said(2, 60)]);
    expect(shown()).toEqual(said(2, 60));
  });

  test('begins anew when its attempt was lost', () => {
    takeProgress([said(1, 50)]);
    changed(1, 'lost');
    expect(shown()).toBeUndefined();
    takeProgress([said(2, 1)]);
    expect(shown()).toEqual(said(2, 1));
  });

  test('stays while another attempt begins, ends or keeps its state', () => {
    takeProgress([said(1, 50)]);
    changed(1, 'checkpoint');
    changed(2, 'running');
    changed(2, 'lost');
    expect(shown()).toEqual(said(1, 50));
  });

  test('goes when the task has ended', () => {
    takeProgress([said(1, 50)]);
    changed(2, 'succeeded', 'succeeded');
    expect(shown()).toBeUndefined();
  });

  test('is forgotten where it is not known what was missed', () => {
    takeProgress([said(1, 50)]);
    forgetProgress();
    expect(shown()).toBeUndefined();
  });
});

test('the newest runs are kept, however many come while the page is open', () => {
  for (let index = 0; index < 1_200; index += 1) takeRun('created', { run_id: `r${index}` } as Run);
  expect(runs.value.size).toBe(1_000);
  expect([...runs.value.keys()].slice(0, 2)).toEqual(['r1199', 'r1198']);
  takeRun('pruned', { run_id: 'r1199' } as Run);
  expect(runs.value.has('r1199')).toBe(false);
});
