import { describe, expect, test } from 'vitest';
import { failed, succeeded } from '../testing/fake-transport.ts';
import { makeParts, newTask, settle } from '../testing/orchestrator-parts.ts';

const RETRIED = newTask('a', { retries: 3 });

/** A task runs on the first of two workers. */
async function running() {
  const parts = makeParts();
  // What an orchestrator before this one left behind.
  parts.states.files.set('stale', Buffer.from('stale'));
  await parts.dispatcher.start();
  await parts.join('w1');
  await parts.submit('r1', RETRIED);
  const say = async (sha256: string, content: string | null) => {
    if (content !== null) parts.transport.blobs.set(`w1 ${sha256}`, content);
    parts.transport.deliveries[0]!.say({ event: 'checkpoint', state: { sha256, bytes: content?.length ?? 5 } });
    await settle();
    await settle();
  };
  /** The task fails at the first worker and goes to the second. */
  const move = async () => {
    parts.transport.deliveries[0]!.say(failed('draining', 'released'));
    parts.transport.deliveries[0]!.end();
    await parts.join('w2');
    await settle();
  };
  parts.transport.deliveries[0]!.say({ event: 'started' });
  return { ...parts, say, move };
}

describe('a state that is named', () => {
  test('is here before the ledger names it, replaces the last, and goes with the task', async () => {
    const { say, states, remote, transport } = await running();
    expect([...states.files.keys()]).toEqual([]);
    await say('one', 'state one');
    expect(String(states.files.get('one'))).toBe('state one');
    expect(await remote.checkpointBlobs()).toEqual(['one']);
    await say('two', 'state two');
    expect([...states.files.keys()]).toEqual(['two']);
    transport.deliveries[0]!.say(succeeded());
    await settle();
    await settle();
    expect([...states.files.keys()]).toEqual([]);
  });

  test('reaches the worker where the task goes on', async () => {
    const { say, move, transport } = await running();
    await say('one', 'state one');
    await move();
    expect(transport.blobs.get('w2 one')).toBe('state one');
    expect(transport.deliveries[1]!.attempts).toMatchObject([{ attempt: 2, resume_from: { sha256: 'one', bytes: 9 } }]);
  });

  test('is not recorded when its worker has it no more: the last one stays', async () => {
    const { say, remote, states, logged } = await running();
    await say('one', 'state one');
    await say('two', null);
    expect(await remote.checkpointBlobs()).toEqual(['one']);
    expect([...states.files.keys()]).toEqual(['one']);
    expect(logged.join('\n')).toContain('a checkpoint was not kept: there is no blob two');
  });

  test('is not missed: a task whose file is gone begins anew', async () => {
    const { say, move, states, transport } = await running();
    await say('one', 'state one');
    states.files.clear();
    await move();
    expect(transport.deliveries[1]!.attempts).toMatchObject([{ attempt: 2 }]);
    expect(transport.deliveries[1]!.attempts[0]!.resume_from).toBeUndefined();
  });
});
