import { describe, expect, test } from 'vitest';
import { type Ping, PROTOCOL_VERSION } from '../../wire/invocation.ts';
import type { Registration } from '../../wire/registration.ts';
import { describeWorker, Fleet } from './fleet.ts';

/** A fleet whose workers are asked by their port, which is also in their instance. */
function fleetWith(answers: Record<number, Promise<never>> = {}, pings: Record<number, Partial<Ping>> = {}) {
  const alive = new Set<number>();
  const fleet = new Fleet({
    transport: {
      ping: async ({ url }) => {
        const port = Number(new URL(url).port);
        if (answers[port]) return answers[port];
        if (!alive.has(port)) throw new Error('ECONNREFUSED');
        return { worker_id: 'worker1', protocol: PROTOCOL_VERSION, instance: instanceOf(port), ...pings[port] } as Ping;
      },
    },
    now: () => 0,
    timers: { set: () => null, clear: () => {} },
    pingIntervalMs: 1000,
    log: () => {},
    onChange: () => {},
    onAnswer: () => {},
    onForget: () => {},
    onNews: () => {},
  });
  const join = async (id: string, port: number, onClash: Registration['on_clash'] = 'suffix'): Promise<string> => {
    alive.add(port);
    return (await fleet.register(registration(id, port, onClash), '10.0.0.1')).id;
  };
  return { fleet, join, die: (port: number) => alive.delete(port) };
}

function instanceOf(port: number): string {
  return `00000000-0000-4000-8000-${String(port).padStart(12, '0')}`;
}

function registration(id: string, port: number, onClash: Registration['on_clash']): Registration {
  const rest = { slots: 1, slot_memory_bytes: 1, functions: {}, draining: false, on_clash: onClash };
  return { id, port, instance: instanceOf(port), protocol: PROTOCOL_VERSION, ...rest };
}

describe('workers of one name', () => {
  test('are told apart by a suffix where they ask for it', async () => {
    const { fleet, join } = fleetWith();
    expect(await join('worker1', 1)).toBe('worker1');
    expect(await join('worker1', 2)).toBe('worker1-2');
    expect(await join('worker1', 3)).toBe('worker1-3');
    expect(await join('worker1-2', 2)).toBe('worker1-2');
    expect(fleet.list().map(({ id, port }) => `${id} ${port}`)).toEqual(['worker1 1', 'worker1-2 2', 'worker1-3 3']);
  });

  test('get different ones when they come at once', async () => {
    const { join } = fleetWith();
    const ids = await Promise.all([1, 2, 3, 4].map((port) => join('worker1', port)));
    expect(ids.sort()).toEqual(['worker1', 'worker1-2', 'worker1-3', 'worker1-4']);
  });

  test('take over the first that is free, its own or another', async () => {
    const { join, die } = fleetWith();
    for (const port of [1, 2, 3]) await join('worker1', port);
    die(2);
    expect(await join('worker1', 4)).toBe('worker1-2');
    die(1);
    expect(await join('worker1', 5)).toBe('worker1');
  });

  test('are refused otherwise, with what to do', async () => {
    const { join } = fleetWith();
    await join('worker1', 1);
    await expect(join('worker1', 2, 'refuse')).rejects.toThrow('--on-clash suffix');
    await join('w'.repeat(64), 3);
    await expect(join('w'.repeat(64), 4)).rejects.toThrow('is alive at');
  });
});

describe('where a worker is', () => {
  test('a ping that fails at its old address says nothing of the new one', async () => {
    const asked = Promise.withResolvers<never>();
    const { fleet, join } = fleetWith({ 1: asked.promise });
    await join('worker1', 1);
    const late = fleet.ping('worker1');
    await fleet.register({ ...registration('worker1', 2, 'refuse'), instance: instanceOf(1) }, '10.0.0.1');
    asked.reject(new Error('timed out'));
    await late;
    expect(fleet.get('worker1')).toMatchObject({ online: true, port: 2 });
  });

  test('one of the network file is looked for there again when it does not answer elsewhere', async () => {
    const { fleet, join, die } = fleetWith();
    fleet.add({ id: 'worker1', host: '10.0.0.1', port: 1 }, 'network');
    await join('worker1', 2);
    expect(fleet.get('worker1')).toMatchObject({ online: true, port: 2 });
    die(2);
    await fleet.ping('worker1');
    expect(fleet.get('worker1')).toMatchObject({ online: false, port: 1 });
  });

  test('what it said before the ledger was read is not forgotten when it is', async () => {
    const { fleet, join } = fleetWith();
    await join('worker1', 2);
    fleet.add({ id: 'worker1', host: '10.0.0.1', port: 1 }, 'registered');
    expect(fleet.get('worker1')).toMatchObject({ online: true, port: 2 });
  });
});

describe('slots', () => {
  test.each([0, -1, 1.5, 4_000_000_000])('%d of them in a ping are nonsense, and stop nobody else', async (slots) => {
    const { fleet, join } = fleetWith({}, { 1: { slots } });
    await join('worker1', 1);
    await fleet.ping('worker1');
    expect(fleet.get('worker1')!.online).toBe(false);
  });

  test('in a registration are bounded', async () => {
    const { fleet } = fleetWith();
    const asked = fleet.register({ ...registration('worker1', 1, 'refuse'), slots: 4_000_000_000 }, '10.0.0.1');
    await expect(asked).rejects.toMatchObject({ code: 'invalid_body', pointer: '/slots' });
  });
});

describe('a worker that finds fault with itself', () => {
  test('gets no work, and says why, until it finds none', async () => {
    const { fleet } = fleetWith();
    const faulty = { ...registration('worker1', 1, 'refuse'), fault: 'its self-test failed' };
    const worker = (await fleet.register(faulty, '10.0.0.1'))!;
    expect(fleet.ready(0)).toEqual([]);
    expect(fleet.condition(worker)).toBe('faulty');
    expect(describeWorker(worker, 'faulty', [])).toMatchObject({ status: 'online', fault: 'its self-test failed' });
    await fleet.register({ ...faulty, fault: null }, '10.0.0.1');
    expect(fleet.ready(0)).toHaveLength(1);
  });

  test('is asked by pings too', async () => {
    const { fleet, join } = fleetWith({}, { 1: { slots: 1, draining: false, fault: 'wrong bits' } });
    await join('worker1', 1);
    expect(fleet.ready(0)).toHaveLength(1);
    await fleet.ping('worker1');
    expect(fleet.ready(0)).toEqual([]);
  });
});
