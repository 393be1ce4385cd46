/** Brings the blobs that tasks name, and the states from which they go on, to the workers that are to run them. */
import { type FunctionDeclaration, NO_INPUTS } from '../../function/declaration.ts';
import { checkParameters } from '../../function/parameters.ts';
import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { AttemptRequest } from '../../wire/invocation.ts';
import type { BlobStore } from './blob-store.ts';

export interface InputSenderOptions {
  readonly findFunction: (type: string) => FunctionDeclaration | null;
  readonly store: Pick<BlobStore, 'read'>;
  /** Where states lie that are too large for a message. */
  readonly checkpoints: Pick<BlobStore, 'read'>;
  readonly transport: Pick<Transport, 'holdsBlob' | 'sendBlob'>;
}

export class InputSender {
  readonly #options: InputSenderOptions;

  constructor(options: InputSenderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when a worker has what these attempts need, with what can be asked of it: one whose state is gone begins
   * anew; an input that is gone is left to the worker to refuse.
   * @throws Problem when the worker cannot be reached
   */
  async send(worker: WorkerAddress, attempts: readonly AttemptRequest[]): Promise<readonly AttemptRequest[]> {
    const inputs = attempts.flatMap((attempt) => this.#inputsOf(attempt));
    for (const sha256 of new Set(inputs)) await this.#bring(worker, sha256, this.#options.store);
    return Promise.all(attempts.map((attempt) => this.#withState(worker, attempt)));
  }

  async #withState(worker: WorkerAddress, attempt: AttemptRequest): Promise<AttemptRequest> {
    const { resume_from: state, ...anew } = attempt;
    if (state === null || typeof state !== 'object') return attempt;
    return (await this.#bring(worker, state.sha256, this.#options.checkpoints)) ? attempt : anew;
  }

  /** @returns whether the worker has it now */
  async #bring(worker: WorkerAddress, sha256: string, from: Pick<BlobStore, 'read'>): Promise<boolean> {
    const { transport } = this.#options;
    if (await transport.holdsBlob(worker, sha256)) return true;
    const blob = await from.read(sha256);
    if (blob) await transport.sendBlob(worker, sha256, blob.bytes, blob.content);
    return blob !== null;
  }

  /** Nearly no function has any: only then is it worth reading the parameters once more. */
  #inputsOf({ type, parameters }: AttemptRequest): readonly string[] {
    const declaration = this.#options.findFunction(type);
    if (!declaration || declaration.inputs === NO_INPUTS) return [];
    const checked = checkParameters(declaration, parameters ?? {});
    return checked.ok ? declaration.inputs(checked.parameters) : [];
  }
}
