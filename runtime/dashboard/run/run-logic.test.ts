import { describe, expect, test } from 'vitest';
import type { Run, Task } from '../../wire/task.ts';
import { outlookOf } from './outlook.ts';
import { tasksOfRun } from './run-tasks.ts';

const run = (succeeded: number, queued: number, more: Partial<Run> = {}): Run => ({
  ...{ run_id: 'r', status: 'active', created_at: 0, ended_at: null, tasks_total: succeeded + queued },
  tasks: { succeeded, queued, running: 0, failed: 0, cancelled: 0 },
  ...more,
});

describe('the outlook of a run', () => {
  test('follows from what has ended since it began', () => {
    expect(outlookOf(run(10, 30), 5_000)).toEqual({ rate: 2, secondsLeft: 15 });
  });

  test.each([
    { name: 'too little has ended', given: run(2, 30), now: 5_000 },
    { name: 'it has just begun', given: run(10, 30), now: 1_000 },
    { name: 'it has ended', given: run(10, 0, { status: 'succeeded' }), now: 5_000 },
  ])('says nothing where $name', ({ given, now }) => {
    expect(outlookOf(given, now)).toBeNull();
  });
});

const task = (id: string, more: Partial<Task> = {}): Task => ({
  ...{ run_id: 'r', id, type: 'box', priority: 5, parameters: {}, status: 'succeeded', attempts: 1, worker_id: 'w' },
  ...{ duration: 1, result: null, measured: null, error: null, ...more },
});

describe('the tasks of a run', () => {
  test('are read page by page', async () => {
    const asked: string[] = [];
    const tasks = await tasksOfRun('r 1', async (path) => {
      asked.push(path);
      return asked.length === 1 ? { tasks: [task('a')], next: 7 } : { tasks: [task('b')], next: null };
    });
    expect(tasks.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(asked).toEqual(['/tasks?run_id=r+1&after=0&limit=500', '/tasks?run_id=r+1&after=7&limit=500']);
  });
});
