import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { InvocationEventSchema } from '../../wire/invocation.ts';
import { isUsualEvent } from './usual-events.ts';

const key = { ledger_id: 'l', run_id: 'r', task_id: 't', attempt: 1, seq: 2 };
const succeeded = { ...key, event: 'succeeded', result: { ok: true }, measured: { elapsed_ms: 1 } };

describe('the short way of an event', () => {
  test.each([
    { name: 'a beginning', event: { ...key, event: 'started' } },
    { name: 'a heartbeat', event: { ...key, event: 'heartbeat' } },
    { name: 'a result', event: succeeded },
    { name: 'a result with fields of a later version', event: { ...succeeded, later: 1 } },
  ])('is taken by $name', ({ event }) => {
    expect(isUsualEvent(event)).toBe(true);
  });

  const replacements = [undefined, null, '', 'a\nb', 'x', 0, 1, -1, 1.5, Number.NaN, [], {}, true];
  const cases = Object.keys(succeeded).flatMap((field) => replacements.map((value) => ({ field, value })));
  test.each(cases)('takes nothing that the schema refuses: $field is $value', ({ field, value }) => {
    for (const event of [
      { ...succeeded, [field]: value },
      { ...key, event: 'started', [field]: value },
    ])
      if (isUsualEvent(event)) expect(v.safeParse(InvocationEventSchema, event).issues).toBeUndefined();
  });

  test.each([null, 3, 'started', [], {}])('is not taken by %j', (value) => {
    expect(isUsualEvent(value)).toBe(false);
  });
});
