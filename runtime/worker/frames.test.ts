import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFrame } from '../wire/frame.ts';
import { attempt, startTestWorker, type TestWorker } from './testing/test-worker.ts';

describe('frames of a worker', () => {
  let worker: TestWorker;
  beforeEach(async () => {
    worker = await startTestWorker();
  });
  afterEach(() => worker.close());

  const frameOf = (place: string) => worker.request(`/invocations/ledger/run/${place}/frame`);

  it('are made when somebody asks, a newer one each time', async () => {
    await worker.stream([attempt('task', 'visible')]);
    const steps: number[] = [];
    for (let look = 0; look < 3; look++) {
      const answer = await frameOf('task/1');
      expect(answer.status).toBe(200);
      const { step, positions } = decodeFrame(await answer.bytes());
      expect([...positions]).toEqual([16384, 32768]);
      steps.push(step);
    }
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
  });

  it('are shared by all who look at the same time', async () => {
    await worker.stream([attempt('task', 'visible')]);
    const answers = await Promise.all([frameOf('task/1'), frameOf('task/1'), frameOf('task/1')]);
    for (const answer of answers) expect(answer.status).toBe(200);
  });

  it('of what waits for a slot come once it runs', async () => {
    const stream = await worker.stream([attempt('first', 'obedient'), attempt('second', 'visible')]);
    await stream.next(({ event }) => event === 'started');
    const looking = frameOf('second/1');
    await worker.request('/invocations/ledger/run/first/1', { method: 'DELETE' });
    expect((await looking).status).toBe(200);
  });

  it('are none of a function that shows nothing, nor after its end', async () => {
    await worker.stream([attempt('blind', 'obedient')]);
    const looking = frameOf('blind/1');
    await worker.request('/invocations/ledger/run/blind/1', { method: 'DELETE' });
    expect((await looking).status).toBe(204);
    expect((await frameOf('blind/1')).status).toBe(404);
  });
});
