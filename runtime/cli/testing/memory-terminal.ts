/** A terminal that keeps what was written, for tests of commands. */
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { CliContext } from '../context.ts';
import { runCli } from '../program.ts';
import type { OutputStream } from '../terminal.ts';

/** A stream that keeps its text. */
export class MemoryStream extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 120;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.emit('text');
    done();
  }

  /** Fulfilled when what was written matches. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) await new Promise((resolve) => this.once('text', resolve));
  }
}

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs in this process. */
export interface StartedCli {
  readonly stdout: MemoryStream;
  readonly stderr: MemoryStream;
  readonly ended: Promise<CliRun>;
  signal(name: NodeJS.Signals): void;
}

/** Starts `motes …` in this process, on streams that are no terminal unless said otherwise. */
export function startCli(
  argv: readonly string[],
  options: { stdin?: string; env?: NodeJS.ProcessEnv; isTTY?: boolean } = {},
): StartedCli {
  const streams = [new MemoryStream(options.isTTY), new MemoryStream(options.isTTY)] as const;
  const [[stdout, stderr], signals] = [streams, new EventEmitter()];
  const context: Omit<CliContext, 'exit'> = {
    terminal: { stdin: inputOf(options.stdin ?? ''), stdout, stderr: stderr as OutputStream },
    signals,
    env: options.env ?? {},
  };
  return {
    stdout,
    stderr,
    ended: runCli(argv, context).then((code) => ({ code, stdout: stdout.text, stderr: stderr.text })),
    signal: (name) => signals.emit(name, name),
  };
}

/** Runs `motes …` in this process to its end. */
export function cli(argv: readonly string[], options?: { stdin?: string }): Promise<CliRun> {
  return startCli(argv, options).ended;
}

async function* inputOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
