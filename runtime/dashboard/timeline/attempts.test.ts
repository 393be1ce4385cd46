import { describe, expect, test } from 'vitest';
import type { TimelineAttempts } from '../../wire/timeline.ts';
import { Attempts } from './attempts.ts';

type Row = [id: string, begun: number | null, ended: number | null, status?: TimelineAttempts['status'][number]];

/** Attempts of one run on one worker, as the server tells them. */
function told(...rows: Row[]): TimelineAttempts {
  return {
    ...{ runs: ['r'], workers: ['w'], types: ['noop'], copies: [], resumed: [], errors: [], checkpoints: [] },
    ...{ run: rows.map(() => 0), worker: rows.map(() => 0), type: rows.map(() => 0), attempt: rows.map(() => 1) },
    id: rows.map(([id]) => id),
    status: rows.map(([, , ended, status]) => status ?? (ended === null ? 'running' : 'succeeded')),
    started: rows.map(([, begun]) => begun ?? 0),
    begun: rows.map(([, begun]) => begun),
    ended: rows.map(([, , ended]) => ended),
  };
}

const lanesOf = (attempts: Attempts) =>
  attempts.lanes.workers.flatMap(({ lanes }) =>
    lanes.map(({ places }) => places.map((place) => attempts.at(place).id)),
  );

describe('what the page knows of attempts', () => {
  test('one that waits has no bar; it gets one when it begins, which ends with it', () => {
    const attempts = new Attempts();
    attempts.merge(told(['a', 10, null], ['b', null, null]));
    expect(lanesOf(attempts)).toEqual([['a']]);
    expect(attempts.running()).toEqual([10]);
    attempts.merge(told(['a', 12, 40], ['b', 45, null]));
    expect(attempts.count).toBe(2);
    expect(lanesOf(attempts)).toEqual([['a', 'b']]);
    const a = attempts.find('r', 'a', 1)!;
    expect([attempts.from(a), attempts.till(a), attempts.at(a).begun]).toEqual([10, 40, 12]);
    expect(attempts.running()).toEqual([45]);
  });

  test('the same told again changes nothing', () => {
    const attempts = new Attempts();
    const answer = told(['a', 0, 10], ['b', 5, 20], ['c', 12, null]);
    attempts.merge(answer);
    const before = lanesOf(attempts);
    attempts.merge(answer);
    expect(lanesOf(attempts)).toEqual(before);
    expect(before).toEqual([['a', 'c'], ['b']]);
    expect(attempts.stretches.spans).toEqual([{ from: 0, to: 20 }]);
  });

  test('what is told later of earlier times finds room beside what is there', () => {
    const attempts = new Attempts();
    attempts.merge(told(['late', 100, 200]));
    attempts.merge(told(['early', 0, 90], ['beside', 80, 120]));
    expect(lanesOf(attempts)).toEqual([['early', 'late'], ['beside']]);
  });

  test('marks belong to their attempts', () => {
    const attempts = new Attempts();
    attempts.merge({
      ...told(['a', 0, 10, 'lost'], ['b', 0, 10]),
      ...{ copies: [1], resumed: [0], errors: [[0, 'worker_lost']] },
      checkpoints: [
        [0, 3],
        [0, 7],
      ],
    });
    expect(attempts.at(0)).toMatchObject({ isCopy: false, isResumed: true, error: 'worker_lost', checkpoints: [3, 7] });
    expect(attempts.at(1)).toMatchObject({ isCopy: true, isResumed: false, error: null, checkpoints: [] });
  });
});
