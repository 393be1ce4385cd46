import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InvocationEventSchema, PingSchema } from '../wire/invocation.ts';
import { ProblemSchema } from '../wire/problem.ts';
import { identityOf } from './invocation.ts';
import { attempt, EventReader, startTestWorker, type TestWorker, until } from './testing/test-worker.ts';

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
});
afterEach(async () => {
  // A failed test must not leave the slots to the next one's harm.
  worker.host.invocations.stopAll('cancelled');
  await worker.host.invocations.idle();
});
afterAll(() => worker.close());

const NDJSON = { accept: 'application/x-ndjson' };

async function problem(response: Response): Promise<v.InferOutput<typeof ProblemSchema>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const document = v.parse(ProblemSchema, await response.json());
  expect(response.status).toBe(document.status);
  return document;
}

describe('POST /invoke of one invocation', () => {
  it('answers with the result, and beside it what depends on the machine', async () => {
    const response = await worker.invoke({ type: 'echo', parameters: { value: [1, 'ä'] } });
    expect(response.status).toBe(200);
    const { result, measured } = (await response.json()) as Record<string, Record<string, unknown>>;
    expect(result).toEqual({ value: [1, 'ä'], resumedFrom: null });
    expect(measured).toMatchObject({ function_version: 'echo-version' });
    expect(measured!.elapsed_ms).toBeTypeOf('number');
    expect(measured!.calls_per_second).toBeGreaterThan(0);
  });

  it('waits for a function that is asynchronous', async () => {
    const response = await worker.invoke({ type: 'later', parameters: { value: 1 } });
    expect(await response.json()).toMatchObject({ result: { value: 1 } });
  });

  it('streams numbered events when asked to', async () => {
    const response = await worker.invoke(attempt('events', 'echo'), { headers: NDJSON });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const events = await new EventReader(response).rest();
    expect(events.map(({ event, seq }) => [event, seq])).toEqual([
      ['started', 1],
      ['succeeded', 2],
    ]);
    for (const event of events) {
      expect(v.is(InvocationEventSchema, event)).toBe(true);
      expect(event).toMatchObject({ ledger_id: 'ledger', run_id: 'run', task_id: 'events', attempt: 1 });
    }
  });

  it('hands a checkpoint to resume from to the function', async () => {
    const resume_from = Buffer.from([5, 6]).toString('base64');
    expect(await (await worker.invoke({ type: 'echo', parameters: {}, resume_from })).json()).toMatchObject({
      result: { resumedFrom: [5, 6] },
    });
  });

  it('sends checkpoints as base64 and progress at most each 100 ms', async () => {
    const reader = new EventReader(await worker.invoke({ type: 'checkpointer', parameters: {} }, { headers: NDJSON }));
    const checkpoint = await reader.next(({ event }) => event === 'checkpoint');
    expect(Buffer.from((checkpoint as { state: string }).state, 'base64')[1]).toBe(7);
    await reader.hangUp();
    const obedient = new EventReader(await worker.invoke({ type: 'obedient', parameters: {} }, { headers: NDJSON }));
    const first = await obedient.next(({ event }) => event === 'progress');
    const second = await obedient.next(({ event }) => event === 'progress');
    expect(first).toMatchObject({ done: 0, total: 1, observables: { turn: 0 } });
    expect(second!.seq - first!.seq).toBeLessThanOrEqual(2);
    await obedient.hangUp();
  });

  const refusals = [
    { name: 'a body that is not JSON', body: '{', code: 'invalid_body', detail: /not JSON/ },
    { name: 'no type', body: '{}', code: 'invalid_body', detail: /type/ },
    { name: 'an unknown function', body: '{"type":"ecko"}', code: 'unknown_function', detail: /did you mean "echo"/ },
    {
      name: 'an unknown parameter',
      body: '{"type":"echo","parameters":{"valu":1}}',
      code: 'unknown_parameter',
      detail: /"valu".*did you mean "value"/,
    },
    { name: 'half a key', body: '{"type":"echo","ledger_id":"l"}', code: 'invalid_body', detail: /run_id/ },
    { name: 'a deadline of 0', body: '{"type":"echo","timeout_ms":0}', code: 'invalid_body', detail: /timeout_ms/ },
    { name: 'too much memory', body: '{"type":"huge"}', code: 'memory_exceeded', detail: /1048576 MiB.*1024 MiB/ },
    {
      name: 'a damaged checkpoint',
      body: '{"type":"echo","resume_from":"A*=="}',
      code: 'invalid_body',
      detail: /base64/,
    },
  ];
  for (const { name, body, code, detail } of refusals)
    it(`refuses ${name}`, async () => {
      const document = await problem(await worker.request('/invoke', { method: 'POST', body }));
      expect(document.code).toBe(code);
      expect(document.detail).toMatch(detail);
    });

  const failures = [
    { value: 'error', code: 'function_error', detail: 'trouble' },
    { value: 'later', code: 'function_error', detail: 'late trouble' },
    { value: 'problem', code: 'invalid_parameter', detail: 'not like that' },
  ];
  for (const { value, code, detail } of failures)
    it(`answers what a function threw (${value})`, async () => {
      const document = await problem(await worker.invoke({ type: 'thrower', parameters: { value } }));
      expect(document).toMatchObject({ code, detail });
    });

  it("keeps this machine's folders and stacks out of an answer, and in the log", async () => {
    const { detail } = await problem(await worker.invoke({ type: 'thrower', parameters: { value: 'path' } }));
    expect(detail).toContain('data.txt');
    expect(detail).not.toContain(process.cwd());
    expect(worker.log.join('\n')).toContain(process.cwd());
  });

  it('refuses a result that JSON would change, naming the place', async () => {
    const document = await problem(await worker.invoke({ type: 'nan', parameters: {} }));
    expect(document).toMatchObject({ code: 'function_error', detail: expect.stringContaining('/inner/1 is NaN') });
  });

  it('logs what a function says, marked with its task', async () => {
    await worker.invoke(attempt('talk', 'talker'));
    expect(worker.log).toContain('info run/talk a line');
  });

  it('tells what a function says, and again to whoever fetches the outcome', async () => {
    const events = await (await worker.stream([attempt('told', 'talker')])).rest();
    const line = { event: 'log', task_id: 'told', line: 1, at: expect.any(Number), level: 'info', message: 'a line' };
    expect(events).toMatchObject([{ event: 'started' }, line, { event: 'succeeded' }]);
    const lines = worker.host.outbox.get('ledger', identityOf(attempt('told', 'talker')))!;
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toMatchObject([line, { event: 'succeeded' }]);
  });

  it('tells the newest 200 lines to whoever joins a talkative one', async () => {
    const chat = attempt('chat', 'chatter', { parameters: { value: 250 } });
    const numbersFrom = async (events: EventReader, count: number): Promise<number[]> => {
      const numbers: number[] = [];
      while (numbers.length < count) {
        const event = await events.next(({ event }) => event === 'log');
        if (event?.event === 'log') numbers.push(event.line);
      }
      return numbers;
    };
    expect((await numbersFrom(await worker.stream([chat]), 250)).at(-1)).toBe(250);
    const told = await numbersFrom(await worker.stream([chat]), 200);
    expect(told).toEqual(Array.from({ length: 200 }, (_, index) => index + 51));
  });
});

describe('POST /invoke of many invocations', () => {
  it('interleaves their events in one answer, which ends when all have ended', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `many-${index}`);
    const events = await (
      await worker.stream(ids.map((id) => attempt(id, 'echo', { parameters: { value: id } })))
    ).rest();
    const succeeded = events.filter(({ event }) => event === 'succeeded');
    expect(new Set(succeeded.map(({ task_id }) => task_id))).toEqual(new Set(ids));
    for (const event of succeeded) expect(event).toMatchObject({ result: { value: event.task_id } });
  });

  it('fails a bad one alone when it can be named', async () => {
    const lines = [attempt('good', 'echo'), attempt('bad', 'ecko'), { ...attempt('worse', 'echo'), timeout_ms: -1 }];
    const events = await (await worker.stream(lines)).rest();
    const ends = Object.fromEntries(events.filter(({ event }) => event !== 'started').map((e) => [e.task_id, e]));
    expect(ends.good).toMatchObject({ event: 'succeeded' });
    expect(ends.bad).toMatchObject({ event: 'failed', status: 'failed', error: { code: 'unknown_function' } });
    expect(ends.worse).toMatchObject({ event: 'failed', error: { code: 'invalid_body' } });
  });

  it('refuses the whole body when a bad line cannot be named, and runs none of it', async () => {
    const { response } = await worker.stream([attempt('before', 'echo'), '{"type":']);
    expect(await problem(response)).toMatchObject({ code: 'invalid_body', detail: expect.stringContaining('line 2') });
    expect(worker.host.outbox.holds(attempt('before', 'echo'))).toBe(false);
  });

  it('tells of one that is named twice in a body once', async () => {
    const events = await (await worker.stream([attempt('twice', 'echo'), attempt('twice', 'echo')])).rest();
    expect(events.map(({ event }) => event)).toEqual(['started', 'succeeded']);
  });

  it('joins an invocation that is here already rather than run it twice', async () => {
    const running = await worker.stream([attempt('once', 'checkpointer')]);
    await running.next(({ event }) => event === 'checkpoint');
    const joined = await worker.stream([attempt('once', 'checkpointer')]);
    expect(await joined.next()).toMatchObject({ event: 'checkpoint', task_id: 'once' });
    expect(worker.host.invocations.unfinished).toBe(1);
    await worker.request('/invocations/ledger/run/once/1', { method: 'DELETE' });
    const ends = await Promise.all([running, joined].map((reader) => reader.next(({ event }) => event === 'failed')));
    expect(ends[0]).toEqual(ends[1]);
    expect(await (await worker.stream([attempt('once', 'checkpointer')])).rest()).toEqual([ends[0]]);
  });
});

describe('a client that goes away', () => {
  it('takes with it what nobody else will ask for, and leaves what belongs to a ledger', async () => {
    const reader = await worker.stream([
      { type: 'obedient', parameters: {}, task_id: 'mine' },
      attempt('theirs', 'obedient'),
    ]);
    await reader.next(({ event, task_id }) => event === 'started' && task_id === 'theirs');
    await reader.hangUp();
    await until(() => worker.host.invocations.unfinished === 1);
    expect(worker.host.invocations.find(attempt('theirs', 'obedient'))?.state).toBe('running');
    await worker.request('/invocations/ledger/run/theirs/1', { method: 'DELETE' });
  });

  it('cancels a single call that it waited for', async () => {
    const hangUp = new AbortController();
    const answer = worker.invoke({ type: 'obedient', parameters: {} }, { signal: hangUp.signal });
    await until(() => worker.host.invocations.running.length === 1);
    hangUp.abort();
    await until(() => worker.host.invocations.unfinished === 0);
    await answer;
  });
});

describe('what a worker says of itself', () => {
  it('answers /ping while every slot computes, and names what runs', async () => {
    const readers = await worker.stream(['one', 'two', 'three'].map((id) => attempt(id, 'deaf')));
    await until(() => worker.host.invocations.running.length === 2);
    const ping = v.parse(PingSchema, await (await worker.request('/ping')).json());
    expect(ping).toMatchObject({
      status: 'online',
      worker_id: 'tester',
      slots: 2,
      waiting: 1,
    });
    expect(new Set(ping.current_tasks)).toEqual(new Set(['run/one', 'run/two']));
    expect(ping.current_task).toBe(ping.current_tasks[0]);
    expect(ping.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    for (const id of ['one', 'two', 'three'])
      await worker.request(`/invocations/ledger/run/${id}/1`, { method: 'DELETE' });
    expect((await readers.rest()).filter(({ event }) => event === 'failed')).toHaveLength(3);
  });

  it('lists its functions with JSON Schemas', async () => {
    const { functions } = (await (await worker.request('/functions')).json()) as { functions: { name: string }[] };
    expect(functions.find(({ name }) => name === 'echo')).toMatchObject({
      version: 'echo-version',
      parameters: { type: 'object', properties: { value: {} }, additionalProperties: false },
    });
  });

  it('is live and ready', async () => {
    expect((await worker.request('/livez')).status).toBe(200);
    expect((await worker.request('/readyz')).status).toBe(200);
  });

  it('answers other paths with a problem', async () => {
    expect(await problem(await worker.request('/nothing'))).toMatchObject({ code: 'not_found' });
  });

  it('wants the token where there is one', async () => {
    const closed = await startTestWorker({ token: 'secret', slots: 1 });
    expect(await problem(await closed.request('/ping'))).toMatchObject({ code: 'unauthorized' });
    expect((await closed.request('/ping', { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
    expect((await closed.request('/livez')).status).toBe(200);
    await closed.close();
  });
});

describe("POST /execute, the original's way", () => {
  it('runs a task as it stands in a task file', async () => {
    const body = JSON.stringify({ id: 'old', type: 'echo', parameters: { value: 1 }, priority: 1, description: 'x' });
    const answer = await (await worker.request('/execute', { method: 'POST', body })).json();
    expect(answer).toMatchObject({ task_id: 'old', worker_id: 'tester', result: { value: 1 } });
    expect(answer.duration).toBeTypeOf('number');
    expect(answer.start_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  });

  it('names what is wrong with a task', async () => {
    const body = JSON.stringify({ type: 'echo', priority: 0 });
    const document = await problem(await worker.request('/execute', { method: 'POST', body }));
    expect(document.code).toBe('invalid_task');
    expect(document.errors?.map(({ pointer }) => pointer)).toEqual(['/id', '/priority']);
  });
});
