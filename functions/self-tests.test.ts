import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { declarations, findDeclaration } from './catalogue.ts';
import { judge, selfTests } from './self-tests.ts';
import { testContext } from './test-context.ts';
import { work } from './work.ts';

describe('the self-tests', () => {
  test.each(selfTests)('pass here: $name', async (selfTest) => {
    const parameters = v.parse(findDeclaration(selfTest.type)!.parameters, selfTest.parameters);
    const { result } = await work[selfTest.type]!(parameters, testContext());
    expect(judge(selfTest, result)).toBe(null);
  });

  test('try every function that users have', () => {
    const tried = new Set(selfTests.map(({ type }) => type));
    const offered = declarations.filter(({ internal, name }) => !internal && name !== 'noop').map(({ name }) => name);
    expect(offered.filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe('the verdict', () => {
  const selfTest = { name: 'x', type: 'noop', parameters: {}, expected: { 'start.energy': '-0.0450', digest: 'ab' } };

  test.each([
    { name: 'right', result: { start: { energy: -0.04503 }, digest: 'ab' }, says: null },
    {
      name: 'a wrong number',
      result: { start: { energy: -0.0452 } },
      says: 'start.energy is -0.0452, and should be -0.0450',
    },
    {
      name: 'no number',
      result: { start: { energy: Number.NaN } },
      says: 'start.energy is NaN, and should be -0.0450',
    },
    {
      name: 'a wrong text',
      result: { start: { energy: -0.045 }, digest: 'ac' },
      says: 'digest is ac, and should be ab',
    },
    { name: 'nothing', result: undefined, says: 'start.energy is undefined, and should be -0.0450' },
  ])('on a result that is $name', ({ result, says }) => {
    expect(judge(selfTest, result)).toBe(says);
  });
});
