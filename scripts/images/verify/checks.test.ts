import { describe, expect, test } from 'vitest';
import vectors from '../../../functions/hard-disks/vectors.json' with { type: 'json' };
import type { Worker } from '../../../runtime/wire/orchestrator-api.ts';
import { judgeClock, judgeCount, judgeDigest, judgeFunctions, judgeStanding, judgeVersion } from './checks.ts';
import { SELF_TEST } from './self-test.ts';

const NOW = Date.parse('2026-01-05T10:00:00.500Z');
const WORKER: Worker = {
  ...{ host: '10.0.0.5', port: 8001, url: 'http://10.0.0.5:8001', last_ping: 1, status: 'online', condition: 'ready' },
  ...{ instance: null, slots: 1, running: 0, current_tasks: [], functions: {} },
};

describe('verify-system', () => {
  test('knows the digest that the original ends with', () => {
    const { particles, steps, seed } = SELF_TEST.parameters;
    const known = vectors.cases.find(
      ({ parameters: p }) => p.num_particulas === particles && p.num_pasos === steps && p.semilla === seed,
    );
    expect(SELF_TEST.digest).toBe(known?.digest);
  });

  test.each([
    { name: 'an equal clock', date: 'Mon, 05 Jan 2026 10:00:00 GMT', isPassed: true, found: 'agrees' },
    { name: 'one that is a little off', date: 'Mon, 05 Jan 2026 09:59:57 GMT', isPassed: true, found: '3.0 s behind' },
    { name: 'one that is far ahead', date: 'Mon, 05 Jan 2026 10:02:00 GMT', isPassed: false, found: '120.0 s ahead' },
    { name: 'no clock', date: null, isPassed: false, found: 'no Date header' },
  ])('judges $name', ({ date, isPassed, found }) => {
    expect(judgeClock('worker1', date, NOW - 10, NOW + 10)).toMatchObject({ isPassed, found });
  });

  test.each([
    { check: judgeStanding('worker1', WORKER), isPassed: true },
    { check: judgeStanding('worker1', { ...WORKER, status: 'offline' }), isPassed: false },
    { check: judgeStanding('worker1', { ...WORKER, condition: 'quarantined' }), isPassed: false },
    { check: judgeStanding('worker1', { ...WORKER, condition: 'draining' }), isPassed: false },
    { check: judgeStanding('worker1', { ...WORKER, condition: 'faulty', fault: 'wrong bits' }), isPassed: false },
    { check: judgeCount(1, null), isPassed: true },
    { check: judgeCount(0, null), isPassed: false },
    { check: judgeCount(2, 3), isPassed: false },
    { check: judgeCount(4, 3), isPassed: true },
    { check: judgeVersion('worker1', '1.0', '1.0'), isPassed: true },
    { check: judgeVersion('worker1', undefined, '1.0'), isPassed: false },
    { check: judgeFunctions('worker1', { a: '1', faulty: '2' }, { a: '1' }), isPassed: true },
    { check: judgeFunctions('worker1', { a: '2' }, { a: '1' }), isPassed: false },
    { check: judgeDigest('worker1', SELF_TEST.digest, 9), isPassed: true },
    { check: judgeDigest('worker1', 'c0ffee', 9), isPassed: false },
  ])('says what to do where $check.what fails: $check.found', ({ check, isPassed }) => {
    expect(check.isPassed).toBe(isPassed);
    expect(check.remedy === '').toBe(isPassed);
  });
});
