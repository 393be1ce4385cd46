import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTRUSIONS } from './testing/intrusions.ts';
import { startTestWorker, type TestWorker } from './testing/test-worker.ts';

/** How Node says no: an intrusion that fails for another reason proves nothing. */
const DENIED =
  /restricted|ERR_ACCESS_DENIED|requires full|disabled|No such built-in|reading 'DatabaseSync'|process\.binding|may not/;

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker({ slots: 1 });
});
afterAll(() => worker.close());

describe('a function may not', () => {
  for (const name of Object.keys(INTRUSIONS))
    it(name, async () => {
      const response = await worker.invoke({ type: 'intruder', parameters: { value: name } });
      expect(await response.json()).toMatchObject({ code: 'function_error', detail: expect.stringMatching(DENIED) });
    });

  it('see the environment', async () => {
    const response = await worker.invoke({ type: 'environment', parameters: {} });
    expect(await response.json()).toMatchObject({ result: { variables: [] } });
  });
});
