import { describe, expect, it } from 'vitest';
import { EventStream } from './event-stream.ts';
import { problemOf } from './failure.ts';
import { Invocation, type InvocationOwner, identityOf } from './invocation.ts';
import { stringifyResult } from './json-safety.ts';
import { measure } from './measured.ts';

describe('stringifyResult', () => {
  it('gives JSON of plain data, and leaves out what is undefined', () => {
    expect(stringifyResult({ a: [1, 'x', null, { b: true }], gone: undefined })).toBe('{"a":[1,"x",null,{"b":true}]}');
  });

  const unfit: { name: string; value: unknown; message: RegExp }[] = [
    { name: 'NaN', value: { a: { b: [0, Number.NaN] } }, message: /\/a\/b\/1 is NaN/ },
    { name: 'infinity', value: { a: -1 / 0 }, message: /\/a is -Infinity/ },
    { name: 'a typed array', value: { a: new Float64Array(2) }, message: /\/a is an object of class Float64Array/ },
    { name: 'a big integer', value: { a: 1n }, message: /\/a is 1/ },
    { name: 'a function', value: { a: () => {} }, message: /\/a is a function/ },
    { name: 'a hole', value: { a: [undefined] }, message: /\/a\/0 is undefined/ },
    { name: 'no fields at all', value: 3, message: /named fields, but gave 3/ },
    { name: 'nothing', value: undefined, message: /but gave undefined/ },
  ];
  for (const { name, value, message } of unfit)
    it(`refuses ${name}`, () => {
      expect(() => stringifyResult(value)).toThrow(message);
    });

  it('refuses what contains itself', () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    expect(() => stringifyResult(ring)).toThrow(/ring/);
  });
});

describe('measure', () => {
  it('derives speeds from amounts', () => {
    expect(measure(12.34567, { steps: 1000 }, 'v')).toEqual({
      elapsed_ms: 12.346,
      steps_per_second: 81000.1,
      function_version: 'v',
    });
  });

  it('stays finite when the clock stood still', () => {
    expect(measure(0, { steps: 1 }, 'v')).toMatchObject({ elapsed_ms: 0, steps_per_second: 1_000_000 });
  });
});

describe('problemOf', () => {
  it('makes a function_error of anything that is thrown', () => {
    expect(problemOf('text')).toMatchObject({ code: 'function_error', message: 'text' });
    expect(problemOf(new RangeError(''))).toMatchObject({ message: 'RangeError' });
    expect(problemOf(new Error('x'.repeat(5000))).message).toHaveLength(1000);
  });
});

describe('an event stream', () => {
  const owner: InvocationOwner = {
    started() {},
    ended() {},
    deadlinePassed() {},
    logged() {},
    wrote() {},
    keptState: () => true,
  };
  const key = { task_id: 'x' };
  const input = {
    type: 'echo',
    parameters: {},
    resumeFrom: null,
    cost: 1,
    timeoutMs: null,
    heldBytes: 0,
    blobs: { inputs: [], resumeFrom: null },
  };
  const listened = (stream: EventStream): Invocation => {
    const invocation = new Invocation({ ...input, key, identity: identityOf(key) }, owner);
    invocation.join(stream);
    stream.listenTo(invocation);
    stream.seal();
    return invocation;
  };

  it('sends what happens together in one piece', async () => {
    const stream = new EventStream(() => {});
    const invocation = listened(stream);
    invocation.started();
    invocation.progressed('"done":1,"total":2');
    const reader = stream.body.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value).split('\n')).toHaveLength(3);
    invocation.ended({ ok: true, json: '"result":{},"measured":{}' });
    expect((await reader.read()).done).toBe(false);
    expect((await reader.read()).done).toBe(true);
  });

  it('leaves out for a slow reader what a later event replaces, never the end', async () => {
    const stream = new EventStream(() => {});
    const invocation = listened(stream);
    invocation.started();
    for (let turn = 0; turn < 100_000; turn++) invocation.progressed('"done":1,"total":2');
    invocation.ended({ ok: true, json: '"result":{},"measured":{}' });
    const text = await new Response(stream.body).text();
    expect(text.length).toBeLessThan(1_100_000);
    expect(text.trimEnd().split('\n').at(-1)).toContain('"succeeded"');
  });

  it('cuts off a reader that lets too much pile up', async () => {
    const gone: Invocation[] = [];
    const stream = new EventStream((unfinished) => gone.push(...unfinished));
    const invocation = listened(stream);
    stream.line('x'.repeat(60 * 1024 * 1024));
    const other = new Invocation({ ...input, key, identity: identityOf(key) }, owner);
    other.join(stream);
    other.ended({ ok: true, json: 'y'.repeat(5 * 1024 * 1024) });
    expect(gone).toEqual([invocation]);
    expect(await new Response(stream.body).text()).toBe('');
  });
});
