import { Problem } from '../wire/problem.ts';

/** Of all blobs together. */
const MOST_HELD_BYTES = 1024 * 1024 * 1024;

interface Blob {
  readonly bytes: Uint8Array;
  /** By how many it is in use. */
  pins: number;
}

/**
 * The blobs of this worker, in memory: a worker writes no files. What is in use stays; of the rest the least recently
 * used go first.
 */
export class Blobs {
  readonly #mostHeldBytes: number;
  /** In the order of their last use. */
  readonly #blobs = new Map<string, Blob>();
  #heldBytes = 0;
  /** Of blobs that are just being received. */
  #expectedBytes = 0;

  constructor(mostHeldBytes = MOST_HELD_BYTES) {
    this.#mostHeldBytes = mostHeldBytes;
  }

  /**
   * Counts bytes of a blob that is being received, before they are held; negative ones when it is received, or broke off.
   * @throws Problem `overload` when what is in use leaves no room
   */
  expect(bytes: number): void {
    if (bytes > 0) this.#makeRoom(bytes);
    this.#expectedBytes += bytes;
  }

  /** @throws Problem `overload` when what is in use leaves no room */
  put(sha256: string, bytes: Uint8Array): void {
    if (this.get(sha256)) return;
    this.#makeRoom(bytes.length);
    this.#blobs.set(sha256, { bytes, pins: 0 });
    this.#heldBytes += bytes.length;
  }

  get(sha256: string): Uint8Array | null {
    const blob = this.#blobs.get(sha256);
    if (!blob) return null;
    this.#blobs.delete(sha256);
    this.#blobs.set(sha256, blob);
    return blob.bytes;
  }

  /** Keeps a blob here until it is unpinned as often; one that is not here cannot be. */
  pin(sha256: string): void {
    const blob = this.#blobs.get(sha256);
    if (blob) blob.pins += 1;
  }

  /** @param isOfNoUse nobody will ask for it again: it goes at once, unless others use it */
  unpin(sha256: string, isOfNoUse = false): void {
    const blob = this.#blobs.get(sha256);
    if (!blob) return;
    blob.pins = Math.max(0, blob.pins - 1);
    if (isOfNoUse && blob.pins === 0) this.#forget(sha256, blob);
  }

  #makeRoom(bytes: number): void {
    for (const [sha256, blob] of this.#blobs) {
      if (this.#hasRoom(bytes)) return;
      if (blob.pins === 0) this.#forget(sha256, blob);
    }
    if (this.#hasRoom(bytes)) return;
    const most = `blobs may take ${this.#mostHeldBytes} bytes, and tasks use them`;
    throw new Problem('overload', `there is no room for ${bytes} more bytes: ${most} - try again later`);
  }

  #hasRoom(bytes: number): boolean {
    return this.#heldBytes + this.#expectedBytes + bytes <= this.#mostHeldBytes;
  }

  #forget(sha256: string, { bytes }: Blob): void {
    this.#heldBytes -= bytes.length;
    this.#blobs.delete(sha256);
  }
}
