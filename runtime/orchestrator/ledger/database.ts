import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.ts';

/** How long a statement waits for another process's lock before it gives up. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * Opens the ledger's database, makes it durable and brings its schema up to date.
 *
 * `synchronous=FULL` makes every commit wait for its fsync: a 2xx means that the disk has it. NORMAL would save a
 * millisecond and could lose the last commits at a power cut.
 * @param path a file, or `:memory:`
 * @throws Error saying what is wrong: not a database, damaged, locked by another orchestrator, from a newer motes
 */
export function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    // One orchestrator a ledger: the lock is taken at the first read and kept until the process ends.
    db.exec('PRAGMA locking_mode=EXCLUSIVE;');
    const version = schemaVersion(db);
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;');
    db.exec('PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4000;');
    migrate(db, version);
    return db;
  } catch (cause) {
    db?.close();
    throw explain(path, cause as Error);
  }
}

/** Reads the file's version before anything is written to it: what is not ours stays as it is. */
function schemaVersion(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `it has schema version ${version}, this motes knows ${MIGRATIONS.length} - use the newer motes that wrote it`,
    );
  }
  if (version === 0 && db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get()) {
    throw new Error("it is another program's database - move that file away, or choose another --data folder");
  }
  return version;
}

/** Runs the migrations that the file has not seen, each in a transaction of its own with its version number. */
function migrate(db: DatabaseSync, version: number): void {
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[next]} PRAGMA user_version=${next + 1}; COMMIT;`);
  }
}

/** What SQLite's primary result codes mean for somebody who only wants to run simulations, and what to do. */
const STORAGE_REASONS: Readonly<Record<number, string>> = {
  5: 'another orchestrator uses it - stop that one, or choose another --data folder',
  8: 'it is read-only - make the data folder writable',
  10: 'the disk cannot be read or written (I/O error) - see whether it is read-only or failing, and start again',
  11: 'the file is damaged - move it away (a copy may still be read with sqlite3 .recover) and start again',
  13: 'the disk is full - free some space and start again',
  14: 'it cannot be opened - check that the data folder exists and is writable',
  26: 'it is not a ledger - move that file away, or choose another --data folder',
};

/** Why the file or its disk cannot be trusted any more; null for an error that says nothing of them. */
export function storageReason(error: unknown): string | null {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? null : (STORAGE_REASONS[errcode & 0xff] ?? null);
}

function explain(path: string, error: Error): Error {
  return new Error(`cannot open the ledger ${path}: ${storageReason(error) ?? error.message}`, { cause: error });
}
