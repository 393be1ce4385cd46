import { describe, expect, it } from 'vitest';
import { Problem } from '../wire/problem.ts';
import type { Registration } from '../wire/registration.ts';
import { Registrar } from './registrar.ts';
import { until } from './testing/test-worker.ts';

type Answer = { status: number; body: unknown } | Error;

const ACCEPTED = { status: 200, body: { id: 'w', ledger_id: 'l', heartbeat_ms: 5000 } };
const REFUSED = { status: 409, body: new Problem('worker_id_taken', 'w is alive at another address').toJSON() };
const AWAY = new Error('connect ECONNREFUSED');

/** A registrar whose orchestrator gives these answers, the last one for ever, and whose pauses end when told to. */
function registrarWith(answers: Answer[]) {
  const log: string[] = [];
  const pauses: number[] = [];
  const sent: boolean[] = [];
  let endPause = (): void => {};
  let draining = false;
  const registrar = new Registrar({
    registration: () => ({ draining }) as Registration,
    post: async (registration) => {
      sent.push(registration.draining);
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    log: {
      info: (message) => log.push(`info ${message}`),
      warn: (message) => log.push(`warn ${message}`),
      error: (message) => log.push(`error ${message}`),
    },
    random: () => 1,
    wait: (ms, signal) => {
      pauses.push(ms);
      return new Promise<void>((resolve) => {
        endPause = resolve;
        signal.addEventListener('abort', () => resolve());
      });
    },
  });
  const next = async (): Promise<void> => {
    const before = pauses.length;
    endPause();
    await until(() => pauses.length > before);
  };
  const drain = async (): Promise<void> => {
    draining = true;
    await registrar.announce();
  };
  return { registrar, log, pauses, sent, next, drain };
}

describe('a registrar', () => {
  it('comes back at the interval that the orchestrator asks for, and says so once', async () => {
    const { registrar, log, pauses, next } = registrarWith([ACCEPTED]);
    expect(await registrar.start()).toBe(true);
    await next();
    await next();
    expect(pauses).toEqual([5000, 5000, 5000]);
    expect(log).toEqual(['info registered with the orchestrator as w']);
    await registrar.close();
  });

  it('backs off while nobody answers, says so once, and says when it is back', async () => {
    const { registrar, log, pauses, next } = registrarWith([AWAY, AWAY, AWAY, ACCEPTED]);
    expect(await registrar.start()).toBe(false);
    for (let time = 0; time < 3; time++) await next();
    expect(pauses).toEqual([500, 750, 1250, 5000]);
    expect(log).toHaveLength(2);
    expect(log[0]).toMatch(/^warn .*cannot be reached.*ECONNREFUSED/);
    expect(log[1]).toMatch(/^info registered/);
    await registrar.close();
  });

  it('never waits for longer than some ten seconds', async () => {
    const { registrar, pauses, next } = registrarWith([AWAY]);
    await registrar.start();
    for (let time = 0; time < 20; time++) await next();
    expect(Math.max(...pauses)).toBeLessThan(11_000);
    await registrar.close();
  });

  it('reports a refusal clearly', async () => {
    const { registrar, log } = registrarWith([REFUSED]);
    expect(await registrar.start()).toBe(false);
    expect(log).toEqual([expect.stringMatching(/^error .*worker_id_taken: w is alive at another address/)]);
    await registrar.close();
  });

  it('takes an answer that is none for a missing orchestrator', async () => {
    const { registrar, log } = registrarWith([{ status: 200, body: 'hello' }]);
    await registrar.start();
    expect(log[0]).toMatch(/^warn/);
    await registrar.close();
  });

  it('tells of a drain at once', async () => {
    const { registrar, sent, drain } = registrarWith([ACCEPTED]);
    await registrar.start();
    await drain();
    expect(sent).toEqual([false, true]);
    await registrar.close();
  });
});
