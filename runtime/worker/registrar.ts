import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { isProblemDocument } from '../http/errors.ts';
import { type Registration, type RegistrationAnswer, RegistrationAnswerSchema } from '../wire/registration.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;

export interface RegistrarOptions {
  /** Sends the registration. Rejects when the orchestrator cannot be reached. */
  readonly post: (registration: Registration) => Promise<{ readonly status: number; readonly body: unknown }>;
  /** What to send: asked anew each time, so that a drain shows. */
  readonly registration: () => Registration;
  /** Told the id under which the orchestrator knows it, at each registration. */
  readonly onId?: (id: string) => void;
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
  /** Replaceable in tests. */
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** How the last try went; each change of it is logged once, not each try. */
type Standing = 'new' | 'registered' | 'unreachable' | 'refused';

/** Registers a worker with its orchestrator, again and again: each registration is the heartbeat as well. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #random: () => number;
  #standing: Standing = 'new';
  #failures = 0;
  #pause = new AbortController();
  #announced: PromiseWithResolvers<void> | null = null;
  #closed = false;
  #loop: Promise<void> | null = null;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#wait = options.wait ?? ((ms, signal) => wait(ms, undefined, { signal, ref: false }));
  }

  /** Tries once, and goes on in the background. @returns whether the orchestrator took it. */
  async start(): Promise<boolean> {
    const pauseMs = await this.#register();
    this.#loop = this.#goOn(pauseMs);
    return this.#standing === 'registered';
  }

  /** Registers now rather than at the next heartbeat, because something changed. Resolves when that was tried. */
  announce(): Promise<void> {
    this.#announced ??= Promise.withResolvers();
    this.#pause.abort();
    return this.#announced.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pause.abort();
    await this.#loop;
  }

  async #goOn(firstPauseMs: number): Promise<void> {
    for (let pauseMs = firstPauseMs; !this.#closed; ) {
      // Waking early is what `announce` is for.
      await this.#wait(pauseMs, this.#pause.signal).catch(() => {});
      if (this.#closed) return;
      this.#pause = new AbortController();
      const announced = this.#announced;
      this.#announced = null;
      pauseMs = await this.#register();
      announced?.resolve();
    }
  }

  /** @returns how long to wait before the next time. */
  async #register(): Promise<number> {
    try {
      const { status, body } = await this.#options.post(this.#options.registration());
      if (status >= 400) return this.#failed('refused', refusal(status, body));
      return this.#succeeded(v.parse(RegistrationAnswerSchema, body));
    } catch (error) {
      return this.#failed('unreachable', `the orchestrator cannot be reached (${(error as Error).message})`);
    }
  }

  #succeeded(answer: RegistrationAnswer): number {
    this.#failures = 0;
    this.#options.onId?.(answer.id);
    if (this.#standing !== 'registered') this.#options.log.info(`registered with the orchestrator as ${answer.id}`);
    this.#standing = 'registered';
    return answer.heartbeat_ms;
  }

  #failed(standing: 'unreachable' | 'refused', why: string): number {
    if (this.#standing !== standing) {
      const level = standing === 'refused' ? 'error' : 'warn';
      this.#options.log[level](`${why} - trying again until it does`);
    }
    this.#standing = standing;
    // Full jitter: workers that lost their orchestrator together must not come back together.
    const ceiling = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    return FIRST_RETRY_MS + this.#random() * ceiling;
  }
}

function refusal(status: number, body: unknown): string {
  const why = isProblemDocument(body) ? `${body.code}: ${body.detail}` : `HTTP ${status}`;
  return `the orchestrator does not take this worker (${why})`;
}
