/**
 * Dispatch: no-op tasks submitted over HTTP until their results are on disk, with two workers of one slot; against
 * BullMQ on Redis, and beside Dask and GNU parallel where Debian's packages of them are installed.
 *
 *     node scripts/bench/dispatch.ts
 *
 * Needs a build. All candidates run on the same processors in turn, so the ratios count.
 */
import { BullPeer, hasRedis } from './lib/bull.ts';
import { Cluster, noOps } from './lib/cluster.ts';
import { type BenchRow, interleave, median, medianRatio, medianRow, printRows } from './lib/measure.ts';
import { hasDask, hasParallel, timeDask, timeParallel } from './lib/peers.ts';
import type { ProbeReport } from './lib/role-process.ts';

const ROUNDS = 7;
const TASKS = 20_000;
/** Submitted at once: the original's endpoint takes 10 000 tasks. */
const SUBMISSIONS = 2;
/** Requests of a single task: how many, and how many at once. */
const SINGLES = 4_000;
const SINGLES_IN_FLIGHT = 64;
/** The slower peers are given less. */
const DASK_TASKS = 4_000;
const PARALLEL_TASKS = 500;
const WORKERS = 2;

/** All the rows of this bench, in about a minute and a half. */
export async function benchDispatch(): Promise<BenchRow[]> {
  const cluster = await Cluster.start({ workers: WORKERS, orchestratorArgs: ['--result-files', 'off'], probed: true });
  const bull = hasRedis() ? await BullPeer.start('everysec') : null;
  const strict = hasRedis() ? await BullPeer.start('always') : null;
  try {
    const load = new MotesLoad(cluster);
    // Both compile their hot code first.
    for (let round = 0; round < 2; round++) await load.batch();
    load.reports.length = 0;
    const rounds = await interleave(ROUNDS, {
      batch: () => load.batch(),
      bull: async () => (bull ? rateOf(TASKS, await bull.time(TASKS)) : 0),
      strict: async () => (strict ? rateOf(TASKS, await strict.time(TASKS)) : 0),
      single: () => load.single(),
    });
    return [
      ...motesRows(rounds.batch, rounds.single, load.reports.slice(1)),
      ...(bull ? bullRows(rounds, bull) : skipped('BullMQ', 'redis-server')),
      ...otherPeers(rounds.batch),
    ];
  } finally {
    await Promise.all([cluster.stop(), bull?.stop(), strict?.stop()]);
  }
}

/** The load on motes, and what it cost the orchestrator. */
class MotesLoad {
  readonly #cluster: Cluster;
  readonly reports: (ProbeReport & { cpuUs: number })[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Tasks a second, in a few large submissions that wait for their runs. */
  async batch(): Promise<number> {
    const { orchestrator, workers } = this.#cluster;
    const cpu = (): number => [orchestrator, ...workers].reduce((sum, role) => sum + role.cpuMs, 0);
    await orchestrator.askProbe();
    const cpuBefore = cpu();
    const start = performance.now();
    const tasks = noOps(TASKS / SUBMISSIONS);
    await Promise.all(Array.from({ length: SUBMISSIONS }, () => this.#cluster.run(tasks)));
    const ms = performance.now() - start;
    this.reports.push({ ...(await orchestrator.askProbe()), cpuUs: ((cpu() - cpuBefore) / TASKS) * 1000 });
    return rateOf(TASKS, ms);
  }

  /** The same with a request for each task. */
  async single(): Promise<number> {
    let left = SINGLES;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await this.#cluster.run(noOps(1));
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: SINGLES_IN_FLIGHT }, lane));
    return rateOf(SINGLES, performance.now() - start);
  }
}

function motesRows(
  batch: readonly number[],
  single: readonly number[],
  reports: readonly (ProbeReport & { cpuUs: number })[],
): BenchRow[] {
  const setting = `${WORKERS} workers of 1 slot, ${ROUNDS} interleaved rounds, every result fsynced, no result files`;
  const delays = reports.map(({ delayP99Ms }) => delayP99Ms);
  const cpu = median(reports.map(({ cpuUs }) => cpuUs));
  return [
    medianRow('motes, no-op tasks', batch, 'tasks/s', {
      note: `${TASKS} in ${SUBMISSIONS} submissions, ${setting}; ${cpu.toFixed(0)} µs of processor a task in all processes`,
    }),
    medianRow('motes, a request for each task', single, 'tasks/s', {
      note: `${SINGLES} submissions of one task that wait for its end, ${SINGLES_IN_FLIGHT} in flight`,
    }),
    medianRow('event-loop delay p99 of the orchestrator', delays, 'ms', {
      bound: { atMost: 15 },
      note: `measured inside it meanwhile, every millisecond; the longest ${Math.max(...reports.map(({ delayMaxMs }) => delayMaxMs)).toFixed(0)} ms`,
    }),
  ];
}

function bullRows(rounds: Record<'batch' | 'bull' | 'strict', number[]>, { version }: BullPeer): BenchRow[] {
  const { batch, bull, strict } = rounds;
  const note = `${version}, concurrency 32, ${WORKERS} worker processes, addBulk by 1000, appendonly yes`;
  const ratio = 'median of the ratios of the rounds';
  return [
    medianRow('BullMQ, the same tasks', bull, 'tasks/s', { note: `${note}, appendfsync everysec` }),
    medianRow('BullMQ, as durable as motes', strict, 'tasks/s', { note: `${note}, appendfsync always` }),
    {
      what: 'motes against BullMQ',
      value: medianRatio(batch, bull),
      unit: '×',
      bound: { atLeast: 4 },
      note: `${ratio}; aim at 6; a second of results may be lost there, none here`,
    },
    { what: 'motes against BullMQ, as durable', value: medianRatio(batch, strict), unit: '×', note: ratio },
  ];
}

function otherPeers(batch: readonly number[]): BenchRow[] {
  const rows: BenchRow[] = [];
  if (hasDask()) {
    const dask = rateOf(DASK_TASKS, timeDask(DASK_TASKS, WORKERS));
    rows.push({
      what: 'Dask',
      value: dask,
      unit: 'tasks/s',
      note: `${DASK_TASKS} futures, distributed, ${WORKERS} worker processes of 1 thread, nothing durable; motes is ${(median(batch) / dask).toFixed(1)} × as fast`,
    });
  } else rows.push(...skipped('Dask', 'python3-distributed'));
  if (hasParallel()) {
    const parallel = rateOf(PARALLEL_TASKS, timeParallel(PARALLEL_TASKS, WORKERS));
    rows.push({
      what: 'GNU parallel',
      value: parallel,
      unit: 'tasks/s',
      note: `${PARALLEL_TASKS} × true, --jobs ${WORKERS}, with a job log: a process for each task; motes is ${(median(batch) / parallel).toFixed(0)} × as fast`,
    });
  } else rows.push(...skipped('GNU parallel', 'parallel'));
  return rows;
}

function skipped(peer: string, debianPackage: string): BenchRow[] {
  console.error(`${peer} is left out: it is not installed (Debian: apt-get install ${debianPackage})`);
  return [];
}

function rateOf(tasks: number, ms: number): number {
  return (tasks / ms) * 1000;
}

if (import.meta.main) printRows(await benchDispatch());
