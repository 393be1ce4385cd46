/** Lets workers forget outcomes that are on disk. */
import type { Transport } from '../../transport/transport.ts';
import type { AttemptKey } from '../../wire/invocation.ts';
import { asProblem } from '../../wire/problem.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { DispatcherLog, Timers } from '../ports.ts';

export interface AcknowledgementsOptions {
  readonly transport: Pick<Transport, 'acknowledge'>;
  readonly fleet: Pick<Fleet, 'get'>;
  readonly timers: Timers;
  readonly log: Pick<DispatcherLog, 'warn'>;
}

/** Kept for a worker that does not take them: as many as its outbox holds. */
const KEPT = 65_536;

/** Between two requests to a worker: one costs as much as ten short tasks, and nobody waits for it. */
const PAUSE_MS = 50;

/** One request at a time for each worker, which under load takes many; what a worker did not take is sent again. */
export class Acknowledgements {
  readonly #options: AcknowledgementsOptions;
  readonly #waiting = new Map<string, AttemptKey[]>();
  readonly #sending = new Set<string>();

  constructor(options: AcknowledgementsOptions) {
    this.#options = options;
  }

  add(workerId: string, keys: readonly AttemptKey[]): void {
    if (keys.length === 0) return;
    const waiting = this.#waiting.get(workerId);
    if (waiting) waiting.push(...keys);
    else this.#waiting.set(workerId, [...keys]);
    void this.#send(workerId);
  }

  /** Sends again what was not taken: an outbox that stays full takes no more work. */
  retry(): void {
    for (const workerId of this.#waiting.keys()) void this.#send(workerId);
  }

  async #send(workerId: string): Promise<void> {
    if (this.#sending.has(workerId)) return;
    this.#sending.add(workerId);
    for (let keys = this.#take(workerId); keys; keys = this.#take(workerId)) {
      const worker = this.#options.fleet.get(workerId);
      // The outbox of a worker that comes back is read anew.
      if (!worker?.online) continue;
      try {
        await this.#options.transport.acknowledge(worker, keys);
        await new Promise<void>((resolve) => this.#options.timers.set(resolve, PAUSE_MS));
      } catch (error) {
        this.#options.log.warn(`${workerId} did not take an acknowledgement: ${asProblem(error).message}`, {
          worker: workerId,
        });
        this.#waiting.set(workerId, [...keys, ...(this.#waiting.get(workerId) ?? [])].slice(-KEPT));
        break;
      }
    }
    this.#sending.delete(workerId);
  }

  #take(workerId: string): AttemptKey[] | undefined {
    const keys = this.#waiting.get(workerId);
    this.#waiting.delete(workerId);
    return keys;
  }
}
