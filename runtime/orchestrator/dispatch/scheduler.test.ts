import { describe, expect, test } from 'vitest';
import type { QueuedTask } from '../ledger/ledger-types.ts';
import { schedule, type WorkerView } from './scheduler.ts';

function task(key: number, more: Partial<QueuedTask> = {}): QueuedTask {
  return {
    ...{
      key,
      run: 1,
      runId: 'r',
      id: `t${key}`,
      type: 'noop',
      function: 'noop',
      parameters: '{}',
      priority: 5,
      cost: 1_000,
    },
    ...{ memoryBytes: 1, timeoutMs: null, attempts: 0, lastWorkerId: null, ...more },
  };
}

function worker(id: string, more: Partial<WorkerView> = {}): WorkerView {
  return {
    id,
    slots: 1,
    slotMemoryBytes: 100,
    functions: { noop: 'v1' },
    remainingMs: [],
    chunks: 0,
    isOnProbation: false,
    ...more,
  };
}

/** Where each task goes, as `key@worker`; a cost unit takes a millisecond over the worker's speed. */
function assignments(queued: QueuedTask[], workers: WorkerView[], speeds: Record<string, number> = {}): string[] {
  const speedOf = (_function: string, id: string) => ({ fixedMs: 0, msPerUnit: 1 / (speeds[id] ?? 1), atLeastMs: 0 });
  return schedule({ queued, workers, heldByRun: new Map(), speedOf }).map(
    (assignment) => `${assignment.task.key}@${assignment.workerId}`,
  );
}

describe('long tasks', () => {
  test('each free slot gets one, and no more', () => {
    expect(assignments([task(1), task(2), task(3)], [worker('a'), worker('b')])).toEqual(['1@a', '2@b']);
  });

  test('priority goes before length, length before the order of submission', () => {
    const queued = [task(1), task(2, { cost: 5_000 }), task(3, { priority: 1 })];
    expect(assignments(queued, [worker('a', { slots: 2 })])).toEqual(['3@a', '2@a']);
  });

  test('a task waits for a fast busy worker that would finish it sooner than a slow idle one', () => {
    const workers = [worker('fast', { remainingMs: [100] }), worker('slow')];
    expect(assignments([task(1, { cost: 10_000 })], workers, { fast: 10, slow: 1 })).toEqual([]);
  });

  test('but the slow worker gets what would wait too long for the fast one', () => {
    const workers = [worker('fast', { remainingMs: [100] }), worker('slow')];
    const queued = Array.from({ length: 20 }, (_, index) => task(index));
    expect(assignments(queued, workers, { fast: 10, slow: 1 })).toHaveLength(1);
  });
});

describe('short tasks', () => {
  test('they travel together, up to about 50 ms of work', () => {
    const queued = Array.from({ length: 500 }, (_, index) => task(index, { cost: 1 }));
    expect(assignments(queued, [worker('a')])).toHaveLength(50);
  });

  test('two requests in flight are enough', () => {
    const queued = Array.from({ length: 500 }, (_, index) => task(index, { cost: 0.001 }));
    expect(assignments(queued, [worker('a', { chunks: 2, remainingMs: [0.1] })])).toEqual([]);
  });

  test('nothing is sent ahead to a worker that computes something long', () => {
    const queued = Array.from({ length: 500 }, (_, index) => task(index, { cost: 0.001 }));
    expect(assignments(queued, [worker('a', { remainingMs: [5_000] })])).toEqual([]);
  });
});

describe('who can', () => {
  test('a worker without the function, or with too little memory, gets nothing', () => {
    const queued = [task(1, { function: 'other' }), task(2, { memoryBytes: 1_000 }), task(3)];
    expect(assignments(queued, [worker('a', { slots: 5 })])).toEqual(['3@a']);
  });

  test('a retry goes to another worker where there is one', () => {
    const retry = task(1, { lastWorkerId: 'a' });
    expect(assignments([retry], [worker('a'), worker('b')])).toEqual(['1@b']);
    expect(assignments([retry], [worker('a')])).toEqual(['1@a']);
  });

  test('without workers nothing is assigned', () => {
    expect(assignments([task(1)], [])).toEqual([]);
  });
});

test('the free slots of a worker on probation keep nobody waiting: others run what it may not', () => {
  const onTrial = worker('a', { slots: 4, remainingMs: [3_600_000], isOnProbation: true });
  expect(assignments([task(1), task(2)], [onTrial, worker('b', { slots: 2 })])).toEqual(['1@b', '2@b']);
  expect(assignments([task(1), task(2)], [{ ...onTrial, remainingMs: [] }])).toEqual(['1@a']);
});
