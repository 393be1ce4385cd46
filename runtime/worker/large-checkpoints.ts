/** Checkpoints that are too large for a message: they wait here, as blobs, until they are fetched. */
import type { Blobs } from './blobs.ts';

/** So long the next one of an invocation waits for the last to be fetched: nobody may be there to fetch it. */
const FETCH_PATIENCE_MS = 60_000;

/** Whose state it is: the identity of a ledger's invocation, or the object that stands for a single call. */
export type Keeper = string | object;

interface Kept {
  readonly sha256: string;
  /** Lets the function take another; null once it was told. */
  taken: (() => void) | null;
  readonly timer: NodeJS.Timeout;
}

/**
 * At most one of each invocation. Its function takes the next one only when this one was fetched, so that large states
 * come no faster than they can be carried away, and none is lost while it is on its way.
 */
export class LargeCheckpoints {
  readonly #blobs: Blobs;
  readonly #patienceMs: number;
  readonly #kept = new Map<Keeper, Kept>();

  constructor(blobs: Blobs, patienceMs = FETCH_PATIENCE_MS) {
    this.#blobs = blobs;
    this.#patienceMs = patienceMs;
  }

  /**
   * Keeps a state in the place of the invocation's last one; calls `taken` when the function may take another.
   * @throws Problem `overload` when there is no room for it: the last one is gone all the same
   */
  keep(keeper: Keeper, sha256: string, state: Uint8Array, taken: () => void): void {
    this.drop(keeper);
    this.#blobs.put(sha256, state);
    this.#blobs.pin(sha256);
    const timer = setTimeout(() => this.release(keeper), this.#patienceMs).unref();
    this.#kept.set(keeper, { sha256, taken, timer });
  }

  /** Somebody has all of a blob: whoever keeps it as a state may go on. */
  fetched(sha256: string): void {
    for (const [keeper, kept] of this.#kept) if (kept.sha256 === sha256) this.release(keeper);
  }

  /** The function may take another. */
  release(keeper: Keeper): void {
    const kept = this.#kept.get(keeper);
    if (!kept?.taken) return;
    clearTimeout(kept.timer);
    const { taken } = kept;
    kept.taken = null;
    taken();
  }

  /** Nobody will go on from it any more. */
  drop(keeper: Keeper): void {
    const kept = this.#kept.get(keeper);
    if (!kept) return;
    this.release(keeper);
    this.#kept.delete(keeper);
    this.#blobs.unpin(kept.sha256, true);
  }
}
