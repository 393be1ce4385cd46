import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../wire/frame.ts';
import { type FrameMessage, FrameStreamReader } from '../../wire/frame-stream.ts';
import { failed, succeeded } from '../testing/fake-transport.ts';
import { makeApp, noops, problem } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';

type Parts = Awaited<ReturnType<typeof makeApp>>;

const bytesOf = (step: number): Uint8Array =>
  encodeFrame({
    ...{ step, time: 0, box: [1, 1, 1], periodic: [false, false, false], dimensions: 2 },
    ...{ positions: new Float64Array([0.5, 0.5]), velocities: null },
  });
const frame = (step: number): FrameMessage => ({ kind: 'frame', ageMs: 0, sentAt: 0, frame: bytesOf(step) });
/** As short as a test likes it: `queued`, `running w1#1`, `frame 3`, `ended succeeded`, `idle`. */
function short(message: FrameMessage): string {
  if (message.kind === 'idle') return 'idle';
  if (message.kind === 'frame') return `frame ${new DataView(message.frame.slice().buffer).getFloat64(16, true)}`;
  const { state, status, worker_id, attempt } = message.note;
  return [state, status, worker_id && `${worker_id}#${attempt}`].filter((word) => word !== undefined).join(' ');
}

/** Looks at a task; `next` takes what there is within so many milliseconds of the virtual clock. */
async function look(parts: Parts, task: string, query = '') {
  const response = await parts.app.request(`/tasks/${task}/frames${query}`, { headers: { host: 'localhost:5000' } });
  const reader = response.body!.getReader();
  const messages = new FrameStreamReader();
  const taken: FrameMessage[] = [];
  let isReading = false;
  let isOver = false;
  const read = async (): Promise<void> => {
    if (isReading || isOver) return;
    isReading = true;
    const { done, value } = await reader.read();
    isReading = false;
    isOver = done;
    if (value) taken.push(...messages.take(value));
  };
  const raw = async (ms: number): Promise<FrameMessage[]> => {
    for (let at = 0; at <= ms; at += 10) {
      void read();
      await parts.pass(10);
      await settle();
    }
    return taken.splice(0);
  };
  const next = async (ms = 300): Promise<string[]> => (await raw(ms)).map(short);
  return { response, next, raw, close: () => reader.cancel(), isOver: () => isOver };
}

/** Milliseconds from each frame to the next one. */
function pauses(messages: readonly FrameMessage[]): number[] {
  const times = messages.flatMap((message) => (message.kind === 'frame' ? [message.sentAt] : []));
  return times.slice(1).map((time, index) => time - times[index]!);
}

/** A task `run1/a` that runs on `w1`. */
async function runningTask(): Promise<Parts> {
  const parts = await makeApp();
  await parts.join('w1');
  await parts.submit(noops('a'));
  await settle();
  parts.transport.deliveries[0]!.say({ event: 'started' });
  return parts;
}

describe('a stream of frames', () => {
  test('goes from the queue through the frames to the end', async () => {
    const parts = await makeApp();
    await parts.submit(noops('a'));
    const viewer = await look(parts, 'newest/a');
    expect(viewer.response.headers.get('content-type')).toBe('application/octet-stream');
    expect(await viewer.next()).toEqual(['queued']);
    await parts.join('w1');
    await settle();
    expect(await viewer.next()).toEqual(['running w1#1']);
    const stream = parts.transport.frameStreams[0]!;
    expect(stream.attempt).toMatchObject({ run_id: 'run1', task_id: 'a', attempt: 1 });
    stream.say({ kind: 'note', note: { state: 'waiting' } });
    expect(await viewer.next()).toEqual(['waiting w1#1']);
    stream.say(frame(1));
    expect(await viewer.next()).toEqual(['running w1#1', 'frame 1']);
    stream.say(frame(2));
    parts.transport.deliveries[0]!.say(succeeded());
    stream.say({ kind: 'note', note: { state: 'ended' } });
    stream.end();
    expect(await viewer.next()).toEqual(['frame 2', 'ended succeeded']);
    await viewer.next();
    expect(viewer.isOver()).toBe(true);
    expect(parts.frames.viewers).toBe(0);
  });

  test('is one upstream for all who look at a task, and none once they are gone', async () => {
    const parts = await runningTask();
    const [one, other] = [await look(parts, 'run1/a'), await look(parts, 'run1/a')];
    await Promise.all([one.next(), other.next()]);
    expect(parts.transport.frameStreams).toHaveLength(1);
    const stream = parts.transport.frameStreams[0]!;
    stream.say(frame(1));
    expect(await one.next()).toEqual(['frame 1']);
    expect(await other.next()).toEqual(['frame 1']);
    await one.close();
    await settle();
    expect(stream.isOpen).toBe(true);
    await other.close();
    await settle();
    expect(stream.isOpen).toBe(false);
    expect(parts.frames.viewers).toBe(0);
    const again = await look(parts, 'run1/a');
    await again.next();
    expect(parts.transport.frameStreams).toHaveLength(2);
    await again.close();
  });

  test('shows who comes later the newest frame at once, with its age', async () => {
    const parts = await runningTask();
    const first = await look(parts, 'run1/a');
    await first.next();
    parts.transport.frameStreams[0]!.say({ ...frame(1), ageMs: 30 } as FrameMessage);
    await first.next(100);
    await parts.pass(5_000);
    const later = await look(parts, 'run1/a');
    const messages = await later.raw(50);
    expect(messages.map(short)).toEqual(['running w1#1', 'frame 1']);
    const { ageMs, sentAt } = messages[1] as FrameMessage & { kind: 'frame' };
    expect(ageMs).toBeGreaterThanOrEqual(5_030);
    expect(ageMs).toBeLessThan(5_300);
    expect(sentAt).toBeGreaterThan(0);
    await Promise.all([first.close(), later.close()]);
  });

  test('leaves out for a slow reader all but the newest', async () => {
    const parts = await runningTask();
    const viewer = await look(parts, 'run1/a');
    await viewer.next();
    for (let step = 1; step <= 50; step++) {
      parts.transport.frameStreams[0]!.say(frame(step));
      await parts.pass(100);
    }
    // The first was waited for; of the others it takes the newest, once it takes one.
    expect(await viewer.next(100)).toEqual(['frame 1', 'frame 50']);
    await viewer.close();
  });

  test('comes as often as asked for, ten times a second at most', async () => {
    const parts = await runningTask();
    const [often, seldom] = [await look(parts, 'run1/a'), await look(parts, 'run1/a', '?rate=2')];
    await Promise.all([often.next(), seldom.next()]);
    const speak = async (): Promise<void> => {
      for (let step = 1; step <= 200; step++) {
        parts.transport.frameStreams[0]!.say(frame(step));
        await parts.pass(10);
      }
    };
    const [, many, few] = await Promise.all([speak(), often.raw(2_000), seldom.raw(2_000)]);
    expect(pauses(many)).toEqual(many.slice(1).map(() => 100));
    expect(pauses(few)).toEqual(few.slice(1).map(() => 500));
    expect(few.length).toBeGreaterThan(3);
    await Promise.all([often.close(), seldom.close()]);
    for (const rate of ['0', '11', 'x', '2.5'])
      expect(await parts.get(`/tasks/run1/a/frames?rate=${rate}`)).toMatchObject(problem('invalid_query', 400, 'rate'));
  });

  test('goes on with the next attempt, on another worker', async () => {
    const parts = await runningTask();
    const viewer = await look(parts, 'run1/a');
    await viewer.next();
    parts.transport.frameStreams[0]!.say(frame(7));
    await viewer.next();
    await parts.join('w2');
    parts.transport.deliveries[0]!.say(failed('released', 'released'));
    parts.transport.frameStreams[0]!.fail();
    const told = await viewer.next(2_000);
    expect(told[0]).toBe('unreachable w1#1');
    expect(told.at(-1)).toBe('running w2#2');
    const stream = parts.transport.frameStreams.at(-1)!;
    expect(stream).toMatchObject({ worker: 'w2', attempt: { attempt: 2 } });
    stream.say(frame(8));
    expect(await viewer.next()).toEqual(['frame 8']);
    await viewer.close();
  });

  test('says that it is still there while nothing happens', async () => {
    const parts = await makeApp();
    await parts.submit(noops('a'));
    const viewer = await look(parts, 'run1/a');
    expect(await viewer.next(11_000)).toEqual(['queued', 'idle', 'idle']);
    await viewer.close();
    expect(parts.frames.viewers).toBe(0);
  });

  test('of an ended task ends at once with how it ended', async () => {
    const parts = await runningTask();
    parts.transport.deliveries[0]!.say(failed('function_error'));
    await settle();
    const viewer = await look(parts, 'run1/a');
    expect(await viewer.next()).toEqual(['ended failed']);
    await viewer.next();
    expect(viewer.isOver()).toBe(true);
    expect(parts.transport.frameStreams).toHaveLength(0);
    expect(await parts.get('/tasks/run1/nobody/frames')).toMatchObject(problem('unknown_task', 404));
  });

  test('is for so many and no more', async () => {
    const parts = await runningTask();
    const viewers = [];
    for (let count = 0; count < 64; count++) viewers.push(await look(parts, 'run1/a'));
    expect(await parts.get('/tasks/run1/a/frames')).toMatchObject(problem('overload', 503, 'too many'));
    await viewers[0]!.close();
    const another = await look(parts, 'run1/a');
    expect(another.response.status).toBe(200);
    await Promise.all([another, ...viewers.slice(1)].map((viewer) => viewer.close()));
    await settle();
    expect(parts.frames.viewers).toBe(0);
    expect(parts.transport.frameStreams.every(({ isOpen }) => !isOpen)).toBe(true);
  });

  test('ends when the orchestrator does', async () => {
    const parts = await runningTask();
    const viewer = await look(parts, 'run1/a');
    await viewer.next();
    parts.frames.stop();
    expect(await viewer.next()).toEqual(['ended']);
    expect(parts.transport.frameStreams.every(({ isOpen }) => !isOpen)).toBe(true);
    expect(await parts.get('/tasks/run1/a/frames')).toMatchObject(problem('overload', 503));
  });
});
