import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** How a program is run: by its name and a list of arguments, never through a shell. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Uint8Array;
  /** After so long it is killed, and has failed; ten minutes without. */
  readonly timeoutMs?: number;
  /** Shows what the program prints, instead of keeping it. */
  readonly isShown?: boolean;
}

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const TELLING_LINES = 12;
/** Longer than a build, a pull or an installation on a slow machine. */
const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * Runs a program to its end. @returns what it printed on standard output
 * @throws Error with its last words when it cannot be started or does not succeed
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): string {
  const ended = start(program, args, options);
  if (ended.error) throw new Error(`cannot run ${program}: ${ended.error.message}`, { cause: ended.error });
  if (ended.status === 0) return ended.stdout ?? '';
  const words = `${ended.stdout ?? ''}${ended.stderr ?? ''}`.trim().split('\n').slice(-TELLING_LINES).join('\n');
  throw new Error(`${[program, ...args].join(' ')} ended with ${ended.status ?? ended.signal}\n${words}`);
}

/** Runs a program to its end, quietly. @returns whether it succeeded */
export function tryRun(program: string, args: readonly string[], options: RunOptions = {}): boolean {
  return start(program, args, options).status === 0;
}

/** Whether there is a program of this name. */
export function isThere(program: string): boolean {
  return start(program, ['--version'], {}).error === undefined;
}

function start(program: string, args: readonly string[], options: RunOptions): SpawnSyncReturns<string> {
  return spawnSync(program, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env !== undefined && { env: options.env }),
    ...(options.input !== undefined && { input: options.input }),
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT_BYTES,
    stdio: options.isShown ? 'inherit' : 'pipe',
  });
}
