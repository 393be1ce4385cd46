/**
 * Latency and efficiency of a small cluster: the round trip of a no-op while nothing else runs, how much of two
 * workers short tasks use, and how long a short one waits when long ones are under way.
 *
 *     node scripts/bench/latency.ts
 *
 * Needs a build.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type BenchTask, Cluster, noOps } from './lib/cluster.ts';
import { type BenchRow, median, medianRow, percentile, printRows } from './lib/measure.ts';
import { calibrate, spinFor } from './lib/spins.ts';

const TRIPS = 500;
const WARM_UP = 200;
const ROUNDS = 5;
const WORKERS = 2;
/** Ideal time of a round of the efficiency bench. */
const ROUND_MS = 2_000;
const PROBES = 60;

/** All the rows of this bench, in about a minute and a half. */
export async function benchLatency(): Promise<BenchRow[]> {
  const cluster = await Cluster.start({ workers: WORKERS, orchestratorArgs: ['--result-files', 'off'] });
  try {
    const trips = await benchRoundTrip(cluster);
    const speeds = await calibrate(cluster);
    const spinsPerMs = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
    return [
      ...trips,
      ...(await benchEfficiency(cluster, spinsPerMs)),
      ...(await benchBesideLong(cluster, spinsPerMs)),
      ...(await benchBehindChunks(cluster, spinsPerMs)),
    ];
  } finally {
    await cluster.stop();
  }
}

async function benchRoundTrip(cluster: Cluster): Promise<BenchRow[]> {
  for (let trip = 0; trip < WARM_UP; trip++) await cluster.run(noOps(1));
  const times: number[] = [];
  for (let trip = 0; trip < TRIPS; trip++) times.push(await timed(() => cluster.run(noOps(1))));
  const note = `submit one with ?wait= until its result is on disk, ${TRIPS} one after the other, nothing else to do`;
  return [
    medianRow('idle round trip of a no-op, p50', times, 'ms', { bound: { atMost: 3 }, note }),
    { what: 'idle round trip of a no-op, p99', value: percentile(times, 99), unit: 'ms', bound: { atMost: 12 }, note },
  ];
}

/** Ideal time over real time of runs that would take two seconds on two workers if nothing but the tasks took time. */
async function benchEfficiency(cluster: Cluster, spinsPerMs: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const mixes = { '1 ms': [1], '5 ms': [5], '50 ms': [50], 'a mix of 1, 5 and 50 ms': [1, 5, 50] };
  for (const [name, lengths] of Object.entries(mixes)) {
    const tasks = tasksOf(lengths, spinsPerMs);
    const efficiencies: number[] = [];
    const busy: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      let run = '';
      const ms = await timed(async () => {
        run = await cluster.run(tasks);
      });
      if (round === 0) continue;
      efficiencies.push((100 * ROUND_MS) / ms);
      const computedMs = (await cluster.measured(run)).reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
      busy.push((100 * computedMs) / (WORKERS * ms));
    }
    rows.push(
      medianRow(`efficiency, tasks of ${name}`, efficiencies, '%', {
        note: `${tasks.length} tasks of ${ROUND_MS} ms on ${WORKERS} workers together, ideal time / time, ${ROUNDS} rounds; slots were busy ${median(busy).toFixed(0)} % of the time; orchestrator and bench share the two processors`,
      }),
    );
  }
  return rows;
}

/** As many tasks of each length, in turn, as fill both workers for a round: equal work in each length. */
function tasksOf(lengthsMs: readonly number[], spinsPerMs: number): BenchTask[] {
  const workMs = (WORKERS * ROUND_MS) / lengthsMs.length;
  return lengthsMs.flatMap((ms) =>
    Array.from({ length: Math.round(workMs / ms) }, (_, index) => spinFor(`${ms}-${index}`, ms, spinsPerMs)),
  );
}

/** One worker is busy for long: a short task must not wait for it while the other is free. */
async function benchBesideLong(cluster: Cluster, spinsPerMs: number): Promise<BenchRow[]> {
  const long = await cluster.submit([spinFor('long', 60_000, spinsPerMs)]);
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe++)
    times.push(await timed(() => cluster.run([spinFor('short', 1, spinsPerMs)])));
  await cluster.delete(`/runs/${long}`);
  return [
    {
      what: '1 ms beside a long task, p99',
      value: percentile(times, 99),
      unit: 'ms',
      bound: { atMost: 20 },
      note: `${PROBES} tasks one after the other while one of two slots computes for a minute; median ${median(times).toFixed(1)} ms`,
    },
  ];
}

/** Both workers have chunks of short tasks queued: one that is more urgent waits for what was sent ahead, no longer. */
async function benchBehindChunks(cluster: Cluster, spinsPerMs: number): Promise<BenchRow[]> {
  const backlog = Array.from({ length: 4_000 }, (_, index) => spinFor(`b${index}`, 5, spinsPerMs));
  const run = await cluster.submit(backlog);
  await wait(500);
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    times.push(await timed(() => cluster.run([spinFor('urgent', 1, spinsPerMs, 1)])));
  }
  await cluster.delete(`/runs/${run}`);
  return [
    {
      what: '1 ms of priority 1 behind chunks of 5 ms tasks, p99',
      value: percentile(times, 99),
      unit: 'ms',
      bound: { atMost: 150 },
      note: `${PROBES} tasks while 4 000 others wait; some 50 ms of work a slot are sent ahead; median ${median(times).toFixed(1)} ms`,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

if (import.meta.main) printRows(await benchLatency());
