/** `results/artifacts/RUN/TASK/NAME`: what functions wrote beside their results. A file grows at its end only. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isArtifactName } from '../../wire/artifact-name.ts';
import { safeName } from '../result-files.ts';

/** Names an artifact of a task. */
export interface ArtifactName {
  readonly runId: string;
  readonly taskId: string;
  readonly name: string;
}

/** A file as it is now. */
export interface StoredArtifact {
  readonly name: string;
  readonly bytes: number;
}

export class ArtifactStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Bytes; 0 where nothing was kept yet. */
  async length(artifact: ArtifactName): Promise<number> {
    return (await sizeOf(this.#pathOf(artifact))) ?? 0;
  }

  /**
   * Adds bytes that begin at `offset`, which must be the file's end.
   * @throws Error when it is not, or the disk refuses
   */
  async append(artifact: ArtifactName, offset: number, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folderOf(artifact), { recursive: true });
    const file = await open(this.#pathOf(artifact), 'a');
    try {
      const { size } = await file.stat();
      if (size !== offset) throw new Error(`${artifact.name} ends at byte ${size}, not ${offset}`);
      await file.appendFile(bytes);
    } finally {
      await file.close();
    }
  }

  /** Resolves when what was appended is on disk. */
  async sync(artifact: ArtifactName): Promise<void> {
    for (const path of [this.#pathOf(artifact), this.#folderOf(artifact)]) {
      const file = await open(path, 'r');
      await file.datasync().finally(() => file.close());
    }
  }

  /** A task's artifacts, by name. */
  async list(task: Omit<ArtifactName, 'name'>): Promise<StoredArtifact[]> {
    const names = await readdir(this.#folderOf(task)).catch(absent<string[]>([]));
    const found = await Promise.all(
      names.filter(isArtifactName).map(async (name) => ({ name, bytes: await this.length({ ...task, name }) })),
    );
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The first `bytes` of an artifact; null where there is none. */
  async read(artifact: ArtifactName): Promise<{ readonly bytes: number; readonly content: Readable } | null> {
    const path = this.#pathOf(artifact);
    const bytes = isArtifactName(artifact.name) ? await sizeOf(path) : null;
    if (bytes === null) return null;
    // It may grow while it is read: who asked gets what there was.
    return { bytes, content: createReadStream(path, { start: 0, end: Math.max(0, bytes - 1) }) };
  }

  /** Removes all of a run. */
  async remove(runId: string): Promise<void> {
    await rm(join(this.#folder, safeName(runId)), { recursive: true, force: true });
  }

  #folderOf({ runId, taskId }: Omit<ArtifactName, 'name'>): string {
    return join(this.#folder, safeName(runId), folderName(taskId));
  }

  #pathOf(artifact: ArtifactName): string {
    return join(this.#folderOf(artifact), artifact.name);
  }
}

/** Two long ids may begin alike: then what was cut off is told by a digest. */
function folderName(taskId: string): string {
  const name = safeName(taskId);
  if (name.length < 100) return name;
  return `${name.slice(0, 80)}~${createHash('sha256').update(taskId).digest('hex').slice(0, 16)}`;
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(absent(null));
  return found?.isFile() ? found.size : null;
}

/** For what is not there; other errors pass. */
function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };
}
