/** Lines of functions' logs on their way to the ledger. A line is no outcome: one that is lost is lost. */
import { asProblem } from '../../wire/problem.ts';
import { LOG_LIMITS } from '../../wire/task-log.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { LogLineRow } from '../ledger/ledger-rows.ts';
import type { DispatcherLog } from '../ports.ts';

export interface LogKeeperOptions {
  readonly ledger: Pick<RemoteLedger, 'saveLog'>;
  readonly log: Pick<DispatcherLog, 'warn'>;
}

/** Lines that may wait; beyond that new ones are left out. */
const MOST_WAITING = 10_000;

export class LogKeeper {
  readonly #options: LogKeeperOptions;
  #waiting: LogLineRow[] = [];
  #isSaving = false;

  constructor(options: LogKeeperOptions) {
    this.#options = options;
  }

  add(line: LogLineRow): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ ...line, message: line.message.slice(0, LOG_LIMITS.characters) });
    if (this.#isSaving) return;
    this.#isSaving = true;
    queueMicrotask(() => void this.#saveAll());
  }

  /** One group at a time: what comes meanwhile goes together with the next. */
  async #saveAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#options.ledger
        .saveLog(lines)
        .catch((error) => this.#options.log.warn(`lines of a log were not kept: ${asProblem(error).message}`, {}));
    }
    this.#isSaving = false;
  }
}
