import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LedgerClient, openLedger } from './ledger/ledger-client.ts';
import { freeBytes, readinessChecks } from './readiness.ts';

let folder: string;
let path: string;
let opened: LedgerClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motes-readiness-'));
  path = join(folder, 'ledger.sqlite');
  opened = await openLedger({ path, exportsResults: false });
});
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

/** What the checks say is wrong, by name. */
async function faults(hasStarted = true): Promise<Record<string, string | null>> {
  const checks = readinessChecks({ ledger: opened.ledger, path, hasStarted: () => hasStarted });
  const said = checks.map(async ({ name, fault }) => {
    const answer = Promise.resolve(fault()).catch((error: Error) => error.message);
    return [name, await answer] as const;
  });
  return Object.fromEntries(await Promise.all(said));
}

test('an orchestrator with a ledger that answers is ready once it dispatches', async () => {
  expect(await faults()).toEqual({ ledger: null, disk: null, dispatcher: null });
  expect(await faults(false)).toMatchObject({ dispatcher: 'it has not read the ledger yet' });
  expect(opened.commits.counts.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
});

test('one whose ledger is closed is not, and says why', async () => {
  await opened.close();
  expect(await faults()).toMatchObject({ ledger: 'the ledger is closed', disk: null });
});

test('one whose file has gone is not, and says why', async () => {
  rmSync(path);
  expect(await faults()).toMatchObject({ ledger: expect.stringContaining('ENOENT') });
});

test('the free space is that of the disk on which the ledger is', async () => {
  expect(await freeBytes(path)).toBeGreaterThan(0);
});
