/** What the pool carries, and what it tells of it. */
import type { Problem } from '../wire/problem.ts';
import type { Slot } from './slot.ts';
import type { TakenCheckpoint } from './thread-messages.ts';

/** How a job ended. `json` is the text `"result":{…},"measured":{…}`; `elapsedMs` is there where its thread could tell. */
export type JobEnd = { readonly elapsedMs?: number } & (
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly problem: Problem }
);

/** A job as the pool carries it; its owner is told through the methods, each on the main thread. */
export interface Job {
  readonly type: string;
  readonly parameters: Record<string, unknown>;
  /** Blobs by SHA-256; undefined where the parameters name none. */
  readonly inputs: Readonly<Record<string, Uint8Array>> | undefined;
  readonly resumeFrom: Uint8Array | null;
  /** Work in the function's own unit; with what the pool has learned it predicts the duration. */
  readonly cost: number;
  /** True once its owner has asked for it to be stopped: it must not be begun again. */
  readonly isStopping: boolean;
  /** Where the pool has it: kept by the pool alone. */
  place: JobPlace;
  /** May be called more than once. */
  started(): void;
  /** `json` is the text `"done":…,"total":…` and perhaps `,"observables":{…}`. */
  progressed(json: string): void;
  /** `taken` is to be called once another may be taken. */
  checkpointed(checkpoint: TakenCheckpoint, taken: () => void): void;
  /** A piece of an artifact, beginning at `offset`; `taken` is to be called once there is room for more. */
  wrote(name: string, offset: number, data: Uint8Array, taken: () => void): void;
  /** A look at the particles, which somebody asked for. */
  framed(data: Uint8Array): void;
  logged(level: 'info' | 'warn' | 'error', message: string): void;
  ended(end: JobEnd): void;
}

export type JobPlace = { readonly at: 'nowhere' } | { readonly at: 'waiting' } | ThreadPlace;

/** With a thread, begun or not. */
export interface ThreadPlace {
  readonly at: 'thread';
  readonly slot: Slot;
  readonly position: number;
  readonly expectedMs: number;
  started: boolean;
}

export const NOWHERE: JobPlace = { at: 'nowhere' };
