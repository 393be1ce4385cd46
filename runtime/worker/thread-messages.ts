/**
 * Everything that crosses between the pool and one of its threads: messages, and a small shared array of claims.
 *
 * Jobs travel in batches, so that short ones cost little, and are numbered by their *position*: 0 for the first job
 * ever handed to the thread, then 1, 2, … A job that was handed over but not begun can be taken back, because both
 * sides claim it by compare-and-exchange on its cell:
 *
 *     control (Int32Array):  [ stop word | checkpoints taken | artifact bytes | frame word | cell of position 0 mod WINDOW | … ]
 *
 *     offered ──thread──▶ running ──thread──▶ done
 *        └──────pool────▶ withdrawn
 *
 * A cell is used again only after the thread has reported its position as passed.
 */
import type { Kernels } from '../function/kernel.ts';

/** How many jobs may be with one thread, begun or not. At 100 000 short jobs a second it is 10 ms of work. */
export const WINDOW = 1024;

export const CLAIMS = { offered: 0, running: 1, done: 2, withdrawn: 3 } as const;

/** Bytes of the shared control array. */
export const CONTROL_BYTES = (4 + WINDOW) * Int32Array.BYTES_PER_ELEMENT;

/** Index of the word that asks the running job to stop: it holds that job's `positionWord`. */
export const STOP_INDEX = 0;

/**
 * Index of the number of checkpoints that the pool has taken from this thread. The thread sends the next one only
 * when the last was taken, so that large states do not pile up between them.
 */
export const CHECKPOINTS_INDEX = 1;

/**
 * Index of the bytes of artifacts that the thread has sent and the worker has found no room for yet: the thread waits
 * while they are more than `MOST_ARTIFACT_BYTES`.
 */
export const ARTIFACTS_INDEX = 2;
export const MOST_ARTIFACT_BYTES = 4 * 1024 * 1024;

/** Index of the word that asks for a frame: it holds the `positionWord` of the job whose; the thread sets it back to 0. */
export const FRAME_INDEX = 3;

/** Index of a position's claim. */
export function claimIndex(position: number): number {
  return 4 + (position % WINDOW);
}

/** Names a position in 31 bits; never 0, which stands for none. */
export function positionWord(position: number): number {
  return (position % 0x3fff_ffff) + 1;
}

/** What a thread is started with. */
export interface ThreadData {
  readonly control: SharedArrayBuffer;
  readonly kernels: Kernels;
  /** Function names to versions. */
  readonly versions: Readonly<Record<string, string>>;
  readonly checkpointIntervalMs: number;
}

/** A job as a thread gets it; a message to a thread is an array of them, in the order of their positions. */
export interface HandedJob {
  /** The function's name. */
  readonly type: string;
  /** Checked, with defaults. */
  readonly parameters: Record<string, unknown>;
  readonly inputs: Readonly<Record<string, Uint8Array>> | undefined;
  readonly resumeFrom: Uint8Array | null;
  /** Expected to end so soon that its beginning need not be announced. */
  readonly short: boolean;
}

/**
 * An ended job. `json` of a success is the text `"result":{…},"measured":{…}`, which the main thread passes on as it
 * is; of a failure it is a problem document.
 */
export type EndedJob = readonly [position: number, ok: boolean, json: string, elapsedMs: number];

/** Bytes of artifacts, by name. */
export type Lengths = Readonly<Record<string, number>>;

/** A checkpoint as it comes from a thread. */
export interface TakenCheckpoint {
  readonly state: Uint8Array;
  /** How long the artifacts were when the state was taken. */
  readonly artifacts: Lengths;
  /** Of a state that is too large for a message; null for others. Computed on the thread: it takes its time. */
  readonly sha256: string | null;
}

/** Messages of a thread to the pool. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'report';
      /** Positions below this one are behind the thread: ended, or found withdrawn. */
      readonly passed: number;
      /** The position that is being run now, if any. */
      readonly begun: number | null;
      readonly ended: readonly EndedJob[];
    }
  /** `json` is the text `"done":…,"total":…` and perhaps `,"observables":{…}`. */
  | { readonly kind: 'progress'; readonly position: number; readonly json: string }
  | { readonly kind: 'checkpoint'; readonly position: number; readonly checkpoint: TakenCheckpoint }
  | {
      readonly kind: 'artifact';
      readonly position: number;
      readonly name: string;
      /** Where the piece begins in the artifact. */
      readonly offset: number;
      readonly data: Uint8Array;
    }
  /** A look at the particles, as `wire/frame.ts` has it. */
  | { readonly kind: 'frame'; readonly position: number; readonly data: Uint8Array }
  | {
      readonly kind: 'log';
      readonly position: number;
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
    };
