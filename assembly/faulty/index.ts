/** A kernel that does what no kernel may: it never returns. Tests stop it from outside. */

/** Exported, so that no optimiser takes it for unused. A kernel without data has no memory to count in. */
export let turns: u64 = 0;

/** Holds its thread for ever. */
export function spin(): void {
  while (true) turns += 1;
}
