/** Functions that behave in one way each, for the worker's tests. */
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { defineFunction, type FunctionDeclaration, type Run } from '../../function/declaration.ts';
import { Problem } from '../../wire/problem.ts';
import { INTRUSIONS } from './intrusions.ts';

const values = v.strictObject({ value: v.optional(v.unknown()) });
const anything = v.looseObject({});

function declare(name: string, memory = 1024): FunctionDeclaration {
  return defineFunction({
    ...{ name, title: name, description: name, parameters: values, result: anything },
    costUnit: 'calls',
    cost: () => 1,
    memory: () => memory,
    ...(name === 'taker' && { inputs: ({ value }) => [String(value)] }),
  });
}

const work: Record<string, Run> = {
  echo: ({ value }, context) => ({
    result: { value, resumedFrom: context.resumeFrom ? [...context.resumeFrom] : null },
    amounts: { calls: 1 },
  }),
  /** Runs until it is asked to stop, and stops then. */
  obedient: (_parameters, context) => {
    for (let turn = 0; ; turn++) {
      context.progress(turn, turn + 1, { turn, broken: Number.NaN });
      context.signal.throwIfAborted();
    }
  },
  /** Never looks up. */
  deaf: () => {
    for (;;);
  },
  /** Yields, and never ends. */
  absent: () => new Promise(() => {}),
  /** Deaf if told so, else over at once: what a pool cannot foresee. */
  moody: ({ value }) => {
    if (value === 'deaf') for (;;);
    return { result: {} };
  },
  /** Waits for a turn of its event loop. */
  later: async ({ value }) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { result: { value } };
  },
  checkpointer: (_parameters, context) => {
    for (let turn = 1; ; turn++) {
      context.checkpoint(() => new Uint8Array([turn & 0xff, 7]));
      context.signal.throwIfAborted();
    }
  },
  /** Takes states of so many megabytes, all the same in length, until it is stopped. */
  saver: ({ value }, context) => {
    for (let turn = context.resumeFrom?.[0] ?? 0; ; turn++) {
      context.checkpoint(() => new Uint8Array(Number(value) * 2 ** 20).fill(turn));
      context.signal.throwIfAborted();
    }
  },
  /** Appends a line a turn, with a checkpoint after each, up to turn `value`; a resumed one goes on. */
  writer: ({ value }, context) => {
    const lines = context.artifact('lines.txt');
    for (let turn = context.resumeFrom?.[0] ?? 0; turn < Number(value); turn++) {
      lines.append(`line ${turn}\n`);
      context.checkpoint(() => new Uint8Array([turn + 1]));
      context.signal.throwIfAborted();
    }
    return { result: {} };
  },
  /** Reads the blob that `value` names, and has announced it. */
  taker: ({ value }, context) => ({ result: { text: new TextDecoder().decode(context.input(String(value))) } }),
  /** Reads it without having announced it. */
  peeker: ({ value }, context) => ({ result: { text: String(context.input(String(value))) } }),
  /** Appends so many megabytes. */
  flood: ({ value }, context) => {
    const megabyte = new Uint8Array(2 ** 20).fill(7);
    for (let turn = 0; turn < Number(value); turn++) context.artifact('flood.bin').append(megabyte);
    return { result: {} };
  },
  misnamer: ({ value }, context) => {
    context.artifact(String(value)).append('x');
    return { result: {} };
  },
  /**
   * Shows itself until it is asked to stop; `value` is a turn before which it shows nothing. The time of a frame is how
   * many it has made.
   */
  visible: ({ value }, context) => {
    let time = 0;
    for (let step = 0; ; step++) {
      const positions = new Float64Array([0.25, 0.5]);
      const place = { box: [1, 1, 1], periodic: [false, false, false], dimensions: 2 } as const;
      const shape = { ...place, positions, velocities: null };
      if (step >= Number(value ?? 0)) context.frame(() => ({ step, time: ++time, ...shape }));
      context.signal.throwIfAborted();
    }
  },
  talker: (_parameters, context) => {
    context.log('a line');
    return { result: {} };
  },
  /** Says `value` lines, then nothing more. */
  chatter: ({ value }, context) => {
    for (let line = 1; line <= Number(value); line++) context.log(`line ${line}`);
    for (;;) context.signal.throwIfAborted();
  },
  thrower: ({ value }) => {
    if (value === 'problem') throw new Problem('invalid_parameter', 'not like that', { pointer: '/parameters/value' });
    if (value === 'path') throw new Error(`cannot read ${fileURLToPath(new URL('.', import.meta.url))}data.txt`);
    if (value === 'later') return Promise.reject(new Error('late trouble'));
    throw new Error('trouble');
  },
  nan: () => ({ result: { inner: [1, Number.NaN] } }),
  quitter: () => process.exit(3),
  hoarder: () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(10_000).fill(hoard.length));
  },
  environment: () => ({ result: { variables: Object.keys(process.env) } }),
  reader: async () => {
    const { readFile } = await import('node:fs/promises');
    await readFile('/etc/hostname');
    return { result: {} };
  },
  /** Tries what no function may. */
  intruder: async ({ value }) => ({ result: { got: await INTRUSIONS[value as string]!() } }),
  huge: () => ({ result: {} }),
};

export const testWork = work;
export const testDeclarations: readonly FunctionDeclaration[] = Object.keys(work).map((name) =>
  declare(name, name === 'huge' ? 2 ** 40 : 1024),
);
