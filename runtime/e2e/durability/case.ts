/** One thing that must hold, tested on real processes. */
export interface Case {
  /** A sentence of behaviour. */
  readonly name: string;
  /** Why it cannot be tested on this machine; null when it can. */
  readonly skip?: () => string | null;
  /** Throws when it does not hold. `say` prints what was seen. */
  run(say: (line: string) => void): Promise<void>;
}
