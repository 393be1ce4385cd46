/** Tasks of which some fail, and a worker that dies: what there is to be counted. */
import type { Run } from '../../wire/task.ts';
import { until } from '../chaos/until.ts';
import type { LocalMotes } from './local-motes.ts';

const DISKS = { type: 'benchmark_wasm', parameters: { particles: 500, steps: 20_000, seed: 7 } };
/** Some seconds of work: it is there to be lost. */
const LONG_DISKS = { type: 'benchmark_wasm', parameters: { particles: 1_000, steps: 150_000, seed: 8 } };
const FLUID = { type: 'lennard_jones', parameters: { particles: 500, steps: 200 } };

/** On a machine that does much else. */
const LONGEST_RUN_MS = 180_000;

/** Some of each, under names that must show in no metric. */
function tasks(): object[] {
  const many = (count: number, name: string, task: object) =>
    Array.from({ length: count }, (_, index) => ({ id: `${name}-${index}`, ...task }));
  return [
    ...many(200, 'fine', { type: 'noop' }),
    ...many(6, 'fine-disks', DISKS),
    ...many(4, 'fine-fluid', FLUID),
    ...many(3, 'throws', { type: 'faulty', parameters: { how: 'throw' } }),
    ...many(2, 'throws-again', {
      type: 'faulty',
      parameters: { how: 'throw' },
      retries: 2,
      retry_on: ['function_error'],
    }),
    ...many(2, 'throws-thread', { type: 'faulty', parameters: { how: 'exit' } }),
    ...many(2, 'throws-late', { type: 'faulty', parameters: { how: 'spin' }, timeout_ms: 300 }),
  ];
}

/** Submits them, and kills a worker under its task. @returns the first run's id */
export async function disturb(motes: LocalMotes): Promise<string> {
  const first = await submit(motes, tasks());
  await untilEnded(motes, first);
  const second = await submit(motes, [
    { id: 'fine-long-0', ...LONG_DISKS },
    { id: 'fine-long-1', ...LONG_DISKS },
  ]);
  const worker = motes.workers[0]!;
  await until(`${worker.name} computes`, async () => {
    const { current_tasks } = (await motes.client.workers())[worker.name]!;
    return current_tasks.some((label) => label.includes('fine-long'));
  });
  process.kill(worker.pid, 'SIGKILL');
  await untilEnded(motes, second);
  await until(
    'all workers are back',
    async () => (await motes.client.status()).online_workers === motes.workers.length,
  );
  return first;
}

/**
 * Submits them over and over: a rate is seen only where something still happens between two looks.
 * @returns what ends that
 */
export function keepBusy(motes: LocalMotes): () => Promise<void> {
  let isOver = false;
  const busy = (async () => {
    while (!isOver) await untilEnded(motes, await submit(motes, tasks()));
  })();
  // Told by who ends it.
  busy.catch(() => {});
  return () => {
    isOver = true;
    return busy;
  };
}

async function submit(motes: LocalMotes, list: readonly object[]): Promise<string> {
  const body = { text: JSON.stringify({ tasks: list }), contentType: 'application/json' } as const;
  return (await motes.client.executeTasks(body)).run_id;
}

async function untilEnded(motes: LocalMotes, run: string): Promise<Run> {
  const ended = async (): Promise<Run | null> => {
    const seen = await motes.client.run(run);
    return seen.ended_at === null ? null : seen;
  };
  return until(`${run} has ended`, ended, LONGEST_RUN_MS);
}
