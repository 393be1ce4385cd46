/** The artifacts of this worker that wait to be fetched, in memory: a worker writes no files. */
import { Problem } from '../wire/problem.ts';

/** Beyond this, threads wait with what else they have. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
/** Of one answer to a fetch. */
const MOST_FETCHED_BYTES = 4 * 1024 * 1024;

interface Piece {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** One artifact: the pieces that nobody has fetched, without gaps. */
interface Spooled {
  pieces: Piece[];
  /** What lies before is kept elsewhere. */
  start: number;
  end: number;
}

/** The spools of all invocations of ledgers, by identity, under one bound. */
export class ArtifactSpools {
  readonly #mostHeldBytes: number;
  readonly #byInvocation = new Map<string, Map<string, Spooled>>();
  /** Who waits for room. */
  #waiting: (() => void)[] = [];
  #heldBytes = 0;

  constructor(mostHeldBytes = MOST_HELD_BYTES) {
    this.#mostHeldBytes = mostHeldBytes;
  }

  /** Takes a piece that begins at `offset`; calls `taken` once there is room for more. */
  append(identity: string, name: string, offset: number, data: Uint8Array, taken: () => void): void {
    const spooled = this.#spooled(identity, name, offset);
    const missing = data.subarray(Math.max(0, Math.min(spooled.start - offset, data.length)));
    if (missing.length > 0) {
      spooled.pieces.push({ offset: offset + data.length - missing.length, data: missing });
      this.#heldBytes += missing.length;
    }
    spooled.end = Math.max(spooled.end, offset + data.length);
    if (this.#heldBytes <= this.#mostHeldBytes) taken();
    else this.#waiting.push(taken);
  }

  /** How long the invocation's artifacts are by now, by name. */
  lengths(identity: string): Record<string, number> {
    const artifacts = [...(this.#byInvocation.get(identity) ?? [])];
    return Object.fromEntries(artifacts.map(([name, { end }]) => [name, end]));
  }

  /**
   * What there is from `offset` on, a few megabytes at most; empty where it is not written yet. Who asks for it has
   * what lies before: that is forgotten.
   * @throws Problem for an artifact that is not here, or no longer from there on
   */
  fetch(identity: string, name: string, offset: number): Uint8Array {
    const spooled = this.#byInvocation.get(identity)?.get(name);
    if (!spooled) throw new Problem('unknown_artifact', `there is no artifact "${name}" of this invocation`);
    if (offset < spooled.start)
      throw new Problem('unknown_artifact', `"${name}" is kept from byte ${spooled.start} on, ${offset} was asked for`);
    this.#forgetBefore(spooled, offset);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const piece of spooled.pieces) {
      if (bytes >= MOST_FETCHED_BYTES) break;
      const part = piece.data.subarray(Math.max(0, offset - piece.offset));
      parts.push(part);
      bytes += part.length;
    }
    return Buffer.concat(parts);
  }

  /** Forgets an invocation. */
  drop(identity: string): void {
    for (const { pieces } of this.#byInvocation.get(identity)?.values() ?? []) this.#release(pieces);
    this.#byInvocation.delete(identity);
  }

  #spooled(identity: string, name: string, offset: number): Spooled {
    let artifacts = this.#byInvocation.get(identity);
    if (!artifacts) {
      artifacts = new Map();
      this.#byInvocation.set(identity, artifacts);
    }
    let spooled = artifacts.get(name);
    if (!spooled) {
      spooled = { pieces: [], start: offset, end: offset };
      artifacts.set(name, spooled);
    }
    return spooled;
  }

  #forgetBefore(spooled: Spooled, offset: number): void {
    spooled.start = Math.max(spooled.start, offset);
    const kept = spooled.pieces.findIndex((piece) => piece.offset + piece.data.length > offset);
    const passed = spooled.pieces.splice(0, kept < 0 ? spooled.pieces.length : kept);
    this.#release(passed);
  }

  #release(pieces: readonly Piece[]): void {
    for (const { data } of pieces) this.#heldBytes -= data.length;
    if (this.#heldBytes > this.#mostHeldBytes) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const taken of waiting) taken();
  }
}
