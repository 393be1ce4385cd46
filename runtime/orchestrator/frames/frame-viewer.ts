import type { PieceSource } from '../../http/pulled-body.ts';
import { encodeFrameMessage, type FrameNote } from '../../wire/frame-stream.ts';
import type { Timers } from '../ports.ts';
import type { ReceivedFrame, TaskFrames } from './task-frames.ts';

/** After so long with nothing to tell, that is told. */
const IDLE_MS = 5_000;

/** One who looks at a task: gets the newest frame whenever he is ready for one, at his own pace. */
export class FrameViewer implements PieceSource {
  readonly #frames: TaskFrames;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #timers: Timers;
  readonly #onClose: () => void;
  #isClosed = false;
  /** Ends a wait. A promise of being closed would gather what waits for it, frame by frame, as long as somebody looks. */
  #wake = (): void => {};
  /** What was told last. */
  #note: FrameNote | null = null;
  #frame: ReceivedFrame | null = null;
  #frameAt = Number.NEGATIVE_INFINITY;
  #toldAt: number;

  constructor(
    frames: TaskFrames,
    intervalMs: number,
    { now, timers }: { now: () => number; timers: Timers },
    onClose: () => void,
  ) {
    this.#frames = frames;
    this.#intervalMs = intervalMs;
    this.#now = now;
    this.#timers = timers;
    this.#onClose = onClose;
    this.#toldAt = now();
  }

  async next(): Promise<Uint8Array | null> {
    while (!this.#isClosed && this.#note?.state !== 'ended') {
      const told = this.#tellNote() ?? this.#tellFrame() ?? this.#tellIdle();
      if (told) {
        this.#toldAt = this.#now();
        return told;
      }
      await this.#wait();
    }
    return null;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    this.#onClose();
  }

  #tellNote(): Uint8Array | null {
    const { note } = this.#frames;
    // The last frame goes before the end: it is what stays.
    if (note === this.#note || note === null || (note.state === 'ended' && this.#hasFrame)) return null;
    this.#note = note;
    return encodeFrameMessage({ kind: 'note', note });
  }

  #tellFrame(): Uint8Array | null {
    const { frame } = this.#frames;
    if (!frame || !this.#hasFrame || this.#now() < this.#frameDueAt) return null;
    this.#frame = frame;
    this.#frameAt = this.#now();
    const ageMs = frame.ageMs + this.#frameAt - frame.at;
    return encodeFrameMessage({ kind: 'frame', ageMs, sentAt: this.#frameAt, frame: frame.bytes });
  }

  #tellIdle(): Uint8Array | null {
    return this.#now() < this.#toldAt + IDLE_MS ? null : encodeFrameMessage({ kind: 'idle' });
  }

  /** There is one that was not told. */
  get #hasFrame(): boolean {
    return this.#frames.frame !== this.#frame;
  }

  /** The last one is due at once. */
  get #frameDueAt(): number {
    return this.#frames.note?.state === 'ended' ? Number.NEGATIVE_INFINITY : this.#frameAt + this.#intervalMs;
  }

  /** Until there is news, or something is due. */
  async #wait(): Promise<void> {
    const dueAt = Math.min(this.#toldAt + IDLE_MS, this.#hasFrame ? this.#frameDueAt : Number.POSITIVE_INFINITY);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#timers.set(resolve, Math.max(1, dueAt - this.#now()));
    this.#wake = resolve;
    await Promise.race([promise, this.#frames.news]);
    this.#timers.clear(timer);
  }
}
