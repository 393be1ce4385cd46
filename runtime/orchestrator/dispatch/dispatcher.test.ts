import { describe, expect, test } from 'vitest';
import type { AttemptKey } from '../../wire/invocation.ts';
import { failed, LEDGER_ID, nameOf, succeeded } from '../testing/fake-transport.ts';
import { LEASE_MS, makeParts, newTask, settle } from '../testing/orchestrator-parts.ts';

/** Parts that have started, with one worker of one slot. */
async function started(...workers: string[]) {
  const parts = makeParts();
  await parts.dispatcher.start();
  for (const id of workers.length > 0 ? workers : ['w1']) await parts.join(id);
  return parts;
}

const keyOf = (task: string, attempt = 1, run = 'r1'): AttemptKey => ({
  ...{ ledger_id: LEDGER_ID, run_id: run, task_id: task, attempt },
});
const tellOf = (parts: ReturnType<typeof makeParts>, task: string) => parts.ledger.task('r1', task).detail;

describe('from the queue to the record', () => {
  test('a task is delivered with its parameters, recorded, and acknowledged', async () => {
    const { transport, ledger, submit } = await started();
    await submit('r1', newTask('a', { timeout_ms: 500 }));
    expect(transport.deliveries).toMatchObject([
      { worker: 'w1', attempts: [{ ...keyOf('a'), type: 'noop', parameters: { a: 1 }, timeout_ms: 500 }] },
    ]);
    expect(ledger.task('r1', 'a').detail).toMatchObject({ status: 'running', worker_id: 'w1', attempts: 1 });
    transport.deliveries[0]!.say({ event: 'started' });
    transport.deliveries[0]!.say(succeeded('bits'));
    await settle();
    expect(ledger.run('r1').status).toBe('succeeded');
    expect(ledger.task('r1', 'a').detail).toMatchObject({ result: { digest: 'bits' }, measured: { elapsed_ms: 10 } });
    expect(transport.acknowledged).toEqual(['r1/a#1']);
  });

  test('one slot takes one task of unknown length; the next follows its end', async () => {
    const { transport, submit } = await started();
    await submit('r1', 'a', 'b');
    expect(transport.deliveries).toHaveLength(1);
    transport.deliveries[0]!.say(succeeded());
    transport.deliveries[0]!.end();
    await settle();
    expect(transport.deliveries[1]!.attempts.map(nameOf)).toEqual(['r1/b#1']);
  });

  test('progress is shown, current tasks are those that have begun', async () => {
    const { transport, dispatcher, submit } = await started();
    await submit('r1', 'a');
    expect(dispatcher.currentTasks('w1')).toEqual([]);
    transport.deliveries[0]!.say({ event: 'started' });
    transport.deliveries[0]!.say({ event: 'progress', done: 2, total: 8 });
    expect(dispatcher.currentTasks('w1')).toEqual(['r1/a']);
    expect(dispatcher.progressOf('r1', 'a', 1)).toEqual({ done: 2, total: 8 });
  });

  test('what a function says is in the log of its task', async () => {
    const { transport, ledger, submit } = await started();
    await submit('r1', 'a');
    const line = { line: 1, at: 0, level: 'warn', message: 'x'.repeat(3000) } as const;
    transport.deliveries[0]!.say({ event: 'log', ...line });
    transport.deliveries[0]!.say({ event: 'log', ...line });
    await settle();
    const lines = ledger.log('r1', 'a').entries.filter(({ kind }) => kind === 'line');
    expect(lines).toMatchObject([{ attempt: 1, line: 1, level: 'warn', message: 'x'.repeat(2000) }]);
  });

  test('more runs than the window has room for all get their turn', async () => {
    const { transport, ledger, remote, dispatcher } = await started();
    for (let number = 0; number < 70; number += 1) await remote.submit(`r${number}`, [newTask('a')], null);
    dispatcher.tasksQueued();
    for (let done = 0; done < 70; done += 1) {
      await settle();
      transport.deliveries[done]!.say(succeeded('d', 1_000));
      transport.deliveries[done]!.end();
    }
    await settle();
    expect(ledger.counts()).toMatchObject({ queued: 0, succeeded: 70 });
  });

  test("a run beside one of another ledger is not touched by that one's events", async () => {
    const { transport, ledger, submit } = await started();
    await submit('r1', 'a');
    transport.deliveries[0]!.say(succeeded(), { ...keyOf('a'), ledger_id: 'another' });
    await settle();
    expect(ledger.task('r1', 'a').detail.status).toBe('running');
    expect(transport.acknowledged).toEqual([]);
  });
});

describe('a worker that declines', () => {
  test('because it drains: the task is handed back for nothing, and the worker gets no more', async () => {
    const parts = await started();
    const { transport, fleet, submit } = parts;
    await submit('r1', newTask('a', { retries: 0 }));
    transport.deliveries[0]!.say(failed('draining'));
    transport.deliveries[0]!.end();
    await settle();
    expect(tellOf(parts, 'a')).toMatchObject({ status: 'queued', history: [{ status: 'released' }] });
    expect(fleet.get('w1')).toMatchObject({ online: true, draining: true });
    expect(transport.deliveries).toHaveLength(1);
    expect(transport.acknowledged).toEqual([]);
  });

  test('because it is full: the task waits longer each time, and its retries are untouched', async () => {
    const parts = await started();
    const { transport, submit, pass } = parts;
    await submit('r1', newTask('a', { retries: 0 }));
    for (let time = 0; time < 5; time += 1) {
      transport.deliveries[time]!.say(failed('overload'));
      transport.deliveries[time]!.end();
      await settle();
      expect(transport.deliveries).toHaveLength(time + 1);
      await pass(250 * 2 ** time);
      expect(transport.deliveries).toHaveLength(time + 2);
    }
    expect(tellOf(parts, 'a').status).toBe('running');
  });

  test.each(['overload', 'draining', 'unauthorized', 'foreign_host', 'body_too_large'] as const)(
    'the whole request with %s: no task is failed',
    async (code) => {
      const parts = await started();
      const { transport, submit } = parts;
      await submit('r1', newTask('a', { retries: 0 }));
      transport.deliveries[0]!.fail(code);
      await settle();
      expect(tellOf(parts, 'a').status).toBe('queued');
    },
  );
});

describe('what is to stop', () => {
  test('a cancelled task is stopped at its worker, and again when a heartbeat says that it runs on', async () => {
    const { transport, remote, dispatcher, submit } = await started();
    await submit('r1', 'a');
    const { stop } = await remote.cancel('r1', 'a');
    dispatcher.attemptsCancelled(stop);
    expect(transport.cancelled).toEqual(['r1/a#1']);
    transport.deliveries[0]!.say({ event: 'heartbeat' });
    expect(transport.cancelled).toEqual(['r1/a#1', 'r1/a#1']);
  });

  test('what a worker runs for nobody is found at a ping, stopped, and heard to its end', async () => {
    const { transport, fleet } = await started();
    transport.outboxes.set('w1', { running: [keyOf('stray')] });
    await fleet.ping('w1');
    await settle();
    expect(transport.cancelled).toEqual(['r1/stray#1']);
    transport.follows[0]!.say(failed('cancelled', 'cancelled'), keyOf('stray'));
    await settle();
    expect(transport.acknowledged).toEqual(['r1/stray#1']);
  });

  test('a deadline that the worker does not enforce is enforced for it', async () => {
    const parts = await started();
    const { transport, submit, pass } = parts;
    await submit('r1', newTask('a', { timeout_ms: 1_000 }));
    transport.deliveries[0]!.say({ event: 'started' });
    await pass(5_500);
    expect(tellOf(parts, 'a').status).toBe('running');
    await pass(1_500);
    expect(tellOf(parts, 'a')).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(transport.cancelled).toEqual(['r1/a#1']);
  });
});

describe('acknowledgements', () => {
  test('of what was concluded here are not sent: the worker may hold a result that is on its way', async () => {
    const { transport, submit, pass } = await started();
    await submit('r1', 'a');
    transport.deliveries[0]!.say({ event: 'started' });
    transport.outboxes.delete('w1');
    transport.deliveries[0]!.fail('worker_lost');
    await pass(LEASE_MS);
    expect(transport.acknowledged).toEqual([]);
  });

  test('that a worker did not take are sent again', async () => {
    const { transport, submit, pass } = await started();
    await submit('r1', 'a');
    transport.acknowledgesNothing = true;
    transport.deliveries[0]!.say(succeeded());
    await settle();
    transport.acknowledgesNothing = false;
    await pass(500);
    expect(transport.acknowledged).toEqual(['r1/a#1']);
  });

  test('of attempts that nobody knows are sent, so that they do not fill the outbox', async () => {
    const { transport, fleet } = await started();
    transport.outboxes.set('w1', { finished: [{ ...keyOf('pruned'), seq: 2, ...succeeded() } as never] });
    await fleet.ping('w1');
    await settle();
    expect(transport.acknowledged).toEqual(['r1/pruned#1']);
  });
});

describe('stragglers', () => {
  /** A long task runs on one worker while another idles, and the first says that it has hardly begun. */
  async function straggler(task = newTask('a')) {
    const parts = await started('w1', 'w2');
    await parts.submit('r1', task);
    const first = parts.transport.deliveries[0]!;
    first.say({ event: 'started' });
    await parts.pass(3_000);
    return { ...parts, parts, first };
  }

  test('are run a second time elsewhere, and the first result wins', async () => {
    const { parts, transport, first } = await straggler();
    expect(transport.deliveries).toHaveLength(2);
    const copy = transport.deliveries[1]!;
    expect(copy.worker).not.toBe(first.worker);
    copy.say(succeeded('same'));
    await settle();
    expect(transport.cancelled).toEqual(['r1/a#1']);
    first.say(succeeded('same'));
    await settle();
    expect(tellOf(parts, 'a')).toMatchObject({
      status: 'succeeded',
      history: [{ status: 'superseded' }, { status: 'succeeded' }],
    });
    expect(transport.acknowledged).toEqual(['r1/a#2', 'r1/a#1']);
  });

  test('a late result with other bits is a divergence', async () => {
    const { parts, transport, first } = await straggler();
    transport.deliveries[1]!.say(succeeded('right'));
    await settle();
    first.say(succeeded('wrong'));
    await settle();
    expect(parts.logged).toContainEqual(expect.stringContaining('divergence'));
    expect(tellOf(parts, 'a')).toMatchObject({
      result: { digest: 'right' },
      history: [{ divergence: { digest: 'wrong' } }, {}],
    });
  });

  test('that are lost while the copy runs on do not bring a third without end', async () => {
    const { parts, transport, first, pass } = await straggler(newTask('a', { retries: 0 }));
    transport.outboxes.set(first.worker, { running: [] });
    first.fail('worker_lost');
    await pass(20_000);
    expect(tellOf(parts, 'a').history).toMatchObject([{ status: 'lost' }, { status: 'running' }]);
  });
});
