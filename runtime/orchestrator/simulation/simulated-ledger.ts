/** The ledger's thread as the orchestrator sees it: calls wait, are committed together, and are answered later. */
import { LEDGER_CALLS, type LedgerCallName, type RemoteLedger } from '../ledger/ledger-host.ts';
import type { FinishRequest } from '../ledger/ledger-types.ts';
import type { VirtualClock } from './clock.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

interface Call {
  readonly name: LedgerCallName;
  readonly values: unknown[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  answer?: () => void;
}

/** How long a commit takes now; a disk may be slow for a while. */
export interface Disk {
  commitMs: number;
  /** Kills the process in the next commit of a change: just before it is on disk, or just after. */
  killsIn: 'none' | 'before' | 'after';
  kill(): void;
}

/** One orchestrator process's way to the ledger. */
export class SimulatedLedger {
  readonly remote: RemoteLedger;
  readonly #inline: RemoteLedger;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #disk: Disk;
  #waiting: Call[] = [];
  #committing: Call[] = [];
  #committed: Call[] = [];
  #answersAtMs = 0;
  #isAlive = true;

  constructor(
    inline: RemoteLedger,
    world: { readonly clock: VirtualClock; readonly random: Random; readonly trace: Trace; readonly disk: Disk },
  ) {
    this.#inline = inline;
    this.#clock = world.clock;
    this.#random = world.random;
    this.#trace = world.trace;
    this.#disk = world.disk;
    const calls = LEDGER_CALLS.map((name) => [name, (...values: unknown[]) => this.#call(name, values)]);
    this.remote = Object.fromEntries(calls) as RemoteLedger;
  }

  /** The process was killed: what was not committed is lost, what was not answered is kept. */
  kill(): void {
    this.#isAlive = false;
    if (writes(this.#waiting) || writes(this.#committing)) this.#trace.mark('crash before a commit');
    if (writes(this.#committed)) this.#trace.mark('crash after a commit, before its answer');
  }

  /** The process has ended in order. */
  end(): void {
    this.#isAlive = false;
  }

  /** Calls that nobody has answered yet. */
  get pending(): number {
    return this.#waiting.length + this.#committing.length + this.#committed.length;
  }

  #call(name: LedgerCallName, values: unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (!this.#isAlive) return promise;
    this.#waiting.push({ name, values, resolve, reject });
    this.#commit();
    return promise;
  }

  /** Whether the loss of an attempt is on its way to the disk. */
  isLosing(task: number, attempt: number): boolean {
    const pending = [...this.#waiting, ...this.#committing, ...this.#committed].filter(({ name }) => name === 'finish');
    return pending
      .flatMap(({ values }) => values[0] as FinishRequest[])
      .some((one) => one.task === task && one.attempt === attempt && one.outcome.status === 'lost');
  }

  /** The next group is what waits when the one before has ended. */
  #commit(): void {
    if (this.#committing.length > 0 || this.#waiting.length === 0) return;
    this.#committing = this.#waiting;
    this.#waiting = [];
    this.#clock.after(this.#random.between(0, this.#disk.commitMs), () => {
      if (!this.#isAlive) return;
      const group = this.#committing;
      const killsIn = writes(group) ? this.#disk.killsIn : 'none';
      if (killsIn === 'before') return this.#die();
      this.#committing = [];
      this.#committed.push(...group);
      for (const call of group) this.#run(call);
      if (killsIn === 'after') return this.#die();
      // In order, as messages from a thread are: the dispatcher hears of a start before it hears of its cancel.
      this.#answersAtMs = Math.max(this.#answersAtMs, this.#clock.now() + this.#random.integer(0, 2));
      this.#clock.after(this.#answersAtMs - this.#clock.now(), () => this.#answer(group));
      this.#commit();
    });
  }

  #die(): void {
    this.#disk.killsIn = 'none';
    this.#disk.kill();
  }

  #run(call: Call): void {
    const method = this.#inline[call.name] as (...values: unknown[]) => Promise<unknown>;
    method(...call.values).then(
      (value) => {
        call.answer = () => call.resolve(value);
      },
      (error) => {
        call.answer = () => call.reject(error);
      },
    );
  }

  #answer(group: readonly Call[]): void {
    if (!this.#isAlive) return;
    this.#committed = this.#committed.filter((call) => !group.includes(call));
    for (const call of group) call.answer!();
  }
}

function writes(calls: readonly Call[]): boolean {
  return calls.some(({ name }) => WRITES.has(name));
}

const WRITES: ReadonlySet<LedgerCallName> = new Set([
  'submit',
  'start',
  'finish',
  'cancel',
  'retry',
  'receiveTasks',
  'activate',
]);
