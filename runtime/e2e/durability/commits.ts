/** Death and failing disks in the middle of a commit, at every sync of a short run; and no answer before its sync. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Cluster } from '../chaos/cluster.ts';
import { inspectLedger } from '../chaos/ledger-file.ts';
import { until } from '../chaos/until.ts';
import type { Case } from './case.ts';
import { whyNoStrace } from './machine.ts';
import { Submissions } from './submissions.ts';
import { withCluster } from './tasks.ts';
import { faultAtSync, type Messages, preload, readTrace, recordSyncs, type Traced } from './trace.ts';

type Fault = Parameters<typeof faultAtSync>[0];

/** What a short run submits, one after the other. */
const SUBMISSIONS = 3;
const ACCEPTED = /"HTTP\/1\.1 202 /;
/** More syncs than a short run has: it ends when one is reached without a fault. */
const MOST_SYNCS = 60;
/** Short runs side by side, each with a folder and a port of its own: most of one is processes that start. */
const AT_ONCE = 2;

export const commitCases: readonly Case[] = [
  atEverySync('KILL', 'a kill'),
  atEverySync('EIO', 'an I/O error'),
  atEverySync('ENOSPC', 'a full disk'),
  {
    name: 'no 2xx leaves before its commit is synced; and with synchronous=NORMAL this very check fails',
    skip: whyNoStrace,
    run: (say) => checkOrder(say, { from: ACCEPTED, to: ACCEPTED }, 0),
  },
  {
    name: 'no outcome is acknowledged before its commit is synced; and with synchronous=NORMAL this very check fails',
    skip: whyNoStrace,
    run: (say) => checkOrder(say, { from: /"POST \/invoke /, to: /"POST \/outbox\/ack / }, 1),
  },
];

/** Short runs with the fault at the first sync, at the second, … until one ends before the fault comes. */
function atEverySync(fault: Fault, what: string): Case {
  return {
    name: `${what} at any sync loses nothing acknowledged, and the same key gives the same run afterwards`,
    skip: whyNoStrace,
    run: async (say) => {
      const faultedAt = (k: number) =>
        runWithFault(fault, k).catch((cause) => {
          throw new Error(`with ${what} at sync ${k}`, { cause });
        });
      const acknowledgedAt: number[] = [];
      for (let k = 1; k <= MOST_SYNCS; k += AT_ONCE) {
        const runs = await Promise.all(Array.from({ length: AT_ONCE }, (_, next) => faultedAt(k + next)));
        for (const { wasReached, acknowledged } of runs) {
          if (!wasReached)
            return say(`${acknowledgedAt.length} syncs; acknowledged before each: ${acknowledgedAt.join(' ')}`);
          acknowledgedAt.push(acknowledged);
        }
      }
      throw new Error(`a short run has more than ${MOST_SYNCS} syncs`);
    },
  };
}

async function runWithFault(fault: Fault, k: number): Promise<{ wasReached: boolean; acknowledged: number }> {
  let seen = { wasReached: false, acknowledged: 0 };
  await withCluster(Cluster.prepare({ workers: 0 }), async (cluster) => {
    const submissions = new Submissions();
    const wasReached = await submitUnderFault(cluster, submissions, fault, k);
    seen = { wasReached, acknowledged: submissions.acknowledged.size };
    await cluster.orchestrator.start();
    await submissions.assertAccount(cluster);
    await submissions.assertReplays(cluster, (id) => ({ id, ...NOOP }));
    await cluster.orchestrator.end('SIGTERM');
    assert.deepEqual(inspectLedger(join(cluster.data, 'data', 'ledger.sqlite')), []);
  });
  return seen;
}

/** @returns whether the fault came: it ends the process */
async function submitUnderFault(cluster: Cluster, to: Submissions, fault: Fault, k: number): Promise<boolean> {
  // Checkpoints sync as well: here they come often.
  const role = cluster.orchestrator.launch({ wrapper: faultAtSync(fault, k), nodeArgs: preload('checkpoint-often') });
  const isUp = await role.ready.then(
    () => true,
    () => false,
  );
  for (let number = 0; isUp && number < SUBMISSIONS; number += 1)
    await to.send(cluster.orchestrator.url, `key-${number}`, tasksOf(number));
  if (isUp && !to.hasFailed) {
    await role.end('SIGKILL');
    return false;
  }
  const { code, signal } = await role.exited;
  if (fault === 'KILL') return true;
  assert.deepEqual([code, signal], [1, null]);
  assert.match(role.lines.at(-1) ?? '', /"level":60.*(I\/O|full)/);
  return true;
}

/** Looks for messages without a sync before them: as it is there must be none, and without syncs there must be some. */
async function checkOrder(say: (line: string) => void, messages: Messages, workers: number): Promise<void> {
  const durable = await traceSubmissions(messages, workers, []);
  const relaxed = await traceSubmissions(messages, workers, preload('synchronous-normal'));
  say(`as it is: ${JSON.stringify(durable)}; with NORMAL: ${JSON.stringify(relaxed)}`);
  assert.deepEqual([durable.messages, durable.unsynced], [SUBMISSIONS, 0]);
  assert.ok(relaxed.unsynced > 0, 'the check would not notice a missing sync');
}

/** Submits under strace, one run after the other. */
async function traceSubmissions(messages: Messages, workers: number, nodeArgs: string[]): Promise<Traced> {
  let traced: Traced | undefined;
  await withCluster(Cluster.prepare({ workers }), async (cluster) => {
    const file = join(cluster.folder, 'trace');
    await cluster.orchestrator.start({ wrapper: recordSyncs(file), nodeArgs });
    await Promise.all(cluster.workers.map((worker) => worker.start()));
    const submissions = new Submissions();
    for (let number = 0; number < SUBMISSIONS; number += 1) {
      await submissions.send(cluster.orchestrator.url, `key-${number}`, tasksOf(number).slice(0, 1));
      if (workers > 0) await until('acknowledged', () => readTrace(file, messages).messages > number);
    }
    await cluster.orchestrator.end('SIGTERM');
    traced = readTrace(file, messages);
  });
  return traced!;
}

const NOOP = { type: 'noop' };

function tasksOf(number: number): { id: string; type: string }[] {
  return ['a', 'b', 'c'].map((id) => ({ id: `${id}${number}`, ...NOOP }));
}
