import { setImmediate } from 'node:timers/promises';

/** What is sorted or merged before others get their turn: about a millisecond. */
const A_TURN = 2_048;

/** Sorts by merging, and lets others work in between: a hundred thousand rows at once would hold everybody up. */
export async function sortInTurns<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  let runs: Item[][] = [];
  for (let from = 0; from < items.length; from += A_TURN) {
    runs.push(items.slice(from, from + A_TURN).sort(compare));
    await setImmediate();
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let pair = 0; pair < runs.length; pair += 2)
      merged.push(await merge(runs[pair]!, runs[pair + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(left: Item[], right: Item[], compare: (a: Item, b: Item) => number): Promise<Item[]> {
  const merged: Item[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    merged.push(compare(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!);
    if (merged.length % A_TURN === 0) await setImmediate();
  }
  for (; l < left.length; l += 1) merged.push(left[l]!);
  for (; r < right.length; r += 1) merged.push(right[r]!);
  return merged;
}
