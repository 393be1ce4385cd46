/** Brings the blobs that tasks name to the workers that are to run them. */
import { type FunctionDeclaration, NO_INPUTS } from '../../function/declaration.ts';
import { checkParameters } from '../../function/parameters.ts';
import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { AttemptRequest } from '../../wire/invocation.ts';
import type { BlobStore } from './blob-store.ts';

export interface InputSenderOptions {
  readonly findFunction: (type: string) => FunctionDeclaration | null;
  readonly store: Pick<BlobStore, 'read'>;
  readonly transport: Pick<Transport, 'holdsBlob' | 'sendBlob'>;
}

export class InputSender {
  readonly #options: InputSenderOptions;

  constructor(options: InputSenderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when a worker has what these attempts need. What is not here any more is left to the worker to refuse.
   * @throws Problem when the worker cannot be reached
   */
  async send(worker: WorkerAddress, attempts: readonly AttemptRequest[]): Promise<void> {
    const { store, transport } = this.#options;
    for (const sha256 of new Set(attempts.flatMap((attempt) => this.#inputsOf(attempt)))) {
      if (await transport.holdsBlob(worker, sha256)) continue;
      const blob = await store.read(sha256);
      if (blob) await transport.sendBlob(worker, sha256, blob.bytes, blob.content);
    }
  }

  /** Nearly no function has any: only then is it worth reading the parameters once more. */
  #inputsOf({ type, parameters }: AttemptRequest): readonly string[] {
    const declaration = this.#options.findFunction(type);
    if (!declaration || declaration.inputs === NO_INPUTS) return [];
    const checked = checkParameters(declaration, parameters ?? {});
    return checked.ok ? declaration.inputs(checked.parameters) : [];
  }
}
