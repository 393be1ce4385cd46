import { expect, test } from 'vitest';
import { type Live, remainingMs } from './live-attempts.ts';

function live(more: Partial<Live>): Live {
  return { expectedMs: 10_000, atLeastMs: 0, begunAt: 0, progress: null, ...more } as Live;
}

test.each([
  { name: 'nothing was heard: what its estimate says', attempt: live({ begunAt: null }), now: 5_000, ms: 10_000 },
  { name: 'it has begun: the rest of its estimate', attempt: live({}), now: 4_000, ms: 6_000 },
  { name: 'it is overdue: as long again as it is late', attempt: live({}), now: 40_000, ms: 30_000 },
  {
    name: 'none of its function has ever ended: nobody queues behind it just as what was assumed of it is over',
    attempt: live({ atLeastMs: 100 }),
    now: 10_010,
    ms: 100,
  },
  {
    name: 'its own progress goes before the estimate',
    attempt: live({ progress: { done: 1, total: 5 } }),
    now: 4_000,
    ms: 16_000,
  },
  {
    name: 'its first progress may come with its start, and says nothing',
    attempt: live({ progress: { done: 1, total: 5 } }),
    now: 0,
    ms: 10_000,
  },
])('$name', ({ attempt, now, ms }) => {
  expect(remainingMs(attempt, now)).toBe(ms);
});
