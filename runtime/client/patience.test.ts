import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../wire/problem.ts';
import { NoAnswer } from './http-client.ts';
import { patiently } from './patience.ts';

/** Time that passes only in pauses. */
function virtualTime(): { now(): number; sleep(ms: number): Promise<void>; pauses: number[]; random(): number } {
  let now = 0;
  const pauses: number[] = [];
  const sleep = async (ms: number) => {
    now += ms;
    pauses.push(ms);
  };
  return { now: () => now, sleep, pauses, random: () => 1 };
}

function failing(times: number, failure: Error): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw failure;
    return 'answer';
  };
}

const AWAY = new NoAnswer('unavailable', 'away');

describe('patience', () => {
  it('doubles its pauses to a limit', async () => {
    const time = virtualTime();
    expect(await patiently(failing(7, AWAY), { forMs: 60_000 }, time)).toBe('answer');
    expect(time.pauses).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('tells silence and return once each', async () => {
    const [onSilent, onBack] = [vi.fn(), vi.fn()];
    await patiently(failing(3, AWAY), { forMs: 60_000, onSilent, onBack }, virtualTime());
    expect(onSilent).toHaveBeenCalledExactlyOnceWith(AWAY);
    expect(onBack).toHaveBeenCalledOnce();
  });

  it('ends', async () => {
    const onBack = vi.fn();
    await expect(patiently(failing(1e9, AWAY), { forMs: 5_000, onBack }, virtualTime())).rejects.toBe(AWAY);
    expect(onBack).not.toHaveBeenCalled();
  });

  it.each([
    { name: 'an unknown run', failure: new Problem('unknown_run', 'no') },
    { name: 'a failure within', failure: new Problem('internal', 'no') },
    { name: 'a program error', failure: new TypeError('no') },
  ])('has none with $name', async ({ failure }) => {
    const time = virtualTime();
    await expect(patiently(failing(1, failure), { forMs: 5_000 }, time)).rejects.toBe(failure);
    expect(time.pauses).toEqual([]);
  });

  it.each([
    { name: 'an orchestrator that is not ready', failure: new Problem('draining', 'soon') },
    {
      name: 'a submission whose first try is still being recorded',
      failure: new Problem('idempotency_in_progress', 'soon'),
    },
  ])('has some with $name', async ({ failure }) => {
    expect(await patiently(failing(1, failure), { forMs: 5_000 }, virtualTime())).toBe('answer');
  });
});
