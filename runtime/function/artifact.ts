/** A file that a function writes beside its result: a trajectory, say. It grows at its end only. */
export interface Artifact {
  /**
   * Adds to the end; text as UTF-8. Waits while too much of it is still on its way to the orchestrator.
   * @throws what the signal throws, when the invocation is stopped meanwhile
   */
  append(chunk: string | Uint8Array): void;
}

/** So many artifacts may one invocation write. */
export const MOST_ARTIFACTS = 8;
