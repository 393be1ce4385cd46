/**
 * A worker's `/invoke`: no-ops against @google-cloud/functions-framework, in chunks, a simulation, cold, cancelled.
 *
 *     node scripts/bench/invoke.ts
 *
 * Needs a build. Server and load are processes of one machine, so the ratios count.
 */
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { workerProgram } from '../../runtime/cli/role-scripts.ts';
import { type BenchRow, interleave, median, medianRatio, medianRow, printRows } from './lib/measure.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const ROUNDS = 7;
const ROUND_MS = 1500;
const CONNECTIONS = 16;
const CHUNK = 256;
const CHUNKS_IN_FLIGHT = 4;
const COLD_STARTS = 5;
const CANCELS = 50;
/** Milliseconds that the original's Cython took for 100 disks and 1000 steps: recorded, not measured here. */
const CYTHON_MS = 4460;

const JSON_HEADERS = { 'content-type': 'application/json' };
const NDJSON_HEADERS = { 'content-type': 'application/x-ndjson', accept: 'application/x-ndjson' };

/** All the rows of this bench, in about a minute. */
export async function benchInvoke(): Promise<BenchRow[]> {
  return [...(await benchNoOps()), ...(await benchSimulation()), ...(await benchCold()), ...(await benchCancel())];
}

function startWorker(slots = 2): Promise<ServerProcess> {
  const { script, nodeArgs } = workerProgram([]);
  return startServer(
    (port) => [...nodeArgs, script, '--port', `${port}`, '--slots', `${slots}`, '--log-level', 'silent'],
    '/readyz',
  );
}

function startFramework(): Promise<ServerProcess> {
  const main = fileURLToPath(import.meta.resolve('@google-cloud/functions-framework')).replace('index.js', 'main.js');
  const source = fileURLToPath(new URL('./lib/framework-function.mjs', import.meta.url));
  return startServer((port) => [main, '--target=noop', `--source=${source}`, `--port=${port}`], '/');
}

async function benchNoOps(): Promise<BenchRow[]> {
  const [worker, framework] = await Promise.all([startWorker(), startFramework()]);
  try {
    const rates = await interleave(ROUNDS, {
      worker: () => withPool(worker.url, (pool) => rateOf(CONNECTIONS, () => invokeOne(pool, '/invoke'))),
      framework: () => withPool(framework.url, (pool) => rateOf(CONNECTIONS, () => invokeOne(pool, '/'))),
      chunks: () => withPool(worker.url, (pool) => rateOf(CHUNKS_IN_FLIGHT, () => invokeChunk(pool))),
    });
    const note = `${CONNECTIONS} connections, medians of ${ROUNDS} interleaved rounds`;
    return [
      row('/invoke of a no-op', rates.worker, '/s', note),
      row('functions-framework, the same', rates.framework, '/s', note),
      {
        what: '/invoke of a no-op against functions-framework',
        value: medianRatio(rates.worker, rates.framework),
        unit: '×',
        bound: { atLeast: 1 },
        note,
      },
      row(
        '/invoke of no-ops in chunks',
        rates.chunks,
        '/s',
        `${CHUNK} a body, ${CHUNKS_IN_FLIGHT} bodies in flight, over HTTP`,
      ),
    ];
  } finally {
    await Promise.all([worker.stop(), framework.stop()]);
  }
}

async function benchSimulation(): Promise<BenchRow[]> {
  const worker = await startWorker(1);
  try {
    const body = JSON.stringify({ type: 'benchmark_wasm', parameters: { particles: 100, steps: 1000, seed: 42 } });
    const { simulation } = await interleave(ROUNDS * 3, {
      simulation: () => withPool(worker.url, (pool) => timed(() => post(pool, '/invoke', body, JSON_HEADERS))),
    });
    const note = `100 × 1000, seed 42, against a recorded ${CYTHON_MS} ms`;
    return [
      row('/invoke of benchmark_wasm', simulation, 'ms', note),
      {
        what: "/invoke of benchmark_wasm against the original's Cython",
        value: CYTHON_MS / median(simulation),
        unit: '×',
        bound: { atLeast: 300 },
        note,
      },
    ];
  } finally {
    await worker.stop();
  }
}

async function benchCold(): Promise<BenchRow[]> {
  const starts: number[] = [];
  const firsts: number[] = [];
  for (let start = 0; start < COLD_STARTS; start++) {
    const before = performance.now();
    const worker = await startWorker();
    const body = '{"type":"benchmark_wasm"}';
    firsts.push(await withPool(worker.url, (pool) => timed(() => post(pool, '/invoke', body, JSON_HEADERS))));
    starts.push(performance.now() - before);
    await worker.stop();
  }
  const note = `medians of ${COLD_STARTS} starts, benchmark_wasm 100 × 1000`;
  return [
    { ...row('process start to first result', starts, 'ms', note), bound: { atMost: 500 } },
    { ...row('first invocation on an idle host', firsts, 'ms', note), bound: { atMost: 50 } },
  ];
}

/** From the request to the answer, which comes when the computation has really ended. */
async function benchCancel(): Promise<BenchRow[]> {
  const worker = await startWorker();
  try {
    const times = await withPool(worker.url, async (pool) => {
      const values: number[] = [];
      for (let task = 0; task < CANCELS; task++) values.push(await cancelOne(pool, `task-${task}`));
      return values;
    });
    times.sort((a, b) => a - b);
    const p99 = times[Math.ceil(0.99 * times.length) - 1]!;
    const note = `${CANCELS} cancels of a kernel that never returns; it has 50 ms to notice`;
    return [{ what: 'cancel, p99', value: p99, unit: 'ms', bound: { atMost: 100 }, note }];
  } finally {
    await worker.stop();
  }
}

async function cancelOne(pool: Pool, taskId: string): Promise<number> {
  const key = { ledger_id: 'bench', run_id: 'bench', task_id: taskId, attempt: 1 };
  const body = JSON.stringify({ type: 'faulty', parameters: { how: 'spin_in_kernel' }, ...key });
  const headers = { accept: 'application/x-ndjson' };
  const response = await pool.request({ method: 'POST', path: '/invoke', body, headers });
  const events = response.body[Symbol.asyncIterator]();
  await events.next();
  const time = await timed(async () => {
    const answer = await pool.request({ method: 'DELETE', path: `/invocations/bench/bench/${taskId}/1` });
    const end = await answer.body.text();
    if (!end.includes('"status":"cancelled"')) throw new Error(`not cancelled: ${end} - run \`npm run build\``);
  });
  while (!(await events.next()).done);
  return time;
}

/** How often a second `work` ends when so many of it run at once. It answers how much it did. */
async function rateOf(lanes: number, work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      // In two steps: `done += await …` would read `done` before it waits, and lose what other lanes add meanwhile.
      const more = await work();
      done += more;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (done / (performance.now() - start)) * 1000;
}

async function invokeOne(pool: Pool, path: string): Promise<number> {
  await post(pool, path, '{"type":"noop","parameters":{}}', JSON_HEADERS);
  return 1;
}

const LINES = '{"type":"noop","parameters":{},"run_id":"bench","task_id":"task","attempt":1}\n'.repeat(CHUNK);

async function invokeChunk(pool: Pool): Promise<number> {
  await post(pool, '/invoke', LINES, NDJSON_HEADERS);
  return CHUNK;
}

/** @throws Error for any answer but a success. */
async function post(pool: Pool, path: string, body: string, headers: Record<string, string>): Promise<void> {
  const response = await pool.request({ method: 'POST', path, body, headers });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
}

async function withPool<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.destroy();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function row(what: string, values: readonly number[], unit: string, note: string): BenchRow {
  return medianRow(what, values, unit, { note });
}

if (import.meta.main && !printRows(await benchInvoke())) process.exitCode = 1;
