/** A folder of files that are named by the SHA-256 of their content. A file is there whole or not at all. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MAX_BLOB_BYTES } from '../../wire/blob.ts';
import { Problem } from '../../wire/problem.ts';

const IS_BLOB = /^[0-9a-f]{64}$/;

export class BlobStore {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #now: () => number;

  /** @param mostBytes of one blob */
  constructor(folder: string, mostBytes = MAX_BLOB_BYTES, now: () => number = Date.now) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
    this.#now = now;
  }

  has(sha256: string): boolean {
    return existsSync(this.#pathOf(sha256));
  }

  /**
   * Keeps bytes under their name, on disk when it resolves. @returns how many
   * @throws Problem `body_too_large`, or `invalid_body` where the bytes have another name
   */
  async put(sha256: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    await mkdir(this.#folder, { recursive: true });
    const partial = join(this.#folder, `${sha256}.${randomUUID()}.partial`);
    try {
      const bytes = await writeChecked(partial, sha256, content, this.#mostBytes);
      await rename(partial, this.#pathOf(sha256));
      await syncFolder(this.#folder);
      return bytes;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /** Null where there is none. Reading counts as a use. */
  async read(sha256: string): Promise<{ readonly bytes: number; readonly content: Readable } | null> {
    if (!IS_BLOB.test(sha256) || !this.has(sha256)) return null;
    const path = this.#pathOf(sha256);
    await this.touch(sha256);
    return { bytes: (await stat(path)).size, content: createReadStream(path) };
  }

  /** Notes that it is still of use. */
  async touch(sha256: string): Promise<void> {
    const now = new Date(this.#now());
    await utimes(this.#pathOf(sha256), now, now);
  }

  /** The names of all that is here whole. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => IS_BLOB.test(name));
  }

  /** Removes what an orchestrator that was killed had not received whole. */
  async discardPartial(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) if (name.endsWith('.partial')) await rm(join(this.#folder, name), { force: true });
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.#pathOf(sha256), { force: true });
  }

  /** Removes what has not been of use for so long, and what was left half written. */
  async prune(unusedMs: number): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const path = join(this.#folder, name);
      const { mtimeMs } = await stat(path);
      if (this.#now() - mtimeMs > unusedMs) await rm(path, { force: true });
    }
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, sha256);
  }
}

async function writeChecked(
  path: string,
  sha256: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mostBytes: number,
): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new Problem('body_too_large', `a blob may have ${mostBytes} bytes at most`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    const found = hash.digest('hex');
    if (found !== sha256)
      throw new Problem('invalid_body', `these ${bytes} bytes have the SHA-256 ${found} - were they cut off?`);
    await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
