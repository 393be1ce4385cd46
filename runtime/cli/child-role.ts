import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { CommandError } from './failure.ts';
import { printable } from './format.ts';
import { readableLogLine } from './log-line.ts';

/** A role to start as a child process of this one. */
export interface ChildRoleOptions {
  /** How messages call it: `worker1`. */
  readonly name: string;
  /** The path of its `main.ts`. */
  readonly script: string;
  readonly args: readonly string[];
  /** Node's own arguments. */
  readonly nodeArgs?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly startDeadlineMs: number;
  /** Gets what it prints, line by line. */
  onLine?(line: string): void;
}

/** How a process ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a role sends to its parent once it serves. */
const ReadySchema = v.object({ event: v.literal('ready'), url: v.string(), port: v.number() });
export type Ready = v.InferOutput<typeof ReadySchema>;

/** Lines kept to tell why a child could not start. */
const LAST_LINES = 20;
const LONGEST_LINE = 4_000;
/** How long the last lines of an ended process are waited for. */
const LAST_LINES_MS = 1_000;

/**
 * One child process. It is in a process group of its own, so that Ctrl-C reaches the parent alone, which then stops
 * its children in order. It ends by itself when the channel to its parent closes: a parent that is killed outright
 * leaves nobody behind.
 */
export class ChildRole {
  readonly name: string;
  /** Fulfilled when it serves; rejected with its last words when it ends or stays silent before. */
  readonly ready: Promise<Ready>;
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;
  readonly #lastLines: string[] = [];

  constructor(options: ChildRoleOptions) {
    this.name = options.name;
    this.#process = fork(options.script, options.args, {
      env: options.env,
      execArgv: [...(options.nodeArgs ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    });
    this.exited = new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        clearTimeout(timer);
        resolve({ code, signal });
      };
      // `close` comes after its last line; `exit` alone counts where something else holds its output open.
      this.#process.once('close', end);
      this.#process.once('exit', (code, signal) => {
        timer = setTimeout(() => end(code, signal), LAST_LINES_MS);
      });
      this.#process.once('error', () => end(null, null));
    });
    this.#readLines(options.onLine);
    this.ready = this.#waitUntilReady(options.startDeadlineMs);
    // Whoever stops a child that still starts does not wait for its being ready.
    this.ready.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.pid !== undefined;
  }

  /** Asks it to drain and end; kills it when the grace is over. Fulfilled when it has ended. */
  async stop(graceMs: number): Promise<ChildExit> {
    if (!this.isRunning) return this.exited;
    // Where there are no signals, the closing of the channel says the same.
    if (process.platform === 'win32') this.#process.disconnect();
    else this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it at once. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #readLines(onLine: ((line: string) => void) | undefined): void {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lastLines.push(line.slice(0, LONGEST_LINE));
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
        onLine?.(line);
      });
    }
  }

  #waitUntilReady(deadlineMs: number): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        const lastWords = this.#lastLines.map((line) => printable(readableLogLine(line)));
        reject(new CommandError([`${this.name} ${why}`, ...lastWords].join('\n')));
      };
      const timer = setTimeout(() => fail(`was not ready within ${deadlineMs / 1000} s`), deadlineMs);
      this.#process.on('message', (message) => {
        if (!v.is(ReadySchema, message)) return;
        clearTimeout(timer);
        resolve(message);
      });
      this.#process.once('error', (error) => fail(`could not be started: ${error.message}`));
      // `close` comes after the last line, `exit` might come before it.
      this.#process.once('close', (code, signal) => fail(`could not start (${describeExit({ code, signal })})`));
    });
  }
}

/** `exit code 1`, or the signal that ended it. */
export function describeExit(exit: ChildExit): string {
  return exit.signal ?? `exit code ${exit.code}`;
}
