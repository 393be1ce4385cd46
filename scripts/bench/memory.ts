/**
 * Memory: the orchestrator with a hundred thousand and with a million queued tasks, an idle worker, and each process
 * of an idle `motes up`. Resident set sizes, as Linux counts them.
 *
 *     node scripts/bench/memory.ts
 *
 * Needs a build, and /proc.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Cluster } from './lib/cluster.ts';
import { type BenchRow, printRows } from './lib/measure.ts';
import { memoryMib } from './lib/process-stat.ts';
import { startUp } from './recovery.ts';

/** What a process gets to come to rest. */
const REST_MS = 3_000;

/** All the rows of this bench, in about a minute. */
export async function benchMemory(): Promise<BenchRow[]> {
  return [await queuedTasks(100_000, 200), await queuedTasks(1_000_000, 400), ...(await idleUp())];
}

/** The orchestrator with so many tasks and nobody to run them. */
async function queuedTasks(count: number, atMost: number): Promise<BenchRow> {
  const cluster = await Cluster.start({ workers: 0 });
  try {
    const start = performance.now();
    await cluster.stream(lines(count));
    const seconds = (performance.now() - start) / 1000;
    const { peak } = memoryMib(cluster.orchestrator.pid);
    await wait(REST_MS);
    const { now } = memoryMib(cluster.orchestrator.pid);
    const note = `taken as one stream in ${seconds.toFixed(1)} s, at most ${peak.toFixed(0)} MiB meanwhile; no worker`;
    return { what: `orchestrator with ${count} queued tasks`, value: now, unit: 'MiB', bound: { atMost }, note };
  } finally {
    await cluster.stop();
  }
}

async function* lines(count: number): AsyncGenerator<string> {
  for (let first = 0; first < count; first += 1000) {
    const ids = Array.from({ length: 1000 }, (_, index) => first + index);
    yield ids.map((id) => `{"id":"t${id}","type":"benchmark_wasm","parameters":{"seed":${id}}}\n`).join('');
  }
}

async function idleUp(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'motes-bench-idle-'));
  const up = startUp(folder);
  try {
    const [text] = await once(up.stdout!, 'data');
    const { orchestrator, workers } = JSON.parse(String(text)) as {
      orchestrator: { pid: number };
      workers: { name: string; pid: number }[];
    };
    await wait(REST_MS);
    const note = 'idle, of motes up with three workers';
    const row = (what: string, pid: number): BenchRow => ({ what, value: memoryMib(pid).now, unit: 'MiB', note });
    return [
      ...workers.map(({ name, pid }) => ({ ...row(`worker ${name}`, pid), bound: { atMost: 100 } })),
      row('orchestrator', orchestrator.pid),
      row('the command itself', up.pid!),
    ];
  } finally {
    const exited = once(up, 'exit');
    up.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) printRows(await benchMemory());
