import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const START_DEADLINE_MS = 15_000;

/** A server in a process of its own, for a bench to load. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it answers without trouble of its own.
 * @param args what follows `node`, given the port that it shall listen on
 * @param path what to ask for until then
 * @throws Error when it does not answer in time
 */
export async function startServer(args: (port: number) => string[], path: string): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, args(port), { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await exited;
  };
  const end = performance.now() + START_DEADLINE_MS;
  while (performance.now() < end) {
    const answer = await fetch(`${url}${path}`).catch(() => null);
    if (answer && answer.status < 500) return { url, process: child, stop };
    await wait(5);
  }
  await stop();
  throw new Error(`no answer from node ${args(port).join(' ')} within ${START_DEADLINE_MS / 1000} s`);
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return (address as { port: number }).port;
}
