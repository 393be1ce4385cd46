/** Fetches artifacts from the workers that write them. */
import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { AttemptKey } from '../../wire/invocation.ts';
import { Problem } from '../../wire/problem.ts';
import type { ArtifactName, ArtifactStore } from './artifact-store.ts';

export interface ArtifactCollectorOptions {
  readonly transport: Pick<Transport, 'readArtifact'>;
  readonly store: Pick<ArtifactStore, 'append' | 'length' | 'sync'>;
}

/**
 * Every attempt of a task writes the same bytes, so it does not matter whose are fetched: a file goes on where it ends,
 * also after a resume, a second copy, or a restart of the orchestrator.
 */
export class ArtifactCollector {
  readonly #options: ArtifactCollectorOptions;
  /** What is going on for each file: one fetch after the other. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(options: ArtifactCollectorOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the first `bytes` of an artifact are on disk here.
   * @throws Problem when the worker is not reached or no longer has them; Error when the disk refuses
   */
  collect(worker: WorkerAddress, key: AttemptKey, name: string, bytes: number): Promise<void> {
    const artifact = { runId: key.run_id, taskId: key.task_id, name };
    const queue = JSON.stringify([key.run_id, key.task_id, name]);
    const before = this.#queues.get(queue) ?? Promise.resolve();
    const collected = before.catch(() => {}).then(() => this.#fetch(worker, key, artifact, bytes));
    this.#queues.set(queue, collected);
    const forget = (): void => {
      if (this.#queues.get(queue) === collected) this.#queues.delete(queue);
    };
    collected.then(forget, forget);
    return collected;
  }

  async #fetch(worker: WorkerAddress, key: AttemptKey, artifact: ArtifactName, bytes: number): Promise<void> {
    const { store, transport } = this.#options;
    const start = await store.length(artifact);
    let length = start;
    // Asking also tells the worker what it may forget, so it is asked once where nothing is missing.
    do {
      const piece = await transport.readArtifact(worker, key, artifact.name, length);
      if (piece.length === 0 && length < bytes)
        throw new Problem('worker_lost', `${worker.id} no longer has ${artifact.name} from byte ${length} on`);
      if (piece.length > 0) await store.append(artifact, length, piece);
      length += piece.length;
    } while (length < bytes);
    if (length > start) await store.sync(artifact);
  }
}
