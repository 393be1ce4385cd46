import { describe, expect, test } from 'vitest';
import type { AttemptKey } from '../wire/invocation.ts';
import { failed, LEDGER_ID, succeeded } from './testing/fake-transport.ts';
import { LEASE_MS, makeParts, newTask, settle } from './testing/orchestrator-parts.ts';

/** Parts that have started, with workers of one slot, and a task that runs on the first. */
async function running(task = newTask('a'), workers: readonly string[] = ['w1']) {
  const parts = makeParts();
  await parts.dispatcher.start();
  for (const id of workers) await parts.join(id);
  await parts.submit('r1', task);
  const stream = parts.transport.deliveries[0]!;
  stream.say({ event: 'started' });
  /** How many attempts ended, by outcome, and the seconds that they took together. */
  const ends = () =>
    [...parts.meter.attempts.entries()].map(([labels, { counts, sum }]) => ({
      ...labels,
      count: counts.reduce((total, count) => total + count, 0),
      sum,
    }));
  return { ...parts, stream, ends };
}

const keyOf = (task: string, attempt = 1): AttemptKey => ({
  ...{ ledger_id: LEDGER_ID, run_id: 'r1', task_id: task, attempt },
});

describe('the meter', () => {
  test('has the seconds from the start of an attempt to its end, by function and outcome', async () => {
    const { stream, pass, ends } = await running();
    await pass(2_000);
    stream.say(succeeded());
    await settle();
    expect(ends()).toEqual([{ function: 'noop', outcome: 'succeeded', count: 1, sum: 2 }]);
  });

  test('has attempts that their user cancelled, once', async () => {
    const { dispatcher, remote, stream, ends } = await running();
    dispatcher.attemptsCancelled((await remote.cancel('r1', 'a')).stop);
    stream.say(failed('cancelled', 'cancelled'));
    await settle();
    expect(ends()).toEqual([{ function: 'noop', outcome: 'cancelled', count: 1, sum: 0 }]);
  });

  test.each([
    { name: 'what the worker declined', event: failed('overload'), cause: 'overload' },
    { name: 'what it handed back', event: failed('released', 'released'), cause: 'released' },
    { name: 'what the function threw', event: failed('function_error'), cause: 'function_error' },
  ])('has retries by cause: $name', async ({ event, cause }) => {
    const task = newTask('a', { retry_on: '["overload","function_error"]' });
    const { stream, meter } = await running(task);
    stream.say(event);
    await settle();
    const counted = [...meter.retries.counts].filter(([, count]) => count > 0);
    expect(counted).toEqual([[cause, 1]]);
  });

  test('has no retry where a task has failed for good', async () => {
    const { stream, meter, ends } = await running(newTask('a', { retries: 0 }));
    stream.say(failed('function_error'));
    await settle();
    expect([...meter.retries.counts.values()].every((count) => count === 0)).toBe(true);
    expect(ends()).toMatchObject([{ outcome: 'failed', count: 1 }]);
  });

  test('has lost workers by how they were lost', async () => {
    const unreachable = await running();
    unreachable.transport.outboxes.delete('w1');
    unreachable.stream.fail('worker_lost');
    await settle();
    expect(unreachable.meter.losses.counts.get('unreachable')).toBe(1);
    expect(unreachable.meter.retries.counts.get('worker_lost')).toBe(1);

    const forgotten = await running();
    forgotten.stream.fail('worker_lost');
    await settle();
    expect(forgotten.meter.losses.counts.get('forgotten')).toBe(1);

    const silent = await running();
    // It answers nobody, not even with a refusal.
    silent.transport.outbox = () => new Promise(() => {});
    silent.stream.fail('worker_lost');
    await silent.pass(LEASE_MS + 1_000);
    expect(silent.meter.losses.counts.get('silent')).toBe(1);
  });

  test('has late results, and those of them whose bits differ', async () => {
    const { stream, pass, transport, meter } = await running(newTask('a'), ['w1', 'w2']);
    await pass(3_000);
    transport.deliveries[1]!.say(succeeded('right'));
    await settle();
    stream.say(succeeded('wrong'));
    await settle();
    expect(meter).toMatchObject({ superseded: 1, divergences: 1, suspects: 0 });
  });

  test('has results with a failed check', async () => {
    const { stream, meter } = await running();
    const result = { checks: [{ name: 'energy', ok: false }] };
    stream.say({ event: 'succeeded', result, measured: {} });
    await settle();
    expect(meter.suspects).toBe(1);
  });
});

describe('a line of the log that is about an attempt names run, task, attempt and worker', () => {
  const about = (attempt: number, worker: string) => ({ run: 'r1', task: 'a', attempt, worker });

  test('of one that failed', async () => {
    const { stream, entries } = await running();
    stream.say(failed('function_error'));
    expect(entries).toContainEqual({ message: expect.stringMatching(/^attempt failed/), about: about(1, 'w1') });
  });

  test('of one that was found again', async () => {
    const { stream, entries, transport } = await running();
    transport.outboxes.set('w1', { running: [keyOf('a')] });
    stream.fail('worker_lost');
    await settle();
    expect(entries).toContainEqual({ message: 're-attached', about: about(1, 'w1') });
  });

  test('of a copy, and of a divergence', async () => {
    const { stream, pass, transport, entries } = await running(newTask('a'), ['w1', 'w2']);
    await pass(3_000);
    const [first, second] = [stream.worker, transport.deliveries[1]!.worker];
    expect(entries).toContainEqual({ message: 'a copy starts here', about: about(2, second) });
    transport.deliveries[1]!.say(succeeded('right'));
    await settle();
    stream.say(succeeded('wrong'));
    await settle();
    expect(entries).toContainEqual({ message: expect.stringMatching(/^divergence/), about: about(1, first) });
  });

  test('of a checkpoint that was not kept, and of a late outcome that was not recorded', async () => {
    const { stream, remote, entries } = await running();
    const refuse = () => Promise.reject(new Error('the disk is full'));
    Object.assign(remote, { saveCheckpoint: refuse, keyOf: refuse });
    stream.say({ event: 'checkpoint', state: 'AAAA' });
    stream.say(succeeded(), keyOf('a', 7));
    await settle();
    expect(entries).toContainEqual({ message: expect.stringMatching(/^a checkpoint/), about: about(1, 'w1') });
    expect(entries).toContainEqual({ message: expect.stringMatching(/^a late outcome/), about: about(7, 'w1') });
  });

  test('of a cancellation that did not arrive, and of a deadline that was not enforced', async () => {
    const { transport, pass, entries } = await running(newTask('a', { timeout_ms: 1_000 }));
    transport.cancel = () => Promise.reject(new Error('no answer'));
    await pass(7_000);
    expect(entries).toContainEqual({ message: expect.stringMatching(/deadline$/), about: about(1, 'w1') });
    expect(entries).toContainEqual({ message: expect.stringMatching(/cancellation/), about: about(1, 'w1') });
  });
});
