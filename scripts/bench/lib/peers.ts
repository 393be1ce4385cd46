/** Peers of dispatch that Debian packages: Dask's distributed scheduler, and GNU parallel. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's own interpreter: another one in the path does not see its packages. */
const PYTHON = '/usr/bin/python3';

const DASK_SCRIPT = `
import sys, time, logging
from distributed import Client, LocalCluster, wait

def noop(number):
    return True

if __name__ == "__main__":
    tasks, workers = int(sys.argv[1]), int(sys.argv[2])
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL) as cluster:
        with Client(cluster) as client:
            client.gather(client.map(noop, range(-100, 0), pure=False))
            start = time.perf_counter()
            client.gather(client.map(noop, range(tasks), pure=False))
            print((time.perf_counter() - start) * 1000)
`;

/** True where Debian's python3-distributed is installed. */
export function hasDask(): boolean {
  return spawnSync(PYTHON, ['-c', 'import distributed']).status === 0;
}

/** Milliseconds that Dask takes for so many no-ops, submitted as futures and gathered. */
export function timeDask(tasks: number, workers: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'motes-bench-dask-'));
  try {
    const script = join(folder, 'bench.py');
    writeFileSync(script, DASK_SCRIPT);
    const output = execFileSync(PYTHON, [script, `${tasks}`, `${workers}`], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(output.trim().split('\n').at(-1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** True where GNU parallel is installed. */
export function hasParallel(): boolean {
  return spawnSync('parallel', ['--version']).status === 0;
}

/** Milliseconds that GNU parallel takes for so many processes that do nothing, with a log of what was done. */
export function timeParallel(tasks: number, jobs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'motes-bench-parallel-'));
  try {
    const input = Array.from({ length: tasks }, (_, index) => `${index}\n`).join('');
    const args = ['--will-cite', '--jobs', `${jobs}`, '--joblog', join(folder, 'log'), 'true'];
    const start = performance.now();
    execFileSync('parallel', args, { input, stdio: ['pipe', 'ignore', 'ignore'] });
    return performance.now() - start;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
