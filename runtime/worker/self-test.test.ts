import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSelfTests, summarizeFaults } from './self-test.ts';
import { startTestWorker, type TestWorker } from './testing/test-worker.ts';

let worker: TestWorker;
beforeEach(async () => {
  worker = await startTestWorker();
});
afterEach(() => worker.close());

const echo = (name: string, value: unknown, expected: string) => ({
  ...{ name, type: 'echo', parameters: { value } },
  expected: { value: expected },
});

test('every test runs on the threads, and is judged', async () => {
  const verdicts = await runSelfTests(worker.host, [
    echo('right', 1.23456, '1.235'),
    echo('wrong', 'b', 'a'),
    { name: 'throws', type: 'thrower', parameters: {}, expected: {} },
    { name: 'unknown', type: 'nothing', parameters: {}, expected: {} },
    { name: 'too large for the slot', type: 'huge', parameters: {}, expected: {} },
  ]);
  expect(verdicts.map(({ name, fault }) => [name, fault])).toEqual([
    ['right', null],
    ['wrong', 'value is b, and should be a'],
    ['throws', expect.any(String)],
    ['unknown', expect.stringContaining('there is no function "nothing"')],
    ['too large for the slot', null],
  ]);
  expect(summarizeFaults(verdicts)).toBe(
    'its self-test failed (wrong: value is b, and should be a, and 2 more) - run `motes selftest` there',
  );
  expect(summarizeFaults(verdicts.slice(0, 1))).toBe(null);
});

test('a worker that failed answers, says why, and takes no work', async () => {
  worker.host.invocations.fault = 'its self-test failed';
  expect(await (await worker.request('/ping')).json()).toMatchObject({ fault: 'its self-test failed' });
  expect((await worker.request('/readyz')).status).toBe(503);
  const answer = await worker.invoke({ type: 'echo', parameters: { value: 1 } });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    code: 'draining',
    detail: 'this worker takes no work: its self-test failed',
  });
});
