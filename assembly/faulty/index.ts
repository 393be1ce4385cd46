/** A kernel that does what no kernel may: it never returns. Tests stop it from outside. */

/** Holds its thread for ever. */
export function spin(): void {
  let turns: u64 = 0;
  while (true) store<u64>(8, ++turns);
}
