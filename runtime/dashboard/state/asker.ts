/** Asks for one thing, and again when it may be different. */
export interface AskerOptions<Answer> {
  readonly get: (path: string, signal: AbortSignal) => Promise<Answer>;
  readonly tell: (answer: Answer | null, error: Error | null) => void;
  /** The same is asked for again not more often than this. */
  readonly againMs: number;
}

/** One request at a time: what comes while one is on its way is asked for after it. */
export class Asker<Answer> {
  readonly #options: AskerOptions<Answer>;
  #path: string | null = null;
  #last: Answer | null = null;
  #flight: AbortController | null = null;
  #isAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AskerOptions<Answer>) {
    this.#options = options;
  }

  /** Another path is asked for at once; the same one again, a little later. Null: nothing. */
  want(path: string | null): void {
    if (path === this.#path) {
      this.#again();
      return;
    }
    this.stop();
    this.#path = path;
    this.#last = null;
    if (path === null) this.#options.tell(null, null);
    else void this.#ask(path);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flight?.abort();
    this.#flight = null;
    this.#isAgain = false;
  }

  #again(): void {
    this.#isAgain = true;
    const path = this.#path;
    if (path === null || this.#flight || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask(path);
    }, this.#options.againMs);
  }

  async #ask(path: string): Promise<void> {
    const flight = new AbortController();
    this.#flight = flight;
    this.#isAgain = false;
    try {
      const answer = await this.#options.get(path, flight.signal);
      if (flight.signal.aborted) return;
      this.#last = answer;
      this.#options.tell(answer, null);
    } catch (error) {
      // What came before stays: it is shown with its age.
      if (!flight.signal.aborted) this.#options.tell(this.#last, error as Error);
    }
    if (this.#flight !== flight) return;
    this.#flight = null;
    if (this.#isAgain) this.#again();
  }
}
