/** Workers go: what they ran goes on elsewhere, from its checkpoint, to the same bits. */
import assert from 'node:assert/strict';
import type { TaskDetail } from '../../wire/task.ts';
import { Cluster, type ClusterOptions } from '../chaos/cluster.ts';
import { until } from '../chaos/until.ts';
import type { Case } from './case.ts';
import {
  historyOf,
  LARGE_FLUID,
  LONG_DISKS,
  partDone,
  undisturbedResult,
  untilEnded,
  untilRunning,
  untilTask,
  withCluster,
} from './tasks.ts';

const MOVING = {
  workers: 2,
  orchestratorArgs: ['--lease', '3', '--ping-timeout', '2', '--speculation', 'off'],
  workerArgs: ['--checkpoint-interval', '0.1', '--grace', '1'],
};

export const movingCases: readonly Case[] = [
  moves('a killed worker', 'lost', 'SIGKILL'),
  moves('a killed worker', 'lost', 'SIGKILL', LARGE_FLUID),
  moves('a worker that drains', 'released', 'SIGTERM'),
  moves('a worker that drains', 'released', 'SIGTERM', LARGE_FLUID),
  moves('a worker that is stopped past its lease', 'lost', 'SIGSTOP'),
  {
    name: 'what a worker declines because it drains, unknown to the orchestrator, goes elsewhere and costs no retry',
    run: () =>
      withCluster(startFirst({ ...MOVING, proxied: true, workerArgs: ['--grace', '60'] }), async (cluster) => {
        const [first, second] = cluster.workers;
        const long = await cluster.submit([{ id: 'a', ...LONG_DISKS }]);
        await untilRunning(cluster, long, 'a');
        first!.ways[0]!.freeze();
        await fetch(`${first!.url}/drain`, { method: 'POST' });
        const run = await cluster.submit([{ id: 'b', type: 'noop', retries: 0 }]);
        await untilTask(cluster, run, 'b', 'was declined', ({ history }) => history.length > 0);
        await second!.start();
        const task = await untilEnded(cluster, run, 'b');
        assert.deepEqual([task.status, historyOf(task).at(-1)], ['succeeded', 'succeeded']);
      }),
  },
];

/** Only the first worker runs, so that it is the one that gets the task. */
async function startFirst(options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.prepare(options);
  await cluster.orchestrator.start();
  await cluster.workers[0]!.start();
  await cluster.untilOnline(1);
  return cluster;
}

/** Takes the worker away when half is done: the next one must go on from there. */
function moves(who: string, firstEnd: string, signal: NodeJS.Signals, work: object = LONG_DISKS): Case {
  const size = work === LARGE_FLUID ? 'large ' : '';
  return {
    name: `what ${who} ran goes on elsewhere from its ${size}checkpoint, with the same digest`,
    run: (say) =>
      withCluster(startFirst(MOVING), async (cluster) => {
        const [first, second] = cluster.workers;
        const expected = await undisturbedResult(first!, work);
        const run = await cluster.submit([{ id: 'a', ...work }]);
        await untilRunning(cluster, run, 'a');
        const before = await untilTask(cluster, run, 'a', 'is half done', (task) => partDone(task) > 0.5);
        first!.process.signal(signal);
        await second!.start();
        const after = await untilTask(cluster, run, 'a', 'computes again', isSecondAttempt);
        say(`taken away at ${percent(before)}, first seen again at ${percent(after)}`);
        assert.ok(partDone(after) > 0.4, `it began anew: ${percent(after)}`);
        const task = await untilEnded(cluster, run, 'a');
        assert.deepEqual(historyOf(task), [firstEnd, 'succeeded']);
        assert.equal(task.worker_id, second!.name);
        assert.deepEqual(task.result, expected);
        await until('no state lies about', async () => cluster.checkpointFiles().length === 0);
        if (signal !== 'SIGSTOP') return;
        first!.process.signal('SIGCONT');
        const ledgerId = await cluster.ledgerId();
        await until('the late worker has nothing left to do', async () => {
          const { running, finished } = await first!.outbox(ledgerId);
          return running.length + finished.length === 0;
        });
      }),
  };
}

function isSecondAttempt({ status, attempts, progress }: TaskDetail): boolean {
  return status === 'running' && attempts === 2 && progress !== undefined;
}

function percent(task: TaskDetail): string {
  return `${Math.round(partDone(task) * 100)} %`;
}
