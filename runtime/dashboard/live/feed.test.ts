import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../wire/frame.ts';
import { encodeFrameMessage, type FrameMessage } from '../../wire/frame-stream.ts';
import { FrameFeed } from './feed.ts';

const NOW = 1_000_000;
const frame = (step: number, ageMs = 0, sentAt = NOW): FrameMessage => ({
  ...{ kind: 'frame', ageMs, sentAt },
  frame: encodeFrame({
    ...{ step, time: 0, box: [1, 1, 1], periodic: [false, false, false], dimensions: 2 },
    ...{ positions: new Float64Array(2), velocities: null },
  }),
});
const note = (state: 'running' | 'ended'): FrameMessage => ({ kind: 'note', note: { state } });

/** A body as it comes: each piece may hold several messages; open at its end if told so. */
function bodyOf(pieces: readonly (readonly FrameMessage[] | Uint8Array)[], isOpen = false): Pick<Response, 'body'> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces)
        controller.enqueue(
          piece instanceof Uint8Array
            ? (piece as Uint8Array<ArrayBuffer>)
            : Uint8Array.from(piece.flatMap((message) => [...encodeFrameMessage(message)])),
        );
      if (!isOpen) controller.close();
    },
  });
  return { body };
}

/** A feed over answers, one for each time it asks; `told` is what it told, `until` waits for some of that. */
function feedOver(answers: (() => Pick<Response, 'body'>)[], now = () => NOW) {
  const told: string[] = [];
  const signals: AbortSignal[] = [];
  let news = Promise.withResolvers<void>();
  const tell = (what: string): void => {
    told.push(what);
    news.resolve();
    news = Promise.withResolvers();
  };
  const feed = new FrameFeed({
    open: async (signal) => {
      signals.push(signal);
      const answer = answers.shift();
      if (!answer) throw new Error('refused');
      return answer();
    },
    onShot: ({ view, madeAt }) => tell(`frame ${view.step} ${NOW - madeAt}`),
    onNote: ({ state }) => tell(state),
    onLost: ({ message }) => tell(`lost: ${message}`),
    isFinal: ({ message }) => message === 'refused',
    now,
    retryMs: 1,
  });
  const until = async (what: string): Promise<void> => {
    while (!told.some((one) => one.startsWith(what))) await news.promise;
  };
  return { feed, told, until, signals };
}

describe('the feed of frames', () => {
  test('tells what comes until the task ends, and asks no more', async () => {
    const { feed, told, until } = feedOver([() => bodyOf([[note('running')], [frame(1, 30)], [note('ended')]])]);
    feed.start();
    await until('ended');
    expect(told).toEqual(['running', 'frame 1 30', 'ended']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(feed.isOpen).toBe(false);
  });

  test('shows only the newest of frames that come together', async () => {
    const { feed, told, until } = feedOver([() => bodyOf([[frame(1), frame(2), frame(3)], [note('ended')]])]);
    feed.start();
    await until('ended');
    expect(told).toEqual(['frame 3 0', 'ended']);
  });

  test('tells how old a frame is, whatever the sender’s clock says', async () => {
    const away = 3_600_000;
    let now = NOW;
    const pieces = [[frame(1, 20, NOW + away)], [frame(2, 20, NOW + away)], [note('ended')]];
    const { feed, told, until } = feedOver([() => bodyOf(pieces)], () => {
      now += 70;
      return now - 70;
    });
    feed.start();
    await until('ended');
    // The second was sent with the first, and took 70 ms longer: it is that much older than it says.
    expect(told).toEqual(['frame 1 20', 'frame 2 20', 'ended']);
  });

  test.each([
    { name: 'breaks', body: () => bodyOf([[note('running')]]), why: 'ended too soon' },
    { name: 'is something else', body: () => bodyOf([new TextEncoder().encode('<html>')]), why: 'no stream' },
    {
      name: 'has a frame that is none',
      body: () => bodyOf([[{ ...frame(1), frame: new Uint8Array(200) } as FrameMessage]]),
      why: 'no frame',
    },
  ])('says so when the stream $name, and tries again', async ({ body, why }) => {
    const { feed, told, until, signals } = feedOver([body, () => bodyOf([[note('ended')]])]);
    feed.start();
    await until('ended');
    expect(told.find((one) => one.startsWith('lost: '))).toContain(why);
    // What is left of the broken one is let go.
    expect(signals[0]!.aborted).toBe(true);
  });

  test('gives up after what need not be tried again', async () => {
    const { feed, told, until } = feedOver([]);
    feed.start();
    await until('lost: refused');
    await new Promise((resolve) => setImmediate(resolve));
    expect(feed.isOpen).toBe(false);
    expect(told).toHaveLength(1);
  });

  test('is let go when it is stopped, and begins again', async () => {
    const { feed, told, until, signals } = feedOver([
      () => bodyOf([[note('running')]], true),
      () => bodyOf([[frame(5)]], true),
    ]);
    feed.start();
    feed.start();
    await until('running');
    feed.stop();
    expect(signals[0]!.aborted).toBe(true);
    feed.start();
    await until('frame 5');
    expect(told).toEqual(['running', 'frame 5 0']);
    expect(signals).toHaveLength(2);
    feed.stop();
  });
});
