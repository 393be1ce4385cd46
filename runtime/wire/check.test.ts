import { expect, test } from 'vitest';
import { failedChecks } from './check.ts';

const passed = { name: 'momentum', value: 0, bound: 1e-9, ok: true };
const failed = { name: 'energy_drift', value: 0.2, bound: 1e-4, ok: false };

test.each([
  { name: 'no result', result: null, expected: [] },
  { name: 'a result without checks', result: { digest: 'abc' }, expected: [] },
  { name: 'checks that are no list', result: { checks: 'all fine' }, expected: [] },
  { name: 'only good ones', result: { checks: [passed] }, expected: [] },
  { name: 'one failed', result: { checks: [passed, failed] }, expected: [failed] },
  { name: 'something else in the list', result: { checks: [null, { ok: false }, failed] }, expected: [failed] },
])('$name', ({ result, expected }) => {
  expect(failedChecks(result)).toEqual(expected);
});
