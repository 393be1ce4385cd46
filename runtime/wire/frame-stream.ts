/**
 * Looks at a running task's particles as they come, as bytes: `GET /tasks/RUN/ID/frames`, and what a worker answers to the
 * orchestrator. One message after the other, little-endian:
 *
 *     0   u32  length of what follows
 *     4   u8   kind: 0 idle      nothing, so that both ends see that the other is there
 *                    1 frame     u32 age in ms when it was sent, f64 when that was (ms since 1970 on the sender's clock),
 *                                then a frame as `frame.ts` has it
 *                    2 note      JSON in UTF-8: how the task is, as `FrameNoteSchema` has it; after `ended` comes nothing
 *
 * A kind that is not known is to be passed over.
 */
import * as v from 'valibot';
import { MAX_FRAME_BYTES } from './frame.ts';
import { TASK_STATUSES } from './task.ts';

/** Faster than this nobody sees more. */
export const MOST_FRAMES_A_SECOND = 10;

/**
 * `queued`: it waits for a worker; `waiting`: for a slot there; `running`: the next frame is under way; `unseen`: it has
 * shown nothing for a while; `unreachable`: its worker does not answer; `ended`: no more will come.
 */
export const FRAME_STATES = ['queued', 'waiting', 'running', 'unseen', 'unreachable', 'ended'] as const;

export const FrameNoteSchema = v.object({
  state: v.picklist(FRAME_STATES),
  /** Where it runs, and which attempt of it. */
  attempt: v.optional(v.number()),
  worker_id: v.optional(v.string()),
  /** How the task ended; absent where that is not known, as to a worker. */
  status: v.optional(v.picklist(TASK_STATUSES)),
});
export type FrameNote = v.InferOutput<typeof FrameNoteSchema>;

export type FrameMessage =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'frame';
      /** How old the frame was when it was sent, in milliseconds. */
      readonly ageMs: number;
      /** Milliseconds since 1970 on the sender's clock. */
      readonly sentAt: number;
      readonly frame: Uint8Array;
    }
  | { readonly kind: 'note'; readonly note: FrameNote };

const [IDLE, FRAME, NOTE] = [0, 1, 2];
const LENGTH_BYTES = 4;
const FRAME_HEAD_BYTES = 1 + 4 + 8;
const MAX_MESSAGE_BYTES = FRAME_HEAD_BYTES + MAX_FRAME_BYTES;
const MAX_AGE_MS = 0xffff_ffff;

/** A message as bytes, its length before it. */
export function encodeFrameMessage(message: FrameMessage): Uint8Array<ArrayBuffer> {
  if (message.kind === 'idle') return withLength(IDLE!, new Uint8Array());
  if (message.kind === 'note') return withLength(NOTE!, new TextEncoder().encode(JSON.stringify(message.note)));
  const bytes = withLength(FRAME!, message.frame, FRAME_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(LENGTH_BYTES + 1, Math.min(MAX_AGE_MS, Math.max(0, Math.round(message.ageMs))), true);
  view.setFloat64(LENGTH_BYTES + 5, message.sentAt, true);
  return bytes;
}

function withLength(kind: number, content: Uint8Array, headBytes = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH_BYTES + headBytes + content.length);
  new DataView(bytes.buffer).setUint32(0, headBytes + content.length, true);
  bytes[LENGTH_BYTES] = kind;
  bytes.set(content, LENGTH_BYTES + headBytes);
  return bytes;
}

/** Finds the messages in a stream, however it is cut into pieces. */
export class FrameStreamReader {
  readonly #length = new Uint8Array(LENGTH_BYTES);
  #body: Uint8Array | null = null;
  /** Bytes of the length, or of the body once that is known. */
  #filled = 0;

  /**
   * The messages that a piece completes.
   * @throws RangeError for a message that is none, or longer than any may be
   */
  take(piece: Uint8Array): FrameMessage[] {
    const messages: FrameMessage[] = [];
    for (let at = 0; at < piece.length; ) {
      const target = this.#body ?? this.#length;
      const part = piece.subarray(at, at + target.length - this.#filled);
      target.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < target.length) break;
      this.#filled = 0;
      const message = this.#body ? decode(this.#body) : null;
      this.#body = this.#body ? null : new Uint8Array(bodyBytes(this.#length));
      if (message) messages.push(message);
    }
    return messages;
  }
}

function bodyBytes(length: Uint8Array): number {
  const bytes = new DataView(length.buffer).getUint32(0, true);
  if (bytes >= 1 && bytes <= MAX_MESSAGE_BYTES) return bytes;
  throw new RangeError(`this is no stream of frames: a message of ${bytes} bytes`);
}

/** Null for a kind that is not known. */
function decode(body: Uint8Array): FrameMessage | null {
  const [kind] = body;
  if (kind === IDLE) return { kind: 'idle' };
  if (kind === NOTE) return { kind: 'note', note: decodeNote(body.subarray(1)) };
  if (kind !== FRAME) return null;
  if (body.length < FRAME_HEAD_BYTES) throw new RangeError('this is no stream of frames: a frame without its age');
  const view = new DataView(body.buffer);
  return {
    kind: 'frame',
    ageMs: view.getUint32(1, true),
    sentAt: view.getFloat64(5, true),
    frame: body.subarray(FRAME_HEAD_BYTES),
  };
}

function decodeNote(json: Uint8Array): FrameNote {
  try {
    return v.parse(FrameNoteSchema, JSON.parse(new TextDecoder().decode(json)));
  } catch (cause) {
    throw new RangeError(`this is no stream of frames: a note that is none (${(cause as Error).message})`, { cause });
  }
}
