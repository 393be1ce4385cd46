import { spawn } from 'node:child_process';

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Goes on as another program of this Node, with Node's own arguments, which cannot be changed once it runs. Where the
 * system can, this process itself becomes it: same number, nothing left behind. Elsewhere, and for a parent that
 * follows this process through a channel, it runs as a child and this process ends as it ends.
 */
export function become(script: string, nodeArgs: readonly string[], args: readonly string[]): Promise<number> {
  const argv = [...nodeArgs, script, ...args];
  if (process.execve && !process.channel) process.execve(process.execPath, [process.execPath, ...argv], process.env);
  return runAsChild(argv);
}

function runAsChild(argv: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, argv, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('message', (message) => process.send?.(message));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
