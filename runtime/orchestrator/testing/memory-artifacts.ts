import type { ArtifactName, ArtifactStore } from '../artifacts/artifact-store.ts';

/** A store of artifacts that keeps them in memory. */
export class MemoryArtifacts implements Pick<ArtifactStore, 'append' | 'length' | 'sync'> {
  /** By `RUN/TASK NAME`. */
  readonly files = new Map<string, Buffer>();
  /** What the disk says to an append. */
  refuses: Error | null = null;

  async length(artifact: ArtifactName): Promise<number> {
    return this.files.get(pathOf(artifact))?.length ?? 0;
  }

  async append(artifact: ArtifactName, offset: number, bytes: Uint8Array): Promise<void> {
    if (this.refuses) throw this.refuses;
    const before = this.files.get(pathOf(artifact)) ?? Buffer.alloc(0);
    if (before.length !== offset) throw new Error(`it ends at byte ${before.length}, not ${offset}`);
    this.files.set(pathOf(artifact), Buffer.concat([before, bytes]));
  }

  async sync(): Promise<void> {}
}

function pathOf({ runId, taskId, name }: ArtifactName): string {
  return `${runId}/${taskId} ${name}`;
}
