/** The orchestrator under strace: what it syncs, and what goes wrong at the k-th time. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYNCS = 'fsync,fdatasync';

/** An option of Node that loads a module of `preload/` before the program, in each of its threads. */
export function preload(name: string): string[] {
  return ['--import', fileURLToPath(new URL(`./preload/${name}.ts`, import.meta.url))];
}

/**
 * The k-th sync of a thread kills the process; or that and every later one fails, as on a disk that stays as it is.
 * Without strace's seccomp filter, under which the signal would not come.
 */
export function faultAtSync(fault: 'KILL' | 'EIO' | 'ENOSPC', k: number): string[] {
  const what = fault === 'KILL' ? `signal=KILL:when=${k}` : `error=${fault}:when=${k}+`;
  return ['strace', '-qq', '-f', '-o', '/dev/null', '-e', `trace=${SYNCS}`, '-e', `inject=${SYNCS}:${what}`];
}

/** Writes syncs and what goes out of sockets to a file. */
export function recordSyncs(file: string): string[] {
  return [
    'strace',
    '-qq',
    '-f',
    '--seccomp-bpf',
    '-s',
    '64',
    '-o',
    file,
    '-e',
    `trace=${SYNCS},write,writev,sendto,sendmsg`,
  ];
}

/** What is looked for in what goes out: after a `from`, no `to` may come before a sync. */
export interface Messages {
  readonly from: RegExp;
  readonly to: RegExp;
}

export interface Traced {
  /** Syncs that were completed, over all. */
  readonly syncs: number;
  /** How many `to` there were, and how many of them with no sync completed since the last `from`. */
  readonly messages: number;
  readonly unsynced: number;
}

/** Reads what `recordSyncs` wrote. A message counts from the line in which its write begins, a sync from its end. */
export function readTrace(file: string, { from, to }: Messages): Traced {
  let [syncs, messages, unsynced, since] = [0, 0, 0, 0];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (/fsync|fdatasync/.test(line) && /\)\s+= 0/.test(line)) {
      syncs += 1;
      since += 1;
      continue;
    }
    if (to.test(line)) {
      messages += 1;
      if (since === 0) unsynced += 1;
    }
    if (from.test(line)) since = 0;
  }
  return { syncs, messages, unsynced };
}
