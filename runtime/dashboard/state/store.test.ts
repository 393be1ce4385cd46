import { beforeEach, describe, expect, test } from 'vitest';
import type { TaskChange } from '../../wire/events.ts';
import { progress, takeProgress, takeTasks } from './store.ts';

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
});
