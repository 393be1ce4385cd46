import type { EventKind, EventSink, Invocation } from './invocation.ts';

/** Beyond this much unread text, events that a later one replaces, or that may be missing, are left out. */
const THIN_OUT_CHARACTERS = 1024 * 1024;
/** A reader that lets this much pile up is cut off: what belongs to a ledger stays in the outbox. */
const GIVE_UP_CHARACTERS = 64 * 1024 * 1024;

const REPLACEABLE: ReadonlySet<EventKind> = new Set(['heartbeat', 'progress', 'checkpoint', 'artifact', 'log']);

/**
 * The events of some invocations as one NDJSON body. What happens in one turn of the event loop, or while the
 * reader is still busy with the last piece, goes out in one piece. The body ends when it is sealed and every
 * invocation that it listens to has ended.
 */
export class EventStream implements EventSink {
  readonly body: ReadableStream<Uint8Array>;
  readonly #onGone: (unfinished: Iterable<Invocation>) => void;
  readonly #listened = new Set<Invocation>();
  readonly #encoder = new TextEncoder();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #text = '';
  #sealed = false;
  #closed = false;
  #wanted = false;
  #flushPlanned = false;

  /** `onGone` gets what had not ended when the reader went away. */
  constructor(onGone: (unfinished: Iterable<Invocation>) => void) {
    this.#onGone = onGone;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#wanted = true;
          this.#planFlush();
        },
        cancel: () => this.#giveUp(),
      },
      { highWaterMark: 1 },
    );
  }

  /** Waits for the end of this invocation before it closes. */
  listenTo(invocation: Invocation): void {
    this.#listened.add(invocation);
  }

  /** Adds lines that no unfinished invocation stands behind. */
  line(lines: string): void {
    this.#text += lines;
    this.#planFlush();
  }

  /** Says that no more will be listened to. */
  seal(): void {
    this.#sealed = true;
    this.#planFlush();
  }

  event(line: string, kind: EventKind): void {
    if (this.#closed || (this.#text.length > THIN_OUT_CHARACTERS && REPLACEABLE.has(kind))) return;
    this.#text += line;
    if (this.#text.length > GIVE_UP_CHARACTERS) this.#cutOff();
    else this.#planFlush();
  }

  ended(_end: unknown, invocation: Invocation): void {
    this.#listened.delete(invocation);
    this.#planFlush();
  }

  #planFlush(): void {
    if (this.#flushPlanned || this.#closed) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#closed || !this.#wanted) return;
    if (this.#text !== '') {
      this.#wanted = false;
      const text = this.#text;
      this.#text = '';
      this.#controller.enqueue(this.#encoder.encode(text));
    }
    if (!this.#sealed || this.#listened.size > 0 || this.#text !== '' || this.#closed) return;
    this.#closed = true;
    this.#controller.close();
  }

  #cutOff(): void {
    this.#giveUp();
    this.#controller.close();
  }

  #giveUp(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#text = '';
    for (const invocation of this.#listened) invocation.leave(this);
    this.#onGone(this.#listened);
  }
}
