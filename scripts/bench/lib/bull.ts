/** BullMQ on a Redis of its own, as a peer of dispatch: two worker processes, durable as Redis's own advice has it. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import manifest from 'bullmq/package.json' with { type: 'json' };
import { cpuMs } from './process-stat.ts';
import { freePort } from './server-process.ts';

const WORKERS = 2;
const BATCH = 1000;
const CONCURRENCY = 32;
const POLL_MS = 5;
const QUEUE = 'bench';

/** Waits until somebody listens on a port. @throws Error after ten seconds. */
async function answers(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (tries === 1_000) throw new Error('redis-server does not come up');
    await wait(10);
  }
}

/** True where `redis-server` is installed. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** When Redis makes its log durable: once a second, or before each answer, as motes does. */
export type AppendFsync = 'everysec' | 'always';

/** Redis, a queue and workers on it. */
export class BullPeer {
  readonly #redis: ChildProcess;
  readonly #workers: ChildProcess[] = [];
  readonly #folder: string;
  #queue!: Queue;

  private constructor(port: number, appendfsync: AppendFsync) {
    this.#folder = mkdtempSync(join(tmpdir(), 'motes-bench-redis-'));
    const durable = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''];
    const args = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', this.#folder, ...durable];
    this.#redis = spawn('redis-server', args, { stdio: 'ignore' });
  }

  static async start(appendfsync: AppendFsync): Promise<BullPeer> {
    const port = await freePort();
    const peer = new BullPeer(port, appendfsync);
    await answers(port);
    peer.#queue = new Queue(QUEUE, { connection: { host: '127.0.0.1', port } });
    await peer.#queue.waitUntilReady();
    const script = fileURLToPath(new URL('./bull-worker.ts', import.meta.url));
    for (let index = 0; index < WORKERS; index++) peer.#workers.push(fork(script, [`${port}`, `${CONCURRENCY}`]));
    await Promise.all(peer.#workers.map((worker) => once(worker, 'message')));
    return peer;
  }

  /** What it is, for the note. */
  get version(): string {
    const redis = /v=(\S+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout)?.[1];
    return `BullMQ ${manifest.version} on Redis ${redis}`;
  }

  /** Milliseconds until so many no-ops were added, run and recorded in Redis. */
  async time(count: number): Promise<number> {
    await this.#queue.obliterate({ force: true });
    const start = performance.now();
    for (let first = 0; first < count; first += BATCH) {
      await this.#queue.addBulk(
        Array.from({ length: Math.min(BATCH, count - first) }, () => ({ name: 'noop', data: {} })),
      );
    }
    while ((await this.#queue.getCompletedCount()) < count) await wait(POLL_MS);
    return performance.now() - start;
  }

  /** Milliseconds of processor time of Redis and the workers. */
  get cpuMs(): number {
    return [this.#redis, ...this.#workers].reduce((sum, { pid }) => sum + cpuMs(pid!), 0);
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await this.#queue.close();
    const exited = once(this.#redis, 'exit');
    this.#redis.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
