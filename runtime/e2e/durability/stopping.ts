/** Cancels and deadlines end the computation, and the slot is usable again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Cluster } from '../chaos/cluster.ts';
import { inspectLedger } from '../chaos/ledger-file.ts';
import type { Case } from './case.ts';
import { historyOf, LONG_DISKS, partDone, SPIN_IN_KERNEL, untilEnded, untilTask, withCluster } from './tasks.ts';

const ONE_WORKER = { workers: 1 };

export const stoppingCases: readonly Case[] = [
  {
    name: 'a queued and a running task are cancelled, also one in a kernel that never returns; the slot is free again',
    run: () =>
      withCluster(Cluster.start(ONE_WORKER), async (cluster) => {
        for (const runs of [LONG_DISKS, SPIN_IN_KERNEL]) {
          const run = await cluster.submit([{ id: 'runs', ...runs }]);
          await untilTask(cluster, run, 'runs', 'runs', ({ status }) => status === 'running');
          const waits = await cluster.submit([{ id: 'waits', ...LONG_DISKS }]);
          assert.equal(await cancel(cluster, `/tasks/${waits}/waits`), 200);
          assert.equal(await cancel(cluster, `/runs/${run}`), 200);
          assert.equal(await cancel(cluster, `/tasks/${run}/runs`), 409);
          assert.deepEqual(historyOf(await untilEnded(cluster, waits, 'waits')), []);
          assert.deepEqual(historyOf(await untilEnded(cluster, run, 'runs')), ['cancelled']);
          await assertSlotIsUsable(cluster);
        }
      }),
  },
  {
    name: 'a cancelled run leaves no checkpoint behind, not even one of a task that waits to be tried again',
    run: () =>
      withCluster(Cluster.start({ workers: 1, workerArgs: ['--checkpoint-interval', '0.1'] }), async (cluster) => {
        const run = await cluster.submit([{ id: 'a', ...LONG_DISKS }]);
        await untilTask(cluster, run, 'a', 'is under way', (task) => partDone(task) > 0.2);
        await cluster.workers[0]!.end('SIGKILL');
        await untilTask(cluster, run, 'a', 'waits', ({ status }) => status === 'queued');
        assert.equal(await cancel(cluster, `/runs/${run}`), 200);
        await cluster.orchestrator.end('SIGTERM');
        assert.deepEqual(inspectLedger(join(cluster.data, 'data', 'ledger.sqlite')), []);
      }),
  },
  {
    name: 'a deadline ends a loop, also in a kernel that never returns; the slot is free again',
    run: () =>
      withCluster(Cluster.start(ONE_WORKER), async (cluster) => {
        for (const how of ['spin', 'spin_in_kernel']) {
          const run = await cluster.submit([{ id: 'a', type: 'faulty', parameters: { how }, timeout_ms: 200 }]);
          const task = await untilEnded(cluster, run, 'a');
          assert.deepEqual([task.status, task.error?.code], ['failed', 'timeout']);
          assert.deepEqual(historyOf(task), ['timed_out']);
          await assertSlotIsUsable(cluster);
        }
      }),
  },
];

async function cancel(cluster: Cluster, path: string): Promise<number> {
  return (await fetch(cluster.orchestrator.url + path, { method: 'DELETE' })).status;
}

async function assertSlotIsUsable(cluster: Cluster): Promise<void> {
  const run = await cluster.submit([{ id: 'n', type: 'noop' }]);
  assert.equal((await cluster.client.run(run, { waitSeconds: 30 })).status, 'succeeded');
}
