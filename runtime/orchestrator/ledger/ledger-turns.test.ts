import { expect, test } from 'vitest';
import { LedgerTurns } from './ledger-turns.ts';

test('looks come one after the other, also after one that failed, and each with a rest as long as it took', async () => {
  let now = 0;
  const seen: string[] = [];
  const turns = new LedgerTurns(
    () => now,
    async (ms) => seen.push(`${ms} ms rest`),
  );
  const look = (name: string, ms: number) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await null;
    now += ms;
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const answers = await Promise.allSettled([
    turns.take(look('a', 20)),
    turns.take(look('b', 0)),
    turns.take(look('c', 0)),
  ]);
  expect(seen).toEqual(['a begins', 'a ends', '20 ms rest', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
