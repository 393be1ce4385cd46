import type { Artifact } from './artifact.ts';
import type { Frame } from './frame.ts';

/** Tells a running function that it should stop. An `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
  /** Throws when the invocation was cancelled or its deadline has passed. */
  throwIfAborted(): void;
}

/** Numbers worth watching while a function runs, by name: an energy, a count. */
export type Observables = Readonly<Record<string, number>>;

/** What the host offers to a running function. */
export interface InvocationContext {
  readonly signal: StopSignal;
  /** Reports that `done` of `total` units are ready. Cheap enough for every slice: the host thins the reports out. */
  progress(done: number, total: number, observables?: Observables): void;
  /**
   * Offers a state from which `resumeFrom` could continue. `capture` is called only when the host wants a
   * checkpoint now; it returns a copy of its own, which the host may keep.
   */
  checkpoint(capture: () => Uint8Array): void;
  /** Offers a look at the particles. `look` is called only while somebody watches; what it returns is used up at once. */
  frame(look: () => Frame): void;
  /**
   * A file beside the result. What was appended before a checkpoint is there when a later attempt resumes from it,
   * and what was appended after it is to be appended again: the same bytes, as a function is pure.
   * @throws Error for a name that is not letters, digits, dots, dashes and underscores
   */
  artifact(name: string): Artifact;
  /**
   * The bytes of a blob that the parameters name, by its SHA-256; a view that must not be written to.
   * @throws Error for one that the declaration's `inputs` did not announce
   */
  input(sha256: string): Uint8Array;
  /** The newest checkpoint of an earlier attempt; null at a fresh start. */
  readonly resumeFrom: Uint8Array | null;
  /** A fresh instance of a compiled kernel, by its name in `build/`; `Exports` is its typed interface. */
  instantiate<Exports extends KernelExports>(kernel: string): Exports;
  /** Writes a line to the task's log, and to the worker's, marked with the task. Of many lines the newest 200 are kept. */
  log(message: string): void;
}

/** What every kernel exports, whatever else it does. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
}
