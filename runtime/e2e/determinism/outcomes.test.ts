import { describe, expect, test } from 'vitest';
import { faultsOfKernel } from './kernels.ts';
import { differences, type Outcome } from './outcomes.ts';

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  ...{
    name: 'a',
    type: 'noop',
    result: { energy: 1, digest: 'x' },
    digest: 'd',
    artifacts: 'f',
    resumed: 'd',
    ...more,
  },
});

describe('outcomes of several engines', () => {
  test.each([
    { name: 'equal ones', second: outcome(), says: [] },
    { name: 'one that takes no states', second: outcome({ resumed: null }), says: [] },
    {
      name: 'another result',
      second: outcome({ result: { energy: 2, digest: 'x' }, digest: 'e', resumed: 'e' }),
      says: ['new: the result differs in energy'],
    },
    { name: 'other artifacts', second: outcome({ artifacts: 'g' }), says: ['new: what it wrote differs'] },
    {
      name: 'another one when resumed',
      second: outcome({ resumed: 'e' }),
      says: ['new: resumed in the middle it gives another result'],
    },
    { name: 'none', second: null, says: ['new: it was not computed'] },
  ])('$name', ({ second, says }) => {
    expect(differences({ old: [outcome()], new: second ? [second] : [] }, 'a')).toEqual(says);
  });
});

describe('a kernel', () => {
  /** `(module (func (export "f") (param f64) (result f64) local.get 0))`, with a section of imports before it or other code in it. */
  const module = (imports: number[], code: number[]): Uint8Array<ArrayBuffer> => {
    const types = [1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b];
    const body = [0, ...code, 0x0b];
    return new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...types, ...imports],
      ...[3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body],
    ]);
  };
  const LOCAL = [0x20, 0];

  test.each([
    { name: 'that is as it should be', bytes: module([], LOCAL), says: [] },
    {
      name: 'that asks its host for something',
      // (import "m" "f" (func (type 0)))
      bytes: module([2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0], LOCAL),
      says: ['it imports m.f'],
    },
    {
      name: 'with a relaxed instruction',
      // f32x4.relaxed_madd
      bytes: module([], [...LOCAL, ...LOCAL, ...LOCAL, 0xfd, 0x85, 0x02]),
      says: [expect.stringMatching(/relaxed/i)],
    },
  ])('$name', async ({ bytes, says }) => {
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(await faultsOfKernel(bytes)).toEqual(says);
  });
});
