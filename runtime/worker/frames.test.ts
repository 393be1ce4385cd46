import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFrame } from '../wire/frame.ts';
import { type FrameMessage, FrameStreamReader } from '../wire/frame-stream.ts';
import { attempt, startTestWorker, type TestWorker } from './testing/test-worker.ts';

/** The messages of a stream of frames, one after the other; frames by how many their function has made. */
async function* messagesOf(response: Response): AsyncGenerator<string | number> {
  const reader = new FrameStreamReader();
  for await (const piece of response.body!) for (const message of reader.take(piece)) yield short(message);
}

function short(message: FrameMessage): string | number {
  if (message.kind === 'frame') return decodeFrame(message.frame).time;
  return message.kind === 'note' ? message.note.state : 'idle';
}

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

  describe('in a stream', () => {
    const framesOf = (place: string) => worker.request(`/invocations/ledger/run/${place}/frames`);
    const open = async (place: string) => messagesOf(await framesOf(place));
    const next = async (messages: AsyncGenerator<string | number>) => (await messages.next()).value;
    const stop = (place: string) => worker.request(`/invocations/ledger/run/${place}`, { method: 'DELETE' });

    it('come one after the other until the invocation ends', async () => {
      await worker.stream([attempt('task', 'visible')]);
      const messages = await open('task/1');
      expect(['waiting', 'running']).toContain(await next(messages));
      expect([await next(messages), await next(messages), await next(messages)]).toEqual([1, 2, 3]);
      await stop('task/1');
      const rest = await Array.fromAsync(messages);
      expect(rest.at(-1)).toBe('ended');
      expect((await framesOf('task/1')).status).toBe(404);
    });

    it('are not made any more once the reader is gone', async () => {
      const events = await worker.stream([attempt('task', 'visible')]);
      const messages = await open('task/1');
      await next(messages);
      expect(await next(messages)).toBe(1);
      await messages.return(undefined);
      await events.next(({ event }) => event === 'heartbeat');
      await events.next(({ event }) => event === 'heartbeat');
      // One may have been under way, and this one is asked for.
      expect(decodeFrame(await (await frameOf('task/1')).bytes()).time).toBeLessThanOrEqual(3);
    });

    it('of what waits for a slot begin once it runs, and take nothing from what runs', async () => {
      await worker.close();
      worker = await startTestWorker({ slots: 1 });
      const events = await worker.stream([attempt('first', 'visible'), attempt('second', 'visible')]);
      await events.next(({ event }) => event === 'started');
      const [first, second] = [await open('first/1'), await open('second/1')];
      expect(await next(second)).toBe('waiting');
      const waiting = next(second);
      expect([await next(first), await next(first), await next(first)]).toEqual(['running', 1, 2]);
      await stop('first/1');
      expect(await waiting).toBe(1);
    });

    it('say that a function shows nothing', async () => {
      await worker.stream([attempt('blind', 'obedient')]);
      const messages = await open('blind/1');
      await next(messages);
      expect(await next(messages)).toBe('unseen');
      await stop('blind/1');
      expect(await next(messages)).toBe('ended');
    });

    it('are for so many readers, and free when those are gone', async () => {
      await worker.stream([attempt('task', 'visible')]);
      const answers: Response[] = [];
      for (let count = 0; count < 64; count++) answers.push(await framesOf('task/1'));
      const refused = await framesOf('task/1');
      expect([refused.status, (await refused.json()).code]).toEqual([503, 'overload']);
      for (const answer of answers) await answer.body!.cancel();
      expect((await framesOf('task/1')).status).toBe(200);
    });
  });
});
