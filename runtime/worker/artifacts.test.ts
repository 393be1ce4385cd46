import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactSpools } from './artifact-spools.ts';
import { seal, unseal } from './envelope.ts';
import { attempt, startTestWorker, type TestWorker, until } from './testing/test-worker.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

describe('the envelope of a checkpoint', () => {
  it.each([
    { name: 'a bare state', artifacts: {}, state: bytes('abc'), isBare: true },
    { name: 'an empty state', artifacts: {}, state: bytes(''), isBare: true },
    { name: 'lengths beside a state', artifacts: { 'a.xyz': 12, b: 0 }, state: bytes('abc'), isBare: false },
    { name: 'a state that looks like an envelope', artifacts: {}, state: bytes('motes:a1....'), isBare: false },
  ])('gives back $name', ({ artifacts, state, isBare }) => {
    const sealed = seal({ state, artifacts });
    expect(unseal(sealed)).toEqual({ state, artifacts });
    expect(sealed === state).toBe(isBare);
  });
});

describe('the spools', () => {
  it('give pieces from an offset on, and forget what lies before', () => {
    const spools = new ArtifactSpools();
    for (const [offset, part] of [
      [0, 'abc'],
      [3, 'def'],
      [6, 'ghi'],
    ] as const)
      spools.append('i', 'x', offset, bytes(part), () => {});
    expect(text(spools.fetch('i', 'x', 0))).toBe('abcdefghi');
    expect(text(spools.fetch('i', 'x', 4))).toBe('efghi');
    expect(() => spools.fetch('i', 'x', 3)).toThrow('kept from byte 4 on, 3 was asked for');
    expect(text(spools.fetch('i', 'x', 9))).toBe('');
    expect(spools.lengths('i')).toEqual({ x: 9 });
  });

  it('keep nothing of what somebody has already, also before it is written', () => {
    const spools = new ArtifactSpools(4);
    let taken = 0;
    spools.append('i', 'x', 0, bytes('ab'), () => taken++);
    expect(text(spools.fetch('i', 'x', 5))).toBe('');
    spools.append('i', 'x', 2, bytes('cdefg'), () => taken++);
    expect(text(spools.fetch('i', 'x', 5))).toBe('fg');
    expect(taken).toBe(2);
  });

  it('make writers wait while they are full, until something is fetched or dropped', () => {
    const spools = new ArtifactSpools(4);
    const taken: string[] = [];
    spools.append('i', 'x', 0, bytes('abcd'), () => taken.push('first'));
    spools.append('j', 'x', 0, bytes('efgh'), () => taken.push('second'));
    expect(taken).toEqual(['first']);
    spools.fetch('i', 'x', 4);
    expect(taken).toEqual(['first', 'second']);
    spools.append('k', 'x', 0, bytes('e'), () => taken.push('third'));
    spools.drop('j');
    expect(taken).toEqual(['first', 'second', 'third']);
  });

  it('know nothing of what was dropped, nor of other names', () => {
    const spools = new ArtifactSpools();
    spools.append('i', 'x', 0, bytes('abc'), () => {});
    expect(() => spools.fetch('i', 'y', 0)).toThrow('no artifact "y"');
    spools.drop('i');
    expect(() => spools.fetch('i', 'x', 0)).toThrow('no artifact "x"');
  });
});

describe('artifacts of a worker', () => {
  let worker: TestWorker;
  beforeEach(async () => {
    worker = await startTestWorker();
  });
  afterEach(() => worker.close());

  const fetchFrom = async (offset: number, place = 'task/1/artifacts/lines.txt') =>
    worker.request(`/invocations/ledger/run/${place}?offset=${offset}`);

  it('are announced, told of with the result, and kept until the outcome is acknowledged', async () => {
    const events = await (await worker.stream([attempt('task', 'writer', { parameters: { value: 3 } })])).rest();
    expect(events.find(({ event }) => event === 'artifact')).toMatchObject({ name: 'lines.txt' });
    expect(events.at(-1)).toMatchObject({ event: 'succeeded', artifacts: { 'lines.txt': 21 } });
    expect(await (await fetchFrom(0)).text()).toBe('line 0\nline 1\nline 2\n');
    expect(await (await fetchFrom(14)).text()).toBe('line 2\n');
    await worker.request('/outbox/ack', { method: 'POST', body: JSON.stringify({ attempts: [attempt('task', '')] }) });
    expect((await fetchFrom(14)).status).toBe(404);
  });

  it('go on after a resume, without a gap or a repeat', async () => {
    const first = await worker.stream([attempt('task', 'writer', { parameters: { value: 1000 } })]);
    const checkpoint = await first.next(({ event }) => event === 'checkpoint');
    if (checkpoint?.event !== 'checkpoint') throw new Error('there was no checkpoint');
    const before = checkpoint.artifacts!['lines.txt']!;
    const again = { ...attempt('task', 'writer', { parameters: { value: 5 } }), attempt: 2 };
    const events = await (await worker.stream([{ ...again, resume_from: checkpoint.state }])).rest();
    expect(events.at(-1)).toMatchObject({ event: 'succeeded', artifacts: { 'lines.txt': 35 } });
    const kept = await (await fetchFrom(before, 'task/2/artifacts/lines.txt')).text();
    const whole = Array.from({ length: 5 }, (_, turn) => `line ${turn}\n`).join('');
    expect(kept).toBe(whole.slice(before));
    expect(before).toBeGreaterThan(0);
  });

  it('of more than fits make the function wait, until they are fetched', async () => {
    const stream = await worker.stream([attempt('task', 'flood', { parameters: { value: 100 } })]);
    const place = 'task/1/artifacts/flood.bin';
    let length = 0;
    while (length < 100 * 2 ** 20) {
      const answer = await fetchFrom(length, place);
      length += answer.status === 200 ? (await answer.bytes()).length : 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await stream.rest()).at(-1)).toMatchObject({
      event: 'succeeded',
      artifacts: { 'flood.bin': 100 * 2 ** 20 },
    });
  });

  it('do not keep a function from being cancelled while it waits for room', async () => {
    await worker.stream([attempt('task', 'flood', { parameters: { value: 1000 } })]);
    const { identity } = worker.host.invocations.ofLedger('ledger')[0]!;
    await until(() => (worker.host.spools.lengths(identity)['flood.bin'] ?? 0) > 64 * 2 ** 20);
    const answer = await worker.request('/invocations/ledger/run/task/1', { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ event: 'failed', status: 'cancelled' });
  });

  it('of a single call are not kept: there is nobody to fetch them', async () => {
    const answer = await worker.invoke({ type: 'flood', parameters: { value: 100 } });
    expect(answer.status).toBe(200);
  });

  it.each(['../x', '', '.hidden', 'a/b', 'x'.repeat(65)])('cannot be called "%s"', async (name) => {
    const answer = await worker.invoke({ type: 'misnamer', parameters: { value: name } });
    expect(await answer.json()).toMatchObject({
      code: 'function_error',
      detail: expect.stringContaining('cannot name'),
    });
  });

  it('wants an offset that is one', async () => {
    expect((await worker.request('/invocations/l/r/t/1/artifacts/x?offset=-1')).status).toBe(400);
  });
});
