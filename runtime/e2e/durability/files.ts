/** The ledger's file in other hands, damaged, or on a disk that cannot be written: a clear error, no damage. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../chaos/cluster.ts';
import { inspectLedger } from '../chaos/ledger-file.ts';
import type { Case } from './case.ts';
import { withCluster } from './tasks.ts';

const TASKS = Array.from({ length: 500 }, (_, index) => ({ id: `n${index}`, type: 'noop' }));
const PAGE_BYTES = 4096;

export const fileCases: readonly Case[] = [
  {
    name: 'a second orchestrator on the same data folder is refused, and does no harm',
    run: () =>
      withCluster(Cluster.start({ workers: 1 }), async (cluster) => {
        const second = await Cluster.prepare({ workers: 0, data: cluster.data });
        await withCluster(Promise.resolve(second), () => assertRefused(second, /another orchestrator uses it/));
        const run = await cluster.submit(TASKS);
        assert.equal((await cluster.client.run(run, { waitSeconds: 30 })).status, 'succeeded');
        await cluster.orchestrator.end('SIGTERM');
        assert.deepEqual(inspectLedger(ledgerOf(cluster)), []);
      }),
  },
  damaged('whose first page is garbage', /is not a ledger|damaged/, (path) => overwrite(path, 0, PAGE_BYTES)),
  damaged('of which only the first page is left whole', /damaged/, (path) =>
    overwrite(path, PAGE_BYTES, statSync(path).size - PAGE_BYTES),
  ),
  damaged('that was cut in half', /damaged/, (path) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2 / PAGE_BYTES) * PAGE_BYTES));
  }),
  damaged('that is some text', /is not a ledger/, (path) =>
    writeFileSync(path, 'this is not a database\n'.repeat(500)),
  ),
];

function damaged(what: string, message: RegExp, damage: (path: string) => void): Case {
  return {
    name: `a ledger ${what} is told as such, and left as it is`,
    run: () =>
      withCluster(Cluster.start({ workers: 0 }), async (cluster) => {
        await cluster.submit(TASKS);
        await cluster.orchestrator.end('SIGTERM');
        const path = ledgerOf(cluster);
        damage(path);
        const before = readFileSync(path);
        await assertRefused(cluster, message);
        assert.ok(before.equals(readFileSync(path)), 'the file was changed');
      }),
  };
}

/** It must not start, or not go on: exit code 1, and its last line says why. */
async function assertRefused(cluster: Cluster, message: RegExp): Promise<void> {
  const started = cluster.orchestrator.launch();
  const { code } = await started.exited;
  assert.equal(code, 1);
  assert.match(started.lines.at(-1) ?? '', message);
}

function ledgerOf(cluster: Cluster): string {
  return join(cluster.data, 'data', 'ledger.sqlite');
}

function overwrite(path: string, from: number, bytes: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  closeSync(file);
}
