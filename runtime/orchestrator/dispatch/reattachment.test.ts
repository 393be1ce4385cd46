import { describe, expect, test } from 'vitest';
import type { AttemptKey } from '../../wire/invocation.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { failed, LEDGER_ID, succeeded } from '../testing/fake-transport.ts';
import { LEASE_MS, makeLedger, makeParts, settle } from '../testing/orchestrator-parts.ts';

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

describe('a stream that breaks', () => {
  test('while the attempt runs on: it is followed where it is, not run again', async () => {
    const parts = await started();
    const { transport, submit } = parts;
    await submit('r1', 'a');
    transport.deliveries[0]!.say({ event: 'started' });
    transport.outboxes.set('w1', { running: [keyOf('a')] });
    transport.deliveries[0]!.fail('worker_lost');
    await settle();
    expect(transport.follows).toMatchObject([{ worker: 'w1' }]);
    transport.follows[0]!.say(succeeded(), keyOf('a'));
    await settle();
    expect(tellOf(parts, 'a')).toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  test('after the end: the outcome is collected from the outbox', async () => {
    const parts = await started();
    const { transport, submit } = parts;
    await submit('r1', 'a');
    transport.outboxes.set('w1', { finished: [{ ...keyOf('a'), seq: 2, ...succeeded('kept') } as never] });
    transport.deliveries[0]!.fail('worker_lost');
    await settle();
    expect(tellOf(parts, 'a')).toMatchObject({ status: 'succeeded', result: { digest: 'kept' } });
    expect(transport.acknowledged).toEqual(['r1/a#1']);
  });

  test('after the end: what was said meanwhile is collected with the outcome, each line once', async () => {
    const parts = await started();
    const { transport, submit, ledger } = parts;
    await submit('r1', 'a');
    const line = (number: number) => ({ line: number, at: 5, level: 'info' as const, message: `line ${number}` });
    transport.deliveries[0]!.say({ event: 'log', ...line(1) });
    const told = [1, 2].map((number) => ({ ...keyOf('a'), seq: number, event: 'log', ...line(number) }) as never);
    transport.outboxes.set('w1', { finished: [...told, { ...keyOf('a'), seq: 3, ...succeeded() } as never] });
    transport.deliveries[0]!.fail('worker_lost');
    await settle();
    const said = ledger.log('r1', 'a').entries.flatMap((entry) => (entry.kind === 'line' ? [entry.message] : []));
    expect(said).toEqual(['line 1', 'line 2']);
    expect(tellOf(parts, 'a').status).toBe('succeeded');
  });

  test('with the worker gone: the task is queued again at once, and prefers another worker', async () => {
    const parts = await started('w1', 'w2');
    const { transport, fleet, submit, pass } = parts;
    await submit('r1', 'a');
    const { worker } = transport.deliveries[0]!;
    transport.outboxes.delete(worker);
    transport.pings.delete(worker);
    transport.deliveries[0]!.fail('worker_lost');
    await settle();
    expect(fleet.get(worker)!.online).toBe(false);
    expect(tellOf(parts, 'a')).toMatchObject({
      status: 'queued',
      history: [{ status: 'lost', error: { code: 'worker_lost' } }],
    });
    await pass(250);
    expect(transport.deliveries[1]!.worker).not.toBe(worker);
  });

  test('again and again without a word is given up, not followed for ever', async () => {
    const parts = await started();
    const { transport, submit } = parts;
    await submit('r1', 'a');
    transport.outboxes.set('w1', { running: [keyOf('a')] });
    transport.deliveries[0]!.fail('worker_lost');
    for (let time = 0; time < 3; time += 1) {
      await settle();
      transport.follows[time]!.fail('worker_lost');
    }
    await settle();
    expect(transport.follows).toHaveLength(3);
    expect(tellOf(parts, 'a').history[0]).toMatchObject({ status: 'lost' });
  });

  test('while another is being asked about: what it leaves behind is asked about after that', async () => {
    const parts = await started();
    const { transport, submit, join } = parts;
    await join('w1', { slots: 2 });
    await submit('r1', 'a');
    await submit('r2', 'b');
    const running = [keyOf('a'), keyOf('b', 1, 'r2')];
    transport.outboxes.set('w1', { running });
    for (const stream of transport.deliveries) stream.fail('worker_lost');
    await settle();
    const [detailA, detailB] = [parts.ledger.task('r1', 'a').detail, parts.ledger.task('r2', 'b').detail];
    expect([detailA, detailB]).toMatchObject([
      { status: 'running', attempts: 1 },
      { status: 'running', attempts: 1 },
    ]);
    expect(parts.logged.filter((line) => line === 're-attached')).toHaveLength(2);
  });
});

describe('an orchestrator that starts again', () => {
  /** One that has two attempts running on w1, and was killed. */
  async function successor() {
    const clock = new VirtualClock();
    const ledger = makeLedger(clock);
    const first = makeParts({ clock, ledger });
    await first.dispatcher.start();
    await first.join('w1', { slots: 2 });
    await first.submit('r1', 'a', 'b');
    return { first, second: makeParts({ clock, ledger }) };
  }

  test('re-attaches to what runs, takes what is finished, and runs nothing twice', async () => {
    const { second } = await successor();
    const finished = [{ ...keyOf('b'), seq: 2, ...succeeded('b') } as never];
    second.transport.outboxes.set('w1', { running: [keyOf('a')], finished });
    await second.dispatcher.start();
    await second.join('w1', { slots: 2 });
    second.transport.follows[0]!.say(succeeded('a'), keyOf('a'));
    await settle();
    expect(second.ledger.run('r1')).toMatchObject({ status: 'succeeded', tasks: { succeeded: 2 } });
    expect(second.transport.deliveries).toEqual([]);
    await second.pass(100);
    expect(second.transport.acknowledged.sort()).toEqual(['r1/a#1', 'r1/b#1']);
  });

  test('stops nothing of a worker that comes before the ledger was read', async () => {
    const { second } = await successor();
    second.transport.outboxes.set('w1', { running: [keyOf('a'), keyOf('b')] });
    await second.join('w1', { slots: 2 });
    expect(second.transport.cancelled).toEqual([]);
    await second.dispatcher.start();
    await settle();
    expect(second.transport.cancelled).toEqual([]);
    expect(second.logged.filter((line) => line === 're-attached')).toHaveLength(2);
  });

  test('gives up what no worker holds after the lease, and not before', async () => {
    const { second } = await successor();
    await second.dispatcher.start();
    await second.pass(LEASE_MS);
    expect(second.ledger.run('r1').tasks).toMatchObject({ running: 2 });
    await second.pass(1_000);
    expect(second.ledger.run('r1').tasks).toMatchObject({ queued: 2, running: 0 });
  });

  test('leaves everything as it is when it stops in order, also what it follows', async () => {
    const { second } = await successor();
    second.transport.outboxes.set('w1', { running: [keyOf('a'), keyOf('b')] });
    await second.dispatcher.start();
    await second.join('w1', { slots: 2 });
    expect(second.transport.follows).toHaveLength(1);
    second.dispatcher.stop();
    await second.transport.close();
    await settle();
    expect(second.ledger.run('r1').tasks).toMatchObject({ running: 2 });
  });

  test("takes a worker's 'cancelled' of a live attempt for a loss: its predecessor had given it up", async () => {
    const { second } = await successor();
    const finished = [{ ...keyOf('a'), seq: 2, ...failed('cancelled', 'cancelled') } as never];
    second.transport.outboxes.set('w1', { running: [keyOf('b')], finished });
    await second.dispatcher.start();
    await second.join('w1', { slots: 2 });
    expect(tellOf(second, 'a')).toMatchObject({ status: 'queued', history: [{ status: 'lost' }] });
  });
});
