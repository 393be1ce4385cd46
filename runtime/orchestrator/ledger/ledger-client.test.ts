import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LedgerClient, openLedger } from './ledger-client.ts';
import type { NewTaskRow } from './ledger-rows.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motes-thread-'));
  path = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (at = path): Promise<LedgerClient> => openLedger({ path: at, exportsResults: false });

function newTask(id: string, description: string | null = null): NewTaskRow {
  return {
    ...{ id, type: 'noop', function: 'noop', parameters: '{}', description, priority: 5, cost: 1, memory: 1 },
    ...{ retries: 3, retry_on: '[]', timeout_ms: null },
  };
}

/** What the file holds, as another process would find it after this one was killed. */
function runsOnDisk(): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'motes-copy-'));
  cpSync(folder, copy, { recursive: true });
  const db = new DatabaseSync(join(copy, 'ledger.sqlite'));
  const ids = db
    .prepare('SELECT id FROM runs ORDER BY key')
    .all()
    .map((row) => String(row.id));
  db.close();
  rmSync(copy, { recursive: true });
  return ids;
}

describe('calls', () => {
  test('are answered in order, each with its own answer or problem', async () => {
    const { ledger, close } = await open();
    const answers = await Promise.allSettled([
      ledger.submit('r1', [newTask('a')]),
      ledger.submit('r1', [newTask('a')]),
      ledger.run('r1'),
      ledger.run('nope'),
    ]);
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { isReplay: false, run: { run_id: 'r1' } } },
      { status: 'rejected', reason: { name: 'Problem', code: 'invalid_query' } },
      { status: 'fulfilled', value: { tasks_total: 1 } },
      { status: 'rejected', reason: { name: 'Problem', code: 'unknown_run' } },
    ]);
    await close();
  });

  test('of one turn are committed together, and a thousand are not one too many', async () => {
    const { ledger, close } = await open();
    const runs = Array.from({ length: 1_200 }, (_, index) => ledger.submit(`r${index}`, [newTask('a')]));
    expect(await Promise.all(runs)).toHaveLength(1_200);
    expect((await ledger.counts()).queued).toBe(1_200);
    await close();
  });

  test('that were answered are in the file', async () => {
    const first = await open();
    await first.ledger.submit('r1', [newTask('a')]);
    await first.close();
    expect(runsOnDisk()).toEqual(['r1']);
    const second = await open();
    expect(await second.ledger.run('r1')).toMatchObject({ status: 'active' });
    await second.close();
  });
});

describe('closing', () => {
  test('finishes what was called before', async () => {
    const { ledger, close } = await open();
    const called = [ledger.submit('r1', [newTask('a')]), ledger.submit('r2', [newTask('a')])];
    const [, answers] = await Promise.all([close(), Promise.all(called)]);
    expect(answers.map(({ run }) => run.run_id)).toEqual(['r1', 'r2']);
    expect(runsOnDisk()).toEqual(['r1', 'r2']);
  });

  test('refuses what is called afterwards, and is no failure', async () => {
    const { ledger, failed, close } = await open();
    await close();
    await expect(ledger.runs(1)).rejects.toMatchObject({ code: 'storage_failed' });
    const settled = await Promise.race([failed, Promise.resolve('has not failed')]);
    expect(settled).toBe('has not failed');
  });

  test('lets the next one open the file', async () => {
    for (let times = 0; times < 3; times += 1) await (await open()).close();
  });
});

test('a file that cannot be opened is said to be, with what to do', async () => {
  writeFileSync(path, 'no database at all '.repeat(100));
  await expect(open()).rejects.toThrow(`cannot open the ledger ${path}: it is not a ledger - move that file away`);
});

test('a second ledger on the file is refused while the first lives on', async () => {
  const first = await open();
  await expect(open()).rejects.toThrow('another orchestrator uses it');
  await first.ledger.submit('r1', [newTask('a')]);
  await first.close();
});

// ---- a disk that fills, which only root can make ----

const DISK_KIB = 1_024;

/** Mounts a small disk of memory; why not, where that is not allowed. */
function mountSmallDisk(at: string): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount a small disk, on Linux';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KIB}k`, 'tmpfs', at], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `a small disk cannot be mounted here: ${(error as Error).message}`;
  }
}

test('a full disk: the failure is told once, nothing more is accepted, and what was answered is there', async (context) => {
  const whyNot = mountSmallDisk(folder);
  if (whyNot) context.skip(whyNot);
  try {
    const { ledger, failed, close } = await open();
    const answered: string[] = [];
    for (let number = 0; ; number += 1) {
      const tasks = Array.from({ length: 50 }, (_, index) => newTask(`t${index}`, 'x'.repeat(1_000)));
      const problem = await ledger.submit(`r${number}`, tasks).then(
        () => null,
        (error) => error,
      );
      if (problem) {
        expect(problem).toMatchObject({ code: 'storage_failed', message: expect.stringContaining('the disk is full') });
        break;
      }
      answered.push(`r${number}`);
    }
    expect((await failed).message).toContain('the disk is full - free some space and start again');
    await expect(ledger.runs(1)).rejects.toMatchObject({ code: 'storage_failed' });
    await close();
    expect(answered.length).toBeGreaterThan(0);
    expect(runsOnDisk()).toEqual(expect.arrayContaining(answered));
  } finally {
    // Lazily: the failed thread still holds the file, as it would until its process ends.
    execFileSync('umount', ['--lazy', folder]);
  }
});
