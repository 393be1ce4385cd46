/** `results/result_{task_id}_{YYYYMMDD_HHMMSS}.json`, as the original wrote them; the ledger keeps the same beside. */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTimestamp, localTimestamp } from '../wire/timestamp.ts';
import type { RemoteLedger } from './ledger/ledger-host.ts';
import type { TaskRow } from './ledger/ledger-rows.ts';

/** Files written before the ledger is told. */
const FILES_PER_TURN = 64;
/** Bytes of a file name that a task id may take: file systems allow 255 in all. */
const MAX_NAME_BYTES = 180;

export interface ResultFilesOptions {
  readonly folder: string;
  readonly ledger: Pick<RemoteLedger, 'unexported' | 'markExported'>;
  readonly logError: (message: string) => void;
}

/** Writes the files of succeeded tasks that have none yet; what a crash left undone is written at the next start. */
export class ResultFiles {
  readonly #options: ResultFilesOptions;
  #isWriting = false;
  #isWoken = false;
  #idle: Promise<void> = Promise.resolve();

  constructor(options: ResultFilesOptions) {
    this.#options = options;
  }

  /** There may be results without a file. */
  wake(): void {
    this.#isWoken = true;
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#idle = this.#writeAll().finally(() => {
      this.#isWriting = false;
    });
  }

  /** Resolves when every file that was due is written. */
  idle(): Promise<void> {
    return this.#idle;
  }

  async #writeAll(): Promise<void> {
    try {
      await mkdir(this.#options.folder, { recursive: true });
      while (this.#isWoken) {
        this.#isWoken = false;
        const rows = await this.#options.ledger.unexported(FILES_PER_TURN);
        await Promise.all(rows.map((row) => writeResultFile(this.#options.folder, row)));
        if (rows.length > 0) await this.#options.ledger.markExported(rows.map(({ key }) => key));
        this.#isWoken ||= rows.length === FILES_PER_TURN;
      }
    } catch (error) {
      this.#options.logError(
        `result files cannot be written: ${(error as Error).message}; the results are in the ledger`,
      );
    }
  }
}

/**
 * Writes one task's file, whole or not at all.
 * @returns its path; a counter keeps it from replacing another task's or run's file of the same second
 */
export async function writeResultFile(folder: string, row: TaskRow): Promise<string> {
  const text = `${JSON.stringify(resultDocument(row), null, 2)}\n`;
  const stem = `result_${safeName(row.id)}_${fileTimestamp(row.ended_at!)}`;
  for (let counter = 1; ; counter += 1) {
    const path = join(folder, counter === 1 ? `${stem}.json` : `${stem}_${counter}.json`);
    if (await claim(path, text)) return path;
    // The same task's file from before a crash.
    if ((await readFile(path, 'utf8').catch(() => '')) === text) return path;
  }
}

/** The original's fields, then ours. */
function resultDocument(row: TaskRow): Record<string, unknown> {
  return {
    task_id: row.id,
    worker_id: row.worker_id,
    start_time: localTimestamp(row.started_at!),
    end_time: localTimestamp(row.ended_at!),
    duration: (row.ended_at! - row.started_at!) / 1000,
    result: JSON.parse(row.result!),
    measured: JSON.parse(row.measured!),
    run_id: row.run_id,
    type: row.type,
    parameters: JSON.parse(row.parameters),
    attempts: row.attempts,
  };
}

/** Creates the file under its name, with its whole content, if the name is free: the draft beside it is the lock. */
async function claim(path: string, text: string): Promise<boolean> {
  const draft = `${path}.part`;
  const file = await open(draft, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (!file) return false;
  try {
    const isFree = !existsSync(path);
    if (isFree) await file.writeFile(text);
    await file.close();
    if (isFree) await rename(draft, path);
    return isFree;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A task id as a part of a file name: anything but letters, digits, dots, dashes and underscores is escaped. */
export function safeName(id: string): string {
  const escaped = Array.from(id, (character) =>
    /[\p{L}\p{N}_-]/u.test(character) || (character === '.' && id[0] !== '.')
      ? character
      : `%${character.codePointAt(0)!.toString(16)}`,
  ).join('');
  const bytes = Buffer.from(escaped);
  return bytes.length <= MAX_NAME_BYTES
    ? escaped
    : bytes
        .subarray(0, MAX_NAME_BYTES)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}
