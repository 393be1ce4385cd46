/** A disk that fills up under a running orchestrator, and one that is read-only. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../chaos/cluster.ts';
import { inspectLedger } from '../chaos/ledger-file.ts';
import type { Case } from './case.ts';
import { command, whyNoTmpfs } from './machine.ts';
import { Submissions } from './submissions.ts';
import { withCluster } from './tasks.ts';

const TASKS_A_SUBMISSION = 500;
/** Far more than the small disk holds. */
const SUBMISSIONS = 100;

export const fullDiskCases: readonly Case[] = [
  {
    name: 'a disk that fills ends the orchestrator with a clear line and no further 2xx; with space it goes on',
    skip: whyNoTmpfs,
    run: (say) => onTmpfs('4m', (cluster, disk) => fillUp(cluster, disk, say)),
  },
  {
    name: 'on a disk that is read-only it does not start, and says so; once it is writable everything is there',
    skip: whyNoTmpfs,
    run: () => onTmpfs('64m', turnReadOnly),
  },
];

async function onTmpfs(size: string, work: (cluster: Cluster, disk: string) => Promise<void>): Promise<void> {
  const disk = mkdtempSync(join(tmpdir(), 'motes-disk-'));
  command('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk);
  try {
    await withCluster(Cluster.start({ workers: 1, data: disk }), (cluster) => work(cluster, disk));
  } finally {
    command('umount', disk);
    rmdirSync(disk);
  }
}

async function fillUp(cluster: Cluster, disk: string, say: (line: string) => void): Promise<void> {
  const submissions = new Submissions();
  for (let number = 0; number < SUBMISSIONS && !submissions.hasFailed; number += 1)
    await submissions.send(cluster.orchestrator.url, `key-${number}`, tasksOf(number));
  assert.ok(submissions.hasFailed, 'the disk did not fill');
  say(`${submissions.acknowledged.size} submissions fitted`);
  await submissions.send(cluster.orchestrator.url, 'after', [{ id: 'after', ...NOOP }]);
  await assertGivesUp(cluster, /disk is full/);
  command('mount', '-o', 'remount,size=256m', disk);
  await cluster.orchestrator.start();
  await submissions.assertAccount(cluster);
  await submissions.assertReplays(cluster, (id) => ({ id, ...NOOP }));
  for (const run of submissions.acknowledged.values())
    assert.equal((await cluster.client.run(run, { waitSeconds: 60 })).status, 'succeeded');
  await cluster.orchestrator.end('SIGTERM');
  assert.deepEqual(inspectLedger(join(disk, 'data', 'ledger.sqlite')), []);
}

/** Files that are open for writing keep a disk writable, so it is turned between two lives. */
async function turnReadOnly(cluster: Cluster, disk: string): Promise<void> {
  const submissions = new Submissions();
  await submissions.send(cluster.orchestrator.url, 'before', tasksOf(1));
  await cluster.orchestrator.end('SIGKILL');
  command('mount', '-o', 'remount,ro', disk);
  cluster.orchestrator.launch();
  await assertGivesUp(cluster, /read-only/);
  command('mount', '-o', 'remount,rw', disk);
  await cluster.orchestrator.start();
  await submissions.assertAccount(cluster);
}

const NOOP = { type: 'noop' };

function tasksOf(number: number): { id: string; type: string }[] {
  return Array.from({ length: TASKS_A_SUBMISSION }, (_, index) => ({ id: `t${number}-${index}`, ...NOOP }));
}

/** Exit code 1, and the reason in the last line. */
async function assertGivesUp(cluster: Cluster, reason: RegExp): Promise<void> {
  const { code } = await cluster.orchestrator.process.exited;
  assert.equal(code, 1);
  assert.match(cluster.orchestrator.process.lines.at(-1) ?? '', reason);
}
