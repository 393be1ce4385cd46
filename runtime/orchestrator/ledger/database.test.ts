import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { Ledger } from './ledger.ts';
import { MIGRATIONS } from './migrations.ts';
import { Store } from './store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motes-ledger-'));
  path = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openLedger(): { ledger: Ledger; close(): void } {
  const store = new Store(openDatabase(path));
  const ledger = new Ledger(store, { now: () => 5_000, random: () => 0, exportsResults: true });
  return { ledger, close: () => store.close() };
}

/** What somebody had on disk before an upgrade: a run with a task in each state. */
function writeVersion1(): void {
  const db = new DatabaseSync(path);
  db.exec(`BEGIN; ${MIGRATIONS[0]} PRAGMA user_version=1; COMMIT;`);
  db.exec(`
    INSERT INTO meta (name, value) VALUES ('ledger_id', 'an-old-ledger');
    INSERT INTO runs (key, id, status, created_at, queued, running, succeeded, failed)
      VALUES (1, 'old-run', 'active', 1000, 1, 1, 1, 1);
    INSERT INTO workers (id, host, port) VALUES ('worker1', '10.0.0.5', 8001);
    INSERT INTO estimates (function, worker_id, ms_per_unit, samples) VALUES ('noop', 'worker1', 0.5, 7);
  `);
  const task = db.prepare(
    `INSERT INTO tasks (key, run, id, type, function, parameters, priority, cost, memory, retries, retry_on, status, attempts,
       worker_id, started_at, ended_at, result, measured, error)
     VALUES (?, 1, ?, 'noop', 'noop', '{"semilla":42}', 5, 1, 1, 3, '["worker_lost"]', ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  task.run(1, 'waits', 'queued', 0, null, null, null, null, null, null);
  task.run(2, 'runs', 'running', 1, 'worker1', 2_000, null, null, null, null);
  task.run(3, 'done', 'succeeded', 1, 'worker1', 2_000, 3_000, '{"digest":"d1"}', '{"elapsed_ms":900}', null);
  task.run(4, 'dead', 'failed', 1, 'worker1', 2_000, 3_000, null, null, '{"code":"function_error","detail":"oops"}');
  const attempt = db.prepare(
    `INSERT INTO attempts (task, attempt, worker_id, instance, status, started_at, ended_at) VALUES (?, 1, 'worker1', 'i1', ?, 2000, ?)`,
  );
  attempt.run(2, 'running', null);
  attempt.run(3, 'succeeded', 3_000);
  attempt.run(4, 'failed', 3_000);
  db.close();
}

function overwrite(at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

describe('a new file', () => {
  test('has the newest schema, and waits for the disk at every commit', () => {
    const db = openDatabase(path);
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];
    expect(pragma('user_version')).toBe(MIGRATIONS.length);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('foreign_keys')).toBe(1);
    db.close();
  });

  test('is the same ledger at the next opening', () => {
    const first = openLedger();
    expect(first.ledger.identify('id-1')).toBe('id-1');
    first.close();
    const second = openLedger();
    expect(second.ledger.identify('id-2')).toBe('id-1');
    second.close();
  });
});

describe('a file of an older version', () => {
  test('is brought up to date with all that it holds', () => {
    writeVersion1();
    const { ledger, close } = openLedger();
    expect(ledger.identify('new')).toBe('an-old-ledger');
    expect(ledger.run('old-run')).toMatchObject({
      status: 'active',
      tasks: { queued: 1, running: 1, succeeded: 1, failed: 1, cancelled: 0 },
    });
    expect(ledger.task('old-run', 'done').detail).toMatchObject({
      status: 'succeeded',
      duration: 1,
      parameters: { semilla: 42 },
      result: { digest: 'd1' },
      history: [{ attempt: 1, status: 'succeeded' }],
    });
    expect(ledger.rememberedWorkers()).toMatchObject([{ id: 'worker1', host: '10.0.0.5', port: 8001 }]);
    expect(ledger.counts()).toEqual({ queued: 1, running: 1, succeeded: 1, failed: 1, cancelled: 0 });
    expect(ledger.estimates()).toEqual([{ function: 'noop', worker_id: 'worker1', ms_per_unit: 0.5, samples: 7 }]);
    close();
  });

  test('goes on where it was: what ran is live, what waited is queued, and both can end', () => {
    writeVersion1();
    const { ledger, close } = openLedger();
    expect(ledger.live()).toMatchObject([{ task: { id: 'runs' }, attempt: 1, workerId: 'worker1', instance: 'i1' }]);
    expect(ledger.queued(10).tasks.map(({ id }) => id)).toEqual(['waits']);
    ledger.saveCheckpoint(2, 1, 'c3RhdGU=');
    ledger.start([{ task: 1, run: 1, function: 'noop', attempt: 1, workerId: 'w', instance: 'i', isCopy: false }]);
    const outcome = { status: 'succeeded', result: '{"digest":"d"}', measured: '{}' } as const;
    ledger.finish([
      { task: 2, attempt: 1, outcome },
      { task: 1, attempt: 1, outcome },
    ]);
    expect(ledger.run('old-run')).toMatchObject({ status: 'failed', tasks: { succeeded: 3, failed: 1 } });
    close();
  });

  test.each(MIGRATIONS.map((_, version) => ({ version })))('version $version opens', ({ version }) => {
    const db = new DatabaseSync(path);
    for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration);
    db.exec(`PRAGMA user_version=${version}`);
    db.close();
    openDatabase(path).close();
  });

  test('an upgraded file and a new one have the same schema', () => {
    const schemaOf = (db: DatabaseSync) => db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
    writeVersion1();
    const upgraded = openDatabase(path);
    const fresh = openDatabase(':memory:');
    expect(schemaOf(upgraded)).toEqual(schemaOf(fresh));
    upgraded.close();
    fresh.close();
  });
});

describe('a file that cannot be used is left as it is, and said to be', () => {
  const isRoot = process.getuid?.() === 0;

  test.each([
    {
      name: 'a text',
      write: () => writeFileSync(path, 'not a database, whatever its name says\n'.repeat(100)),
      says: 'it is not a ledger',
    },
    {
      name: "another program's database",
      write: () => {
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE recipes (name TEXT)');
        db.close();
      },
      says: "another program's database",
    },
    {
      name: 'a newer schema',
      write: () => {
        const db = openDatabase(path);
        db.exec(`PRAGMA user_version=${MIGRATIONS.length + 1}`);
        db.close();
      },
      says: `schema version ${MIGRATIONS.length + 1}, this motes knows ${MIGRATIONS.length} - use the newer motes`,
    },
    {
      name: 'a damaged first page',
      write: () => {
        openDatabase(path).close();
        overwrite(100, new Uint8Array(200).fill(0xff));
      },
      says: 'the file is damaged',
    },
  ])('$name', ({ write, says }) => {
    write();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(`cannot open the ledger ${path}: `);
    expect(() => openDatabase(path)).toThrow(says);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('damage further inside shows at the call that meets it, and not as a wrong answer', () => {
    const { ledger, close } = openLedger();
    const rows = Array.from({ length: 500 }, (_, index) => ({
      ...{
        id: `t${index}`,
        type: 'noop',
        function: 'noop',
        parameters: '{}',
        description: 'x'.repeat(200),
        priority: 5,
      },
      ...{ cost: 1, memory: 1, retries: 3, retry_on: '[]', timeout_ms: null },
    }));
    ledger.submit('r', rows);
    close();
    const middle = Math.floor(statSync(path).size / 8192) * 4096;
    overwrite(middle, new Uint8Array(4096 * 4).fill(0xa5));
    const again = openLedger();
    expect(() => again.ledger.tasks({ runId: 'r', status: null, after: 0, limit: 1_000 })).toThrow(
      expect.objectContaining({ code: 'ERR_SQLITE_ERROR' }),
    );
    again.close();
  });

  test('a path that cannot be', () => {
    expect(() => openDatabase('/dev/null/ledger.sqlite')).toThrow('it cannot be opened - check that the data folder');
  });

  test.skipIf(isRoot)('a read-only folder (as root permission bits do not bind: skipped)', () => {
    openDatabase(path).close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    expect(() => openDatabase(path)).toThrow(/it is read-only|it cannot be opened/);
    chmodSync(folder, 0o755);
  });
});

test('a second opener is refused while the first lives, and not afterwards', () => {
  const first = openDatabase(path);
  expect(() => openDatabase(path)).toThrow('another orchestrator uses it - stop that one, or choose another --data');
  first.exec("INSERT INTO meta (name, value) VALUES ('still', 'writable')");
  first.close();
  const second = openDatabase(path);
  expect(second.prepare("SELECT value FROM meta WHERE name = 'still'").get()).toEqual({ value: 'writable' });
  second.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});
