import { describe, expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';
import { VirtualClock } from './clock.ts';
import { Random } from './random.ts';
import { runSchedule } from './schedule.ts';
import { MARKERS } from './trace.ts';

/** A few hundred here; ten thousand in `npm run simulate`. */
const SCHEDULES = 400;
/** Rare states that so few schedules need not reach; ten thousand must. */
const SELDOM = ['divergence', 'lease lost in a commit', 'deadline enforced by the orchestrator', 'probation passed'];

test(`${SCHEDULES} schedules of faults: nothing accepted is lost, nothing is recorded twice, all ends`, async () => {
  const { failures, missing } = await runCampaign(1, SCHEDULES);
  expect(failures.map(({ seed, failure, trace }) => `seed ${seed}: ${failure}\n${trace.join('\n')}`)).toEqual([]);
  expect(missing.filter((marker) => !SELDOM.includes(marker))).toEqual([]);
}, 120_000);

describe('determinism', () => {
  test.each([3, 17, 4711])('seed %i gives the same trace twice', async (seed) => {
    const [first, second] = [await runSchedule(seed), await runSchedule(seed)];
    expect(second.trace).toEqual(first.trace);
    expect(second.digest).toBe(first.digest);
  });

  test('schedules that run side by side do not touch each other', async () => {
    const alone = await runSchedule(23);
    const [beside] = await Promise.all([runSchedule(23), runSchedule(24)]);
    expect(beside.digest).toBe(alone.digest);
  });

  test('another seed is another schedule', async () => {
    const digests = await Promise.all([1, 2, 3, 4, 5].map(async (seed) => (await runSchedule(seed)).digest));
    expect(new Set(digests).size).toBe(5);
  });
});

describe('the clock', () => {
  test('runs what is due first, in the order of planning among equals, and nothing that was taken back', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push('late'));
    clock.after(10, () => ran.push('first'));
    clock.after(10, () => ran.push('second'));
    clock.after(5, () => ran.push('never')).run = null;
    while (clock.step());
    expect(ran).toEqual(['first', 'second', 'late']);
    expect(clock.elapsedMs).toBe(20);
  });

  test('keeps a thousand events in order', () => {
    const clock = new VirtualClock();
    const random = new Random(1);
    const ran: number[] = [];
    for (let count = 0; count < 1_000; count += 1) clock.after(random.integer(0, 300), () => ran.push(clock.elapsedMs));
    while (clock.step());
    expect(ran).toHaveLength(1_000);
    expect(ran).toEqual(ran.toSorted((a, b) => a - b));
  });

  test("a dead process's timers never fire", () => {
    const clock = new VirtualClock();
    let isAlive = true;
    let fired = 0;
    const timers = clock.timers(() => isAlive);
    timers.set(() => (fired += 1), 10);
    timers.set(() => (fired += 1), 20);
    clock.step();
    isAlive = false;
    clock.step();
    expect(fired).toBe(1);
  });
});

test('the generator is uniform enough, and the same for the same seed', () => {
  const random = new Random(42);
  const again = new Random(42);
  const counts = new Array(10).fill(0) as number[];
  for (let draw = 0; draw < 10_000; draw += 1) {
    const value = random.next();
    expect(again.next()).toBe(value);
    counts[Math.floor(value * 10)]! += 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('no marker is named twice', () => {
  expect(new Set(MARKERS).size).toBe(MARKERS.length);
});
