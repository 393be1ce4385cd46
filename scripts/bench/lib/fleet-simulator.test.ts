import { describe, expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { lowerBoundMs, type PolicyName, type Scenario, simulate } from './fleet-simulator.ts';
import { seededRandom } from './random.ts';

describe('an event queue', () => {
  test('gives events in the order of their times, equal ones in the order of their coming', () => {
    const queue = new EventQueue<string>();
    for (const [at, event] of [
      [3, 'd'],
      [1, 'a'],
      [2, 'b'],
      [2, 'c'],
      [5, 'e'],
    ] as const)
      queue.push(at, event);
    expect(queue.nextAt).toBe(1);
    expect(Array.from({ length: 6 }, () => queue.pop())).toEqual(['a', 'b', 'c', 'd', 'e', undefined]);
    expect(queue.nextAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a simulated fleet', () => {
  const scenario = (more: Partial<Scenario> = {}): Scenario => ({
    ...{ name: 'a fleet', speeds: [1, 1, 0.5], slots: 1, costs: [1000, 2000, 3000, 4000, 500, 500, 1500] },
    ...{ random: seededRandom(1), jitter: 0, stragglers: 0, isLearned: true, meanMsToFailure: 0, grainMs: 1, ...more },
  });
  const policies: PolicyName[] = ['motes', 'in turn', 'random pull'];

  test.each(policies)('is never faster than the bound: %s', (policy) => {
    const one = scenario();
    expect(lowerBoundMs(one)).toBe(5000);
    expect(simulate(one, policy).makespanMs).toBeGreaterThanOrEqual(5000);
  });

  test.each(policies)('ends all tasks though workers fail: %s', (policy) => {
    const { makespanMs, lost } = simulate(scenario({ meanMsToFailure: 2000 }), policy);
    expect(makespanMs).toBeLessThan(1_000_000);
    expect(lost).toBeGreaterThan(0);
  });

  test('does the same for the same seed', () => {
    const run = () => simulate(scenario({ random: seededRandom(7), jitter: 0.3, meanMsToFailure: 5000 }), 'motes');
    expect(run().makespanMs).toBe(run().makespanMs);
  });
});
