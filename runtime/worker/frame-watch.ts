import { setTimeout as delay } from 'node:timers/promises';
import type { PieceSource } from '../http/pulled-body.ts';
import { encodeFrameMessage, type FrameNote } from '../wire/frame-stream.ts';
import type { Invocation } from './invocation.ts';

/** Without a frame for so long, something else is said. */
const IDLE_MS = 2_000;

/** One who looks at an invocation: each frame is made when the last one was taken, and not sooner than that is due. */
export class FrameWatch implements PieceSource {
  readonly #invocation: Invocation;
  readonly #intervalMs: number;
  readonly #onClose: () => void;
  readonly #closed = new AbortController();
  #lastAt = Number.NEGATIVE_INFINITY;
  /** The state that was told last. */
  #told: FrameNote['state'] | null = null;

  constructor(invocation: Invocation, intervalMs: number, onClose: () => void) {
    this.#invocation = invocation;
    this.#intervalMs = intervalMs;
    this.#onClose = onClose;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#told === 'ended') return null;
    if (this.#told === null) return this.#note(this.#invocation.state === 'waiting' ? 'waiting' : 'running');
    const { signal } = this.#closed;
    const dueMs = Math.max(0, this.#lastAt + this.#intervalMs - performance.now());
    await delay(dueMs, null, { signal, ref: false }).catch(() => {});
    // Nobody looks any more: no further frame is to be made.
    if (signal.aborted) return null;
    const idle = new AbortController();
    const frame = await Promise.race([
      this.#invocation.nextFrame(),
      delay(IDLE_MS, 'idle' as const, { signal: AbortSignal.any([signal, idle.signal]), ref: false }).catch(() => null),
    ]);
    idle.abort();
    if (frame === 'idle') return this.#idle();
    if (frame === null) return this.#note('ended');
    this.#told = 'running';
    this.#lastAt = performance.now();
    return encodeFrameMessage({ kind: 'frame', ageMs: 0, sentAt: Date.now(), frame });
  }

  close(): void {
    this.#closed.abort();
    this.#onClose();
  }

  #idle(): Uint8Array {
    const state = this.#invocation.state === 'waiting' ? 'waiting' : 'unseen';
    return this.#told === state ? encodeFrameMessage({ kind: 'idle' }) : this.#note(state);
  }

  #note(state: FrameNote['state']): Uint8Array {
    this.#told = state;
    return encodeFrameMessage({ kind: 'note', note: { state } });
  }
}
