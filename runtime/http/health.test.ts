import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addHealthRoutes, type HealthCheck, loopCheck } from './health.ts';

const FINE: HealthCheck = { name: 'disk', fault: () => null };

async function ask(path: string, checks: readonly HealthCheck[]): Promise<[status: number, text: string]> {
  const app = new Hono();
  addHealthRoutes(app, checks);
  const response = await app.request(path);
  return [response.status, await response.text()];
}

describe('/readyz', () => {
  it('is ok where every check is', async () => {
    expect(await ask('/readyz', [FINE])).toEqual([200, 'ok\n']);
  });

  it('lists every check when it is asked to', async () => {
    const text = '[+]ping ok\n[+]disk ok\nreadyz check passed\n';
    expect(await ask('/readyz?verbose', [FINE])).toEqual([200, text]);
  });

  it('says what is wrong, asked for it or not', async () => {
    const late: HealthCheck = { name: 'ledger', fault: () => Promise.resolve('it is read-only') };
    const throws: HealthCheck = { name: 'page', fault: () => Promise.reject(new Error('it is not built')) };
    const text = '[+]ping ok\n[+]disk ok\n[-]ledger: it is read-only\n[-]page: it is not built\nreadyz check failed\n';
    expect(await ask('/readyz', [FINE, late, throws])).toEqual([503, text]);
    expect(await ask('/readyz?verbose', [FINE, late, throws])).toEqual([503, text]);
  });

  it('says that the event loop is held up', async () => {
    expect(await ask('/readyz', [loopCheck({ longestMs: 4_999 })])).toEqual([200, 'ok\n']);
    const [status, text] = await ask('/readyz', [loopCheck({ longestMs: 12_340 })]);
    expect([status, text]).toEqual([503, expect.stringContaining('[-]event_loop: it was held up for 12.3 s\n')]);
  });

  describe('when a check hangs', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('says so in time', async () => {
      const answer = ask('/readyz', [FINE, { name: 'ledger', fault: () => new Promise(() => {}) }]);
      await vi.advanceTimersByTimeAsync(2_000);
      const [status, text] = await answer;
      expect([status, text]).toEqual([503, expect.stringContaining('[-]ledger: it did not answer within 2 s\n')]);
    });
  });
});

describe('/livez', () => {
  it('is ok although a check of readiness is not', async () => {
    const bad: HealthCheck = { name: 'disk', fault: () => 'it is full' };
    expect(await ask('/livez', [bad])).toEqual([200, 'ok\n']);
    expect(await ask('/livez?verbose', [bad])).toEqual([200, '[+]ping ok\nlivez check passed\n']);
  });
});
