/** Takes the frames of one task from the orchestrator, and finds back to them when the stream breaks. */
import { decodeFrame, type FrameView } from '../../wire/frame.ts';
import { type FrameMessage, type FrameNote, FrameStreamReader } from '../../wire/frame-stream.ts';

/** A frame, and when it was made, in milliseconds since 1970 on this machine's clock. */
export interface Shot {
  readonly view: FrameView;
  readonly madeAt: number;
}

export interface FeedOptions {
  /** Asks for the stream. */
  readonly open: (signal: AbortSignal) => Promise<Pick<Response, 'body'>>;
  readonly onShot: (shot: Shot) => void;
  readonly onNote: (note: FrameNote) => void;
  /** The stream broke, or was refused; it is tried again, unless `isFinal`. */
  readonly onLost: (error: Error) => void;
  /** True for an error after which it need not be tried again. */
  readonly isFinal: (error: Error) => boolean;
  readonly now?: () => number;
  /** How long it waits before it tries again: doubled each time, to `mostRetryMs`. */
  readonly retryMs?: number;
}

const RETRY_MS = 500;
const MOST_RETRY_MS = 5_000;
/** The orchestrator says something every five seconds, if only that there is nothing to say. */
const SILENT_MS = 15_000;

export class FrameFeed {
  readonly #options: FeedOptions;
  readonly #now: () => number;
  #stop: AbortController | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get isOpen(): boolean {
    return this.#stop !== null;
  }

  /** Begins, or begins again; nothing where it is under way. */
  start(): void {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    void this.#keep(stop.signal).finally(() => {
      if (this.#stop === stop) this.#stop = null;
    });
  }

  /** Ends it; nothing is told any more. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
  }

  /** Until the task has ended or somebody stops it. */
  async #keep(signal: AbortSignal): Promise<void> {
    const { onLost, isFinal, retryMs = RETRY_MS } = this.#options;
    let pauseMs = retryMs;
    while (!signal.aborted) {
      const error = await this.#follow(signal, () => {
        pauseMs = retryMs;
      }).catch((cause: Error) => cause);
      if (error === 'ended' || signal.aborted) return;
      onLost(error);
      if (isFinal(error)) return;
      await pause(pauseMs, signal);
      pauseMs = Math.min(MOST_RETRY_MS, pauseMs * 2);
    }
  }

  /** One stream from beginning to end. @throws Error when it is not a whole one */
  async #follow(signal: AbortSignal, onHeard: () => void): Promise<'ended'> {
    const silence = new Silence();
    try {
      const { body } = await this.#options.open(AbortSignal.any([signal, silence.signal]));
      const pieces = body!.getReader();
      const reader = new FrameStreamReader();
      const clock = new SenderClock();
      for (;;) {
        const { done, value } = await pieces.read();
        if (done) throw new Error('the stream of frames ended too soon');
        silence.broken();
        onHeard();
        if (this.#takeAll(reader.take(value), clock, signal)) return 'ended';
      }
    } finally {
      silence.end();
    }
  }

  /** Shows the newest frame of several: the others are late already. @returns whether the task has ended */
  #takeAll(messages: readonly FrameMessage[], clock: SenderClock, signal: AbortSignal): boolean {
    const now = this.#now();
    for (const message of messages) if (message.kind === 'frame') clock.heard(message.sentAt, now);
    const newest = messages.findLast((message) => message.kind === 'frame');
    for (const message of messages) {
      if (signal.aborted) return true;
      if (message === newest)
        this.#options.onShot({
          view: decodeFrame(newest.frame),
          madeAt: Math.min(now, clock.toOurs(newest.sentAt) - newest.ageMs),
        });
      if (message.kind !== 'note') continue;
      this.#options.onNote(message.note);
      if (message.note.state === 'ended') return true;
    }
    return false;
  }
}

/** How far the sender's clock is from ours: as the quickest message had it. What takes longer than that is late. */
class SenderClock {
  #offsetMs = Number.POSITIVE_INFINITY;

  heard(sentAt: number, now: number): void {
    if (Number.isFinite(sentAt)) this.#offsetMs = Math.min(this.#offsetMs, now - sentAt);
  }

  toOurs(sentAt: number): number {
    return Number.isFinite(sentAt) ? sentAt + this.#offsetMs : Number.POSITIVE_INFINITY;
  }
}

/** Raises its signal when nothing was heard for long. */
class Silence {
  readonly #stop = new AbortController();
  #timer = this.#wait();

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#wait();
  }

  /** Also lets go of the stream. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #wait(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#stop.abort(new Error('the orchestrator is silent')), SILENT_MS);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
