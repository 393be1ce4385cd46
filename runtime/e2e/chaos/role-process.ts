/** A role of motes as an operator starts it: a process of its own, through its `main.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ORCHESTRATOR_MAIN = fileURLToPath(new URL('../../orchestrator/main.ts', import.meta.url));
export const WORKER_MAIN = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));

const LINES_KEPT = 2_000;

export interface RoleProcessOptions {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** A command that runs it (`strace …`); signals go to the role all the same. */
  readonly wrapper?: readonly string[];
}

export interface Ready {
  readonly url: string;
  readonly port: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Those that have not ended: none is left behind, not even a stopped one. */
const alive = new Set<RoleProcess>();
process.once('exit', () => {
  for (const role of alive) role.signal('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

export class RoleProcess {
  readonly name: string;
  /** What it printed, the newest lines. */
  readonly lines: string[] = [];
  /** Fulfilled when it serves; rejected with its last words when it ends before. */
  readonly ready: Promise<Ready>;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #isWrapped: boolean;
  #pid: number | undefined;

  constructor(options: RoleProcessOptions) {
    this.name = options.name;
    const { wrapper = [], nodeArgs = [], script, args } = options;
    const [command, ...rest] = [...wrapper, process.execPath, ...nodeArgs, script, ...args];
    this.#isWrapped = wrapper.length > 0;
    this.#child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: environment() });
    alive.add(this);
    const isRead = [this.#child.stdout!, this.#child.stderr!].map((stream) => this.#read(stream));
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', async (code, signal) => {
        alive.delete(this);
        await Promise.all(isRead);
        resolve({ code, signal });
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.once('message', (message) => resolve(message as Ready));
      void this.exited.then(({ code, signal }) =>
        reject(new Error(`${this.name} ended (${signal ?? code}) before it served:\n${this.lines.join('\n')}`)),
      );
    });
    this.ready.catch(() => {});
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The role's process, not its wrapper's. */
  get pid(): number {
    this.#pid ??= this.#isWrapped ? onlyChildOf(this.#child.pid!) : this.#child.pid!;
    return this.#pid;
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(this.pid, signal);
    } catch {
      // It has ended already.
    }
  }

  /** Ends it with a signal, also when it is stopped; fulfilled when it is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.signal(signal);
    if (signal !== 'SIGKILL') this.signal('SIGCONT');
    return this.exited;
  }

  /** The log lines in which something stands. */
  logged(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  async #read(stream: NodeJS.ReadableStream): Promise<void> {
    for await (const line of createInterface({ input: stream })) {
      this.lines.push(line);
      if (this.lines.length > LINES_KEPT) this.lines.shift();
    }
  }
}

/** The machine's own settings must not reach the tests. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MOTES_|WORKER)/.test(name)));
}

/** @throws Error when there is none */
function onlyChildOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  if (!child) throw new Error(`process ${pid} has no child`);
  return Number(child);
}
