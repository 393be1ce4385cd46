import { setImmediate } from 'node:timers/promises';

/** Pieces of work, one after the other; others get their turn in between. A piece should take a millisecond at most. */
export async function* inTurns<Piece>(pieces: Iterable<Piece>): AsyncGenerator<Piece> {
  for (const piece of pieces) {
    yield piece;
    await setImmediate();
  }
}
