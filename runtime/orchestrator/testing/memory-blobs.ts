import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BlobStore } from '../blobs/blob-store.ts';

/** A store of blobs that keeps them in memory, whatever they are named. */
export class MemoryBlobs implements Pick<BlobStore, 'has' | 'put' | 'read' | 'list' | 'remove'> {
  readonly files = new Map<string, Buffer>();

  has(sha256: string): boolean {
    return this.files.has(sha256);
  }

  async put(sha256: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    this.files.set(sha256, await buffer(Readable.from(content)));
    return this.files.get(sha256)!.length;
  }

  async read(sha256: string): Promise<{ readonly bytes: number; readonly content: Readable } | null> {
    const content = this.files.get(sha256);
    return content ? { bytes: content.length, content: Readable.from([content]) } : null;
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async remove(sha256: string): Promise<void> {
    this.files.delete(sha256);
  }
}
