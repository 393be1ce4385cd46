/** A worker's process: it starts, listens, crashes, freezes, and has a clock of its own. */
import type { Network, Stream } from './network.ts';

export abstract class SimulatedProcess {
  readonly id: string;
  readonly streams = new Set<Stream>();
  /** A new one at each start. */
  instance = '';
  port = 0;
  isUp = false;
  isFrozen = false;
  protected readonly network: Network;
  readonly #clockRate: number;
  #whenThawed: (() => void)[] = [];
  #starts = 0;

  /** @param clockRate its clock against the true one */
  constructor(id: string, clockRate: number, network: Network) {
    this.id = id;
    this.#clockRate = clockRate;
    this.network = network;
  }

  get url(): string {
    return `http://${this.id}:${this.port}`;
  }
  /** True when it computes nothing. */
  abstract get isIdle(): boolean;
  /** Answers at its address from now on. */
  protected abstract listen(): void;
  /** A new process begins, which remembers nothing. */
  protected abstract born(): void;

  /** A new process: it remembers nothing. */
  start(port: number): void {
    this.#starts += 1;
    this.instance = `${this.id}-${this.#starts}`;
    this.isUp = true;
    this.isFrozen = false;
    this.listenAt(port);
    this.note(`starts as ${this.instance} at ${port}`);
    this.born();
  }

  /** Answers at another address from now on; what was connected breaks. */
  listenAt(port: number): void {
    this.network.listeners.delete(this.url);
    for (const stream of [...this.streams]) stream.cutOff();
    this.port = port;
    this.listen();
  }

  crash(): void {
    if (!this.isUp) return;
    this.note('dies');
    this.isUp = false;
    this.#starts += 1;
    this.network.listeners.delete(this.url);
    if (this.streams.size > 0) this.network.trace.mark('restarted under an open request');
    for (const stream of [...this.streams]) stream.cutOff();
    this.#whenThawed = [];
  }

  freeze(): void {
    this.isFrozen = true;
    this.note('freezes');
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    this.note('goes on');
    const held = this.#whenThawed;
    this.#whenThawed = [];
    if (held.length > 0 && !this.isIdle) this.network.trace.mark('zombie answered');
    for (const run of held) run();
  }

  /** Runs now, or when it is no longer frozen; a process that dies first never does. */
  receive(run: () => void): void {
    if (!this.isUp) return;
    if (this.isFrozen) this.#whenThawed.push(run);
    else run();
  }

  /** After so many milliseconds of its own clock, if it lives until then. */
  later(delayMs: number, run: () => void): void {
    const born = this.#starts;
    this.network.clock.after(delayMs * this.#clockRate, () => {
      if (born === this.#starts) this.receive(run);
    });
  }

  protected note(what: string): void {
    this.network.trace.note(`${this.id} ${what}`);
  }
}
