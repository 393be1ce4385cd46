/** Tasks for the cases, and ways to watch them. */

import type { InvokeResponse } from '../../wire/invocation.ts';
import type { TaskDetail } from '../../wire/task.ts';
import type { Cluster, Member } from '../chaos/cluster.ts';
import { until } from '../chaos/until.ts';

/** Some seconds of work that leaves checkpoints. */
export const LONG_DISKS = { type: 'benchmark_wasm', parameters: { particles: 1_000, steps: 600_000, seed: 7 } };
/** Work that outlasts several restarts. */
export const VERY_LONG_DISKS = { type: 'benchmark_wasm', parameters: { particles: 1_000, steps: 1_500_000, seed: 9 } };
/** Half as much as the first. */
export const MEDIUM_DISKS = { type: 'benchmark_wasm', parameters: { particles: 1_000, steps: 300_000, seed: 8 } };
/** Some seconds of work whose states, of 4 MB, are too large for a message. */
export const LARGE_FLUID = { type: 'lennard_jones', parameters: { particles: 60_000, steps: 1_000, seed: 5 } };
/** Never ends by itself, and never looks up from its work. */
export const SPIN_IN_KERNEL = { type: 'faulty', parameters: { how: 'spin_in_kernel' } };

/** What a worker gives for a task that nobody disturbs. */
export async function undisturbedResult(worker: Member, task: object): Promise<unknown> {
  const answer = await fetch(`${worker.url}/invoke`, { method: 'POST', body: JSON.stringify(task) });
  return ((await answer.json()) as InvokeResponse).result;
}

/** The task, once it is as wanted. */
export function untilTask(
  cluster: Cluster,
  run: string,
  id: string,
  what: string,
  isSo: (task: TaskDetail) => boolean,
): Promise<TaskDetail> {
  return until(`${id} ${what}`, async () => {
    const task = await cluster.client.task(run, id);
    if (isSo(task)) return task;
    throw new Error(`it is ${JSON.stringify(task)}`);
  });
}

export function untilRunning(cluster: Cluster, run: string, id: string): Promise<TaskDetail> {
  return untilTask(
    cluster,
    run,
    id,
    'computes',
    ({ status, progress }) => status === 'running' && (progress?.done ?? 0) > 0,
  );
}

export function untilEnded(cluster: Cluster, run: string, id: string): Promise<TaskDetail> {
  return untilTask(cluster, run, id, 'has ended', ({ status }) => status !== 'queued' && status !== 'running');
}

/** Part of its steps that a task has done, 0 to 1. */
export function partDone({ progress }: TaskDetail): number {
  return progress ? progress.done / progress.total : 0;
}

/** How a task's attempts ended, in their order. */
export function historyOf({ history }: TaskDetail): string[] {
  return history.map(({ status }) => status);
}

/** Runs cases on a cluster, and ends it. */
export async function withCluster(cluster: Promise<Cluster>, work: (cluster: Cluster) => Promise<void>): Promise<void> {
  const started = await cluster;
  try {
    await work(started);
  } catch (error) {
    const logs = [started.orchestrator, ...started.workers].flatMap((member) =>
      member.hasLived ? member.process.lines.slice(-15).map((line) => `${member.name}: ${line}`) : [],
    );
    throw new Error(`${(error as Error).message}\n${logs.join('\n')}`, { cause: error });
  } finally {
    await started.stop();
  }
}
