/** A kernel that does what no kernel may: it never returns. Tests stop it from outside. */

/** Exported, so that no optimiser takes it for unused. A kernel without data has no memory to count in. */
export let turns: u64 = 0;

/** Takes so many pages of 64 KiB and writes to all of them; false when they cannot be had. */
export function take(pages: i32): bool {
  const first = memory.grow(pages);
  if (first < 0) return false;
  memory.fill((<usize>first) << 16, 1, (<usize>pages) << 16);
  return true;
}

/** Holds its thread for ever. */
export function spin(): void {
  while (true) turns += 1;
}
