import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const WINDOW_MS = 10_000;

/** How long the event loop was held up at most, in the last ten to twenty seconds. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #beforeMs = 0;

  constructor() {
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS).unref();
  }

  get longestMs(): number {
    return Math.max(this.#beforeMs, this.#histogram.max / 1e6);
  }

  #turn(): void {
    this.#beforeMs = this.#histogram.max / 1e6;
    this.#histogram.reset();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }
}
