/** The inputs of tasks that were sent here, in memory: a worker writes no files. The least recently used go first. */
const MOST_HELD_BYTES = 512 * 1024 * 1024;

export class Blobs {
  readonly #mostHeldBytes: number;
  /** In the order of their last use. */
  readonly #bytes = new Map<string, Uint8Array>();
  #heldBytes = 0;

  constructor(mostHeldBytes = MOST_HELD_BYTES) {
    this.#mostHeldBytes = mostHeldBytes;
  }

  put(sha256: string, bytes: Uint8Array): void {
    this.#forget(sha256);
    this.#bytes.set(sha256, bytes);
    this.#heldBytes += bytes.length;
    for (const oldest of this.#bytes.keys()) {
      if (this.#heldBytes <= this.#mostHeldBytes || oldest === sha256) return;
      this.#forget(oldest);
    }
  }

  /** Whoever gets it may keep it, also when it is forgotten here. */
  get(sha256: string): Uint8Array | null {
    const bytes = this.#bytes.get(sha256);
    if (!bytes) return null;
    this.#bytes.delete(sha256);
    this.#bytes.set(sha256, bytes);
    return bytes;
  }

  #forget(sha256: string): void {
    this.#heldBytes -= this.#bytes.get(sha256)?.length ?? 0;
    this.#bytes.delete(sha256);
  }
}
