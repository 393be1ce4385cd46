/** What this machine can do beyond running Node. */
import { spawnSync } from 'node:child_process';

/** Why there is no tmpfs to be had; null where there is. */
export function whyNoTmpfs(): string | null {
  if (process.platform !== 'linux') return 'tmpfs is Linux';
  return process.getuid?.() === 0 ? null : 'mounting a tmpfs needs root';
}

/** Why system calls cannot be traced; null where they can. */
export function whyNoStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is Linux';
  const { status, error } = spawnSync('strace', ['-qq', '-f', '-o', '/dev/null', 'true']);
  if (error) return 'strace is not installed';
  return status === 0 ? null : 'strace may not trace here';
}

/** Runs a command to its end. @throws Error with what it printed, when it fails */
export function command(name: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
