import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { instantiateKernel } from '../runtime/function/kernel.ts';
import { declarations, findDeclaration } from './catalogue.ts';
import { testContext, testKernels } from './test-context.ts';
import { work } from './work.ts';

describe('the catalogue', () => {
  test('has work for every function, and no other work', () => {
    expect(Object.keys(work).toSorted()).toEqual(declarations.map(({ name }) => name).toSorted());
  });

  test('gives no name to two functions', () => {
    const names = declarations.flatMap(({ name, alsoNamed }) => [name, ...alsoNamed]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('finds functions by each of their names', () => {
    for (const declaration of declarations) {
      for (const name of [declaration.name, ...declaration.alsoNamed]) expect(findDeclaration(name)).toBe(declaration);
    }
    expect(findDeclaration('benchmark_cython')?.name).toBe('benchmark_wasm');
    expect(findDeclaration('toString')).toBeNull();
  });
});

describe.each(declarations)('$name', (declaration) => {
  test('spells only parameters that it has', () => {
    const parameters = Object.keys(declaration.parameters.entries);
    expect(parameters).toEqual(expect.arrayContaining(Object.values(declaration.parameterSpellings)));
  });

  test('has a kernel that was built, if it names one', () => {
    if (declaration.kernel) expect(instantiateKernel(testKernels(), declaration.kernel).memory).toBeDefined();
  });
});

describe('noop', () => {
  test.each([{}, { spins: 25_000_000 }, { value: { any: ['thing'] } }])(
    'answers that it is done: %o',
    async (given) => {
      const parameters = v.parse(findDeclaration('noop')!.parameters, given);
      expect(await work.noop!(parameters, testContext())).toEqual({ result: { ok: true } });
    },
  );
});

describe('faulty', () => {
  test('throws when told to', () => {
    expect(() => work.faulty!({ how: 'throw' }, testContext())).toThrow('faulty was told to throw');
  });

  test('says how it can be faulty', () => {
    const checked = v.safeParse(findDeclaration('faulty')!.parameters, { how: 'politely' });
    expect(checked.issues?.[0]?.message).toBe('must be one of throw, spin, spin_in_kernel, exit, allocate');
  });
});
