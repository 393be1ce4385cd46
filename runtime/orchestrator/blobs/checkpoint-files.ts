/** `data/checkpoints/SHA256`: states that are too large for a message. The ledger has their names. */
import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { BlobReference } from '../../wire/blob.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { BlobStore } from './blob-store.ts';

export interface CheckpointFilesOptions {
  readonly ledger: Pick<RemoteLedger, 'checkpointBlobs'>;
  readonly store: Pick<BlobStore, 'has' | 'put' | 'list' | 'remove'>;
  readonly transport: Pick<Transport, 'readBlob'>;
}

/**
 * Fetches states from the workers that took them, and removes those that the ledger names no longer. A file is on disk
 * before its name is in the ledger; so what is swept away is what neither the ledger names nor somebody is about to record.
 */
export class CheckpointFiles {
  readonly #options: CheckpointFilesOptions;
  /** Being fetched, or fetched and not yet recorded: how often each. */
  readonly #pending = new Map<string, number>();
  /** Of an earlier orchestrator, perhaps. Most never have any, and need not look. */
  #hasFiles = true;
  #isSweeping = false;
  #isSweepDue = false;

  constructor(options: CheckpointFilesOptions) {
    this.#options = options;
  }

  /**
   * Resolves with what `record` gives, which is called when the state is on disk here.
   * @throws Problem when the worker is not reached or no longer has the state; Error when the disk refuses
   */
  async keep<T>(worker: WorkerAddress, { sha256 }: BlobReference, record: () => Promise<T>): Promise<T> {
    this.#count(sha256, 1);
    this.#hasFiles = true;
    try {
      const { store, transport } = this.#options;
      if (!store.has(sha256)) await store.put(sha256, await transport.readBlob(worker, sha256));
      return await record();
    } finally {
      this.#count(sha256, -1);
      this.sweep();
    }
  }

  /** Removes, soon, the files of states that were replaced or whose task has ended. */
  sweep(): void {
    this.#isSweepDue = this.#hasFiles;
    if (this.#isSweeping || !this.#isSweepDue) return;
    this.#isSweeping = true;
    // A file that stays is removed by a later sweep, at the latest when the next orchestrator starts.
    void this.#sweepAll()
      .catch(() => {})
      .finally(() => {
        this.#isSweeping = false;
      });
  }

  async #sweepAll(): Promise<void> {
    while (this.#isSweepDue) {
      this.#isSweepDue = false;
      const { ledger, store } = this.#options;
      const all = await store.list();
      this.#hasFiles = all.length > 0 || this.#pending.size > 0;
      const found = all.filter((sha256) => !this.#pending.has(sha256));
      if (found.length === 0) continue;
      const named = new Set(await ledger.checkpointBlobs());
      for (const sha256 of found) if (!named.has(sha256) && !this.#pending.has(sha256)) await store.remove(sha256);
    }
  }

  #count(sha256: string, change: 1 | -1): void {
    const count = (this.#pending.get(sha256) ?? 0) + change;
    if (count === 0) this.#pending.delete(sha256);
    else this.#pending.set(sha256, count);
  }
}
