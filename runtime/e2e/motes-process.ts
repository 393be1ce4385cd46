/** The command `motes` as users start it: a process of its own, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../bin/motes.js', import.meta.url));
/** For what has no deadline of its own; far beyond what it takes. */
const LONGEST_WAIT_MS = 20_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `motes` that runs. */
export class MotesProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(argv: readonly string[], options: { cwd: string; nodeArgs?: readonly string[] }) {
    this.child = spawn(process.execPath, [...(options.nodeArgs ?? []), PROGRAM, ...argv], {
      cwd: options.cwd,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Fulfilled when what it printed matches; rejected when it ends without. */
  async until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this[stream]);
      if (found) return found;
      if (this.child.exitCode !== null)
        throw new Error(`motes ended with ${this.child.exitCode}:\n${this.stdout}\n${this.stderr}`);
      await Promise.race([new Promise((resolve) => this.child[stream]!.once('data', resolve)), this.ended]);
    }
  }
}

/** The machine's own settings must not reach the tests. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MOTES|WORKER\d*)_/.test(name)));
}

/** Runs `motes` to its end. */
export function motes(argv: readonly string[], options: { cwd: string; nodeArgs?: readonly string[] }): Promise<Ended> {
  return new MotesProcess(argv, options).ended;
}

/** A folder with a space in its name; removed by the function that comes with it. */
export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'motes e2e '));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes tasks, as JSON, which is YAML too. */
export function writeTasks(folder: string, tasks: readonly object[]): string {
  const path = join(folder, 'tasks.yaml');
  writeFileSync(path, JSON.stringify({ tasks }, null, 1));
  return path;
}

/** The processes that a process started, theirs not included. */
export function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child!);
}

/** Waits until none of these processes is there any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_WAIT_MS;
  while (pids.some(isAlive) && performance.now() < giveUpAt) await sleep(20);
  expect(pids.filter(isAlive)).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
