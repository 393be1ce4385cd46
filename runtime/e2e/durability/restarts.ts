/** The orchestrator goes and comes back: what runs goes on, what is finished is collected, nothing runs twice. */
import assert from 'node:assert/strict';
import { Cluster } from '../chaos/cluster.ts';
import { until } from '../chaos/until.ts';
import type { Case } from './case.ts';
import {
  historyOf,
  LONG_DISKS,
  MEDIUM_DISKS,
  untilEnded,
  untilRunning,
  VERY_LONG_DISKS,
  withCluster,
} from './tasks.ts';

const TWO_WORKERS = { workers: 2, orchestratorArgs: ['--speculation', 'off'] };

export const restartCases: readonly Case[] = [
  {
    name: 'an orchestrator that was killed re-attaches what runs, and runs it once',
    run: () =>
      withCluster(Cluster.start(TWO_WORKERS), async (cluster) => {
        const run = await cluster.submit([{ id: 'a', ...LONG_DISKS }]);
        await untilRunning(cluster, run, 'a');
        await cluster.orchestrator.end('SIGKILL');
        await cluster.orchestrator.start();
        const task = await untilEnded(cluster, run, 'a');
        assert.deepEqual(historyOf(task), ['succeeded']);
        assert.equal(cluster.orchestrator.process.logged('re-attached').length, 1);
      }),
  },
  {
    name: 'an orchestrator that was killed collects what ended without it',
    run: () =>
      withCluster(Cluster.start(TWO_WORKERS), async (cluster) => {
        const ids = ['a', 'b'];
        const ledgerId = await cluster.ledgerId();
        const run = await cluster.submit(ids.map((id) => ({ id, ...MEDIUM_DISKS })));
        for (const id of ids) await untilRunning(cluster, run, id);
        await cluster.orchestrator.end('SIGKILL');
        for (const worker of cluster.workers)
          await until('an outcome in the outbox', async () => (await worker.outbox(ledgerId)).finished.length === 1);
        await cluster.orchestrator.start();
        for (const id of ids) assert.deepEqual(historyOf(await untilEnded(cluster, run, id)), ['succeeded']);
        for (const worker of cluster.workers)
          await until('an empty outbox', async () => (await worker.outbox(ledgerId)).finished.length === 0);
      }),
  },
  {
    name: 're-attached attempts outlive a second restart, killed or told to end',
    run: () =>
      withCluster(Cluster.start(TWO_WORKERS), async (cluster) => {
        const run = await cluster.submit([{ id: 'a', ...VERY_LONG_DISKS }]);
        await untilRunning(cluster, run, 'a');
        for (const signal of ['SIGKILL', 'SIGTERM', 'SIGTERM', 'SIGKILL'] as const) {
          await cluster.orchestrator.end(signal);
          await cluster.orchestrator.start();
          await until('re-attached', () => cluster.orchestrator.process.logged('re-attached').length === 1, 5_000);
        }
        assert.deepEqual(historyOf(await untilEnded(cluster, run, 'a')), ['succeeded']);
      }),
  },
  {
    name: 'tasks that were queued when it was killed run after the restart',
    run: () =>
      withCluster(Cluster.start({ workers: 1 }), async (cluster) => {
        const tasks = Array.from({ length: 300 }, (_, index) => ({ id: `n${index}`, type: 'noop' }));
        const run = await cluster.submit([{ id: 'a', priority: 1, ...MEDIUM_DISKS }, ...tasks]);
        await untilRunning(cluster, run, 'a');
        await cluster.orchestrator.end('SIGKILL');
        await cluster.orchestrator.start();
        const ended = await cluster.client.run(run, { waitSeconds: 60 });
        assert.deepEqual([ended.status, ended.tasks.succeeded], ['succeeded', 301]);
      }),
  },
];
