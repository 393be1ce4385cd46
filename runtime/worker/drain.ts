import type { Host } from './host.ts';

/** The end of the grace period that is kept for orchestrators to collect what was released. */
const COLLECT_MS = 2000;
const COLLECT_SHARE = 0.25;
/** How often the outbox is looked at while it is being collected. */
const LOOK_INTERVAL_MS = 20;

/**
 * Ends a worker's work in order:
 *
 *     begin ── nothing new is taken ──▶ what runs may end ── grace nearly over ──▶ the rest is released
 *           ──▶ outboxes are collected ── empty, or grace over ──▶ done
 */
export class Drain {
  readonly #host: Host;
  readonly #graceMs: number;
  readonly #log: { info(message: string): void };
  #done: Promise<void> | null = null;
  readonly #hurried = Promise.withResolvers<void>();

  constructor(host: Host, graceMs: number, log: { info(message: string): void }) {
    this.#host = host;
    this.#graceMs = graceMs;
    this.#log = log;
  }

  /** Takes no more work from now on; what is left when the grace is nearly over is handed back. */
  begin(): void {
    if (this.#host.invocations.draining) return;
    this.#host.invocations.draining = true;
    this.#done = this.#release();
  }

  /** Resolves when the process may end. */
  async run(): Promise<void> {
    this.begin();
    await this.#done;
    await this.#collected();
  }

  /** Hands back at once whatever still runs. */
  hurry(): void {
    this.#hurried.resolve();
  }

  get #collectMs(): number {
    return Math.min(COLLECT_MS, this.#graceMs * COLLECT_SHARE);
  }

  async #release(): Promise<void> {
    const { invocations } = this.#host;
    const idle = invocations.idle();
    await Promise.race([idle, this.#hurried.promise, after(this.#graceMs - this.#collectMs)]);
    if (invocations.unfinished > 0) this.#log.info(`handing back ${invocations.unfinished} invocations`);
    invocations.stopAll('released');
    await idle;
  }

  /** Nobody needs to be waited for when nothing waits. */
  async #collected(): Promise<void> {
    const end = performance.now() + this.#collectMs;
    while (this.#host.outbox.size > 0 && performance.now() < end) await after(LOOK_INTERVAL_MS);
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
