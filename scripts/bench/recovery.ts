/**
 * Recovery: from the death of a worker or of the orchestrator until work goes on; how soon a cancelled kernel that
 * never returns has ended; how soon `motes up` is ready. (Cold starts and first invocations: `invoke.ts`.)
 *
 *     node scripts/bench/recovery.ts
 *
 * Needs a build.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BenchTask, Cluster, until } from './lib/cluster.ts';
import { type BenchRow, medianRow, percentile, printRows } from './lib/measure.ts';
import type { RoleProcess } from './lib/role-process.ts';

const KILLS = 5;
const RESTARTS = 5;
const CANCELS = 50;
const STARTS = 5;
const QUEUED = 100_000;
/** So many turns that no bench waits for the end: minutes. */
const ENDLESS = 1_000_000_000_000;
/** Some ten milliseconds: short enough that the next one is soon due. */
const SHORT = 5_000_000;

/** All the rows of this bench, in about a minute and a half. */
export async function benchRecovery(): Promise<BenchRow[]> {
  return [await benchWorkerDeath(), await benchOrchestratorDeath(), ...(await benchCancel()), await benchUp()];
}

function spinning(id: string, spins: number): BenchTask {
  return { id, type: 'noop', parameters: { spins } };
}

/** What a worker computes, as it says itself. */
async function currentTask(worker: RoleProcess): Promise<string | null> {
  const answer = await fetch(`${worker.url}/ping`).catch(() => null);
  return answer ? ((await answer.json()) as { current_task: string | null }).current_task : null;
}

/** From `kill -9` of the worker that runs a task until another one says that it runs it. */
async function benchWorkerDeath(): Promise<BenchRow> {
  const cluster = await Cluster.start({ workers: 2 });
  try {
    const times: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const [a, b] = cluster.workers.slice(-2) as [RoleProcess, RoleProcess];
      const run = await cluster.submit([spinning('long', ENDLESS)]);
      const name = `${run}/long`;
      const [here] = await until(
        async () => [(await currentTask(a)) === name && a, (await currentTask(b)) === name && b].filter(Boolean),
        (running) => running.length > 0,
      );
      const other = here === a ? b : a;
      const start = performance.now();
      (here as RoleProcess).signal('SIGKILL');
      await until(
        () => currentTask(other),
        (task) => task === name,
      );
      times.push(performance.now() - start);
      await cluster.delete(`/runs/${run}`);
      // The next round has two live workers again; names are new, so that no earlier failure counts.
      cluster.workers.splice(cluster.workers.indexOf(here as RoleProcess), 1);
      await cluster.startWorker(`again-${kill}`);
    }
    const note = `kill -9 of the worker, until the other says that it runs the task; ${KILLS} times, the longest ${Math.max(...times).toFixed(0)} ms`;
    return medianRow('a lost worker to its task running elsewhere', times, 'ms', { bound: { atMost: 2000 }, note });
  } finally {
    await cluster.stop();
  }
}

/** From the start of a process over a ledger of many tasks, after `kill -9`, until it has started one more of them. */
async function benchOrchestratorDeath(): Promise<BenchRow> {
  const cluster = await Cluster.start({ workers: 2, orchestratorArgs: ['--result-files', 'off'] });
  try {
    const run = await cluster.stream(linesOf(QUEUED, SHORT));
    const port = Number(new URL(cluster.orchestrator.url).port);
    const times: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      await wait(500);
      await cluster.orchestrator.kill();
      const queued = queuedOnDisk(cluster.folder);
      const start = performance.now();
      await cluster.startOrchestrator(port);
      await until(
        () => cluster.get<{ tasks: { queued: number } }>(`/runs/${run}`),
        ({ tasks }) => tasks.queued < queued,
      );
      times.push(performance.now() - start);
    }
    const note = `from the start of the process until another task is started, some ${QUEUED} tasks in the ledger, ${RESTARTS} times, the longest ${Math.max(...times).toFixed(0)} ms`;
    return medianRow('a killed orchestrator to dispatching again', times, 'ms', { bound: { atMost: 2000 }, note });
  } finally {
    await cluster.stop();
  }
}

async function* linesOf(count: number, spins: number): AsyncGenerator<string> {
  for (let first = 0; first < count; first += 1000) {
    const ids = Array.from({ length: Math.min(1000, count - first) }, (_, index) => `t${first + index}`);
    yield ids.map((id) => `${JSON.stringify(spinning(id, spins))}\n`).join('');
  }
}

/** Queued tasks of a ledger that nobody has open; of a copy, as opening the file would already mend it. */
function queuedOnDisk(folder: string): number {
  const copy = mkdtempSync(join(tmpdir(), 'motes-bench-ledger-'));
  for (const suffix of ['', '-wal'])
    copyFileSync(join(folder, 'data', `ledger.sqlite${suffix}`), join(copy, `l${suffix}`));
  const db = new DatabaseSync(join(copy, 'l'));
  const { queued } = db.prepare('SELECT SUM(queued) AS queued FROM runs').get() as { queued: number };
  db.close();
  rmSync(copy, { recursive: true });
  return queued;
}

/** What a cancel has to end from outside. */
const NEVER_RETURNING = [
  { what: 'function', parameters: { how: 'spin' } },
  { what: 'kernel', parameters: { how: 'spin_in_kernel' } },
  { what: 'kernel with 64 MiB', parameters: { how: 'spin_in_kernel', megabytes: 64 } },
];

/** From a user's cancel until the worker computes nothing any more. */
async function benchCancel(): Promise<BenchRow[]> {
  const cluster = await Cluster.start({ workers: 1 });
  try {
    const [worker] = cluster.workers as [RoleProcess];
    const rows: BenchRow[] = [];
    for (const { what, parameters } of NEVER_RETURNING) {
      const times: number[] = [];
      for (let cancel = 0; cancel < CANCELS; cancel++) {
        const run = await cluster.submit([{ id: 'endless', type: 'faulty', parameters }]);
        await until(
          () => currentTask(worker),
          (task) => task === `${run}/endless`,
        );
        const start = performance.now();
        await cluster.delete(`/tasks/${run}/endless`);
        await until(
          () => currentTask(worker),
          (task) => task === null,
          1,
        );
        times.push(performance.now() - start);
      }
      rows.push({
        what: `cancel of a ${what} that never returns, p99`,
        value: percentile(times, 99),
        unit: 'ms',
        bound: { atMost: 100 },
        note: `DELETE at the orchestrator until its worker is idle, ${CANCELS} times, median ${percentile(times, 50).toFixed(0)} ms, of which 50 are the time that it has to notice`,
      });
    }
    return rows;
  } finally {
    await cluster.stop();
  }
}

async function benchUp(): Promise<BenchRow> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const folder = mkdtempSync(join(tmpdir(), 'motes-bench-up-'));
    const before = performance.now();
    const up = startUp(folder);
    await once(up.stdout!, 'data');
    times.push(performance.now() - before);
    const exited = once(up, 'exit');
    up.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
  return medianRow('motes up to ready', times, 'ms', {
    bound: { atMost: 2000 },
    note: `an orchestrator and three workers, from the start of the command, ${STARTS} times`,
  });
}

/** `motes up` on free ports; it prints when it is ready. */
export function startUp(folder: string): ChildProcess {
  const main = fileURLToPath(new URL('../../runtime/cli/main.ts', import.meta.url));
  const args = ['up', '--port', '0', '--worker-port', '0', '--workers', '3', '--data', folder, '--json'];
  return spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

if (import.meta.main) printRows(await benchRecovery());
