import type { FunctionDeclaration } from '../function/declaration.ts';
import { checkParameters, didYouMean } from '../function/parameters.ts';
import type { CheckpointState } from '../wire/blob.ts';
import type { AttemptKey, InvokeRequest } from '../wire/invocation.ts';
import { asProblem, Problem } from '../wire/problem.ts';
import type { ArtifactSpools } from './artifact-spools.ts';
import type { Blobs } from './blobs.ts';
import {
  type ArtifactPiece,
  type EventSink,
  Invocation,
  type InvocationInput,
  type InvocationOwner,
  type InvocationStatus,
  identityOf,
  type PartialKey,
  type StopReason,
} from './invocation.ts';
import type { Job } from './job.ts';
import type { Keeper, LargeCheckpoints } from './large-checkpoints.ts';
import type { WorkerMeter } from './meter.ts';
import type { Outbox } from './outbox.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How much a worker takes on. */
export interface InvocationLimits {
  /** Invocations that are here and not ended. */
  readonly unfinished: number;
  /** What their requests hold in memory together, in bytes. */
  readonly heldBytes: number;
}

export const INVOCATION_LIMITS: InvocationLimits = { unfinished: 4096, heldBytes: 128 * 1024 * 1024 };

/** What the registry needs of the pool. */
export interface JobRunner {
  submit(job: Job): void;
  /** True when the job was taken back before it began; else it ends by itself, soon. */
  stop(job: Job): boolean;
}

export interface InvocationsOptions {
  readonly findDeclaration: (type: string) => FunctionDeclaration | null;
  /** For the "did you mean". */
  readonly functionNames: readonly string[];
  readonly pool: JobRunner;
  readonly outbox: Outbox;
  readonly spools: ArtifactSpools;
  readonly blobs: Pick<Blobs, 'get' | 'pin' | 'unpin'>;
  readonly checkpoints: Pick<LargeCheckpoints, 'keep' | 'release' | 'drop'>;
  /** What an invocation may hold, by its function's own estimate. */
  readonly slotMemoryBytes: number;
  readonly limits?: InvocationLimits;
  readonly meter: Pick<WorkerMeter, 'ended'>;
  readonly onLog: (invocation: Invocation | null, level: LogLevel, message: string) => void;
}

/** What became of a request: an invocation to listen to, or the event with which an earlier one ended. */
export type Admission = { readonly invocation: Invocation } | { readonly kept: string };

/** Every invocation that is here and not ended, and the way in. */
export class Invocations implements InvocationOwner {
  draining = false;
  /** Why this worker must not compute; null where nothing is wrong. */
  fault: string | null = null;
  readonly #options: InvocationsOptions;
  readonly #limits: InvocationLimits;
  readonly #unfinished = new Set<Invocation>();
  /** In the order in which they began. */
  readonly #running = new Set<Invocation>();
  /** Those of a ledger, by identity. */
  readonly #byIdentity = new Map<string, Invocation>();
  #heldBytes = 0;
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(options: InvocationsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? INVOCATION_LIMITS;
  }

  /** Oldest first. */
  get running(): Invocation[] {
    return [...this.#running];
  }

  /** How many wait for a slot. */
  get waiting(): number {
    return this.#unfinished.size - this.#running.size;
  }

  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** A ledger's invocations that have not ended. */
  ofLedger(ledgerId: string): Invocation[] {
    return [...this.#byIdentity.values()].filter((invocation) => invocation.input.key.ledger_id === ledgerId);
  }

  /**
   * Takes an invocation on, or joins the one of the same key that is already here.
   * @throws Problem for a bad request, or when no more is taken (`overload`, `draining`).
   */
  admit(request: InvokeRequest, requestBytes: number, sink: EventSink): Admission {
    const key = keyOf(request);
    const identity = identityOf(key);
    if (key.ledger_id !== undefined) {
      const here = this.#joined(key.ledger_id, identity, sink);
      if (here) return here;
    }
    const input: InvocationInput = { ...this.#check(request), key, identity, heldBytes: requestBytes };
    this.#makeSureOfRoom(requestBytes);
    const invocation = new Invocation(input, this);
    for (const name of blobsOf(input)) this.#options.blobs.pin(name);
    invocation.join(sink);
    this.#unfinished.add(invocation);
    this.#heldBytes += requestBytes;
    if (key.ledger_id !== undefined) this.#byIdentity.set(invocation.identity, invocation);
    this.#options.pool.submit(invocation);
    return { invocation };
  }

  /** What `admit` threw, as others may see it: anything that it was not meant to throw is logged and tells nothing. */
  refusalOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    this.#options.onLog(null, 'error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    return new Problem('internal', 'an unexpected error - the log has it');
  }

  /** The invocation of a key; null when none is here unfinished. */
  find(key: AttemptKey): Invocation | null {
    return this.#byIdentity.get(identityOf(key)) ?? null;
  }

  /** Stops an invocation; it ends at once if it was not begun, else within some tens of milliseconds. */
  stop(invocation: Invocation, reason: StopReason): void {
    if (invocation.state === 'ended' || invocation.stopReason !== null) return;
    invocation.stopReason = reason;
    if (this.#options.pool.stop(invocation)) invocation.stopped();
  }

  /** Stops everything. */
  stopAll(reason: StopReason): void {
    for (const invocation of [...this.#unfinished]) this.stop(invocation, reason);
  }

  /** Resolves once nothing is unfinished. */
  idle(): Promise<void> {
    if (this.#unfinished.size === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Sends a heartbeat for everything that is here: what waits for a slot is not lost either. */
  heartbeat(): void {
    for (const invocation of this.#unfinished) invocation.heartbeat();
  }

  started(invocation: Invocation): void {
    this.#running.add(invocation);
  }

  deadlinePassed(invocation: Invocation): void {
    this.stop(invocation, 'timed_out');
  }

  logged(invocation: Invocation, level: LogLevel, message: string): void {
    this.#options.onLog(invocation, level, message);
  }

  keptState(invocation: Invocation, sha256: string, state: Uint8Array, taken: () => void): boolean {
    try {
      this.#options.checkpoints.keep(keeperOf(invocation), sha256, state, taken);
      return true;
    } catch (error) {
      taken();
      invocation.logged('warn', `a checkpoint was not kept: ${asProblem(error).message}`);
      return false;
    }
  }

  /** Nobody fetches the artifacts of a call that belongs to no ledger. */
  wrote({ identity, input }: Invocation, { name, offset, data }: ArtifactPiece, taken: () => void): void {
    if (input.key.ledger_id === undefined) taken();
    else this.#options.spools.append(identity, name, offset, data, taken);
  }

  ended(invocation: Invocation, lines: string, status: InvocationStatus): void {
    this.#options.meter.ended(invocation.input, status, invocation.elapsedMs);
    this.#running.delete(invocation);
    this.#unfinished.delete(invocation);
    this.#heldBytes -= invocation.input.heldBytes;
    this.#releaseBlobs(invocation);
    const ledgerId = invocation.input.key.ledger_id;
    if (ledgerId !== undefined) {
      this.#byIdentity.delete(invocation.identity);
      this.#options.outbox.add(ledgerId, invocation.identity, lines);
    }
    if (this.#unfinished.size > 0 || !this.#idle) return;
    this.#idle.resolve();
    this.#idle = null;
  }

  #releaseBlobs(invocation: Invocation): void {
    const { input, stopReason } = invocation;
    const { blobs, checkpoints } = this.#options;
    for (const name of input.blobs.inputs) blobs.unpin(name);
    if (input.blobs.resumeFrom !== null) blobs.unpin(input.blobs.resumeFrom, true);
    // Only what is handed back goes on from its last state, which somebody may still be about to fetch.
    if (stopReason === 'released' && input.key.ledger_id !== undefined) checkpoints.release(keeperOf(invocation));
    else checkpoints.drop(keeperOf(invocation));
  }

  #joined(ledgerId: string, identity: string, sink: EventSink): Admission | null {
    const invocation = this.#byIdentity.get(identity);
    if (invocation) {
      invocation.join(sink);
      return { invocation };
    }
    const kept = this.#options.outbox.get(ledgerId, identity);
    return kept === null ? null : { kept };
  }

  #check(request: InvokeRequest): Omit<InvocationInput, 'key' | 'identity' | 'heldBytes'> {
    const declaration = this.#options.findDeclaration(request.type);
    if (!declaration) throw this.#unknownFunction(request.type);
    const checked = checkParameters(declaration, request.parameters ?? {});
    if (!checked.ok) throw Problem.fromFaults(checked.faults);
    this.#checkMemory(declaration, checked.parameters);
    const cost = declaration.cost(checked.parameters);
    const inputs = declaration.inputs(checked.parameters);
    const resumeFrom = request.resume_from ?? null;
    return {
      type: declaration.name,
      parameters: checked.parameters,
      inputs: inputs.length === 0 ? undefined : Object.fromEntries(inputs.map((name) => [name, this.#blob(name)])),
      resumeFrom: this.#checkpoint(resumeFrom),
      blobs: { inputs, resumeFrom: typeof resumeFrom === 'string' ? null : (resumeFrom?.sha256 ?? null) },
      cost: cost > 0 && Number.isFinite(cost) ? cost : 1,
      timeoutMs: request.timeout_ms ?? null,
    };
  }

  #checkMemory(declaration: FunctionDeclaration, parameters: Record<string, unknown>): void {
    const bytes = declaration.memory(parameters);
    const limit = this.#options.slotMemoryBytes;
    if (bytes > limit)
      throw new Problem(
        'memory_exceeded',
        `${declaration.name} would need about ${mib(bytes)} MiB with these parameters, and a slot of this worker may use ${mib(limit)} MiB - ask for less, or start the worker with a larger --slot-memory`,
      );
  }

  /** @throws Problem `overload`: whoever sends the blob first, and then the task again, is taken. */
  #blob(name: string): Uint8Array {
    const bytes = this.#options.blobs.get(name);
    if (bytes) return bytes;
    throw new Problem('overload', `the blob ${name} is not on this worker - PUT it to /blobs/${name} first`);
  }

  #checkpoint(state: CheckpointState | null): Uint8Array | null {
    if (state === null) return null;
    return typeof state === 'string' ? decodeCheckpoint(state) : this.#blob(state.sha256);
  }

  #makeSureOfRoom(requestBytes: number): void {
    if (this.draining) throw new Problem('draining', 'this worker shuts down and takes no more work');
    if (this.fault !== null) throw new Problem('draining', `this worker takes no work: ${this.fault}`);
    const { unfinished, heldBytes } = this.#limits;
    if (this.#unfinished.size >= unfinished || this.#heldBytes + requestBytes > heldBytes)
      throw new Problem('overload', `${this.#unfinished.size} invocations are here already - try again later`);
    if (this.#options.outbox.isFull(this.#byIdentity.size))
      throw new Problem('overload', 'the outbox is full - acknowledge what is recorded (POST /outbox/ack)');
  }

  #unknownFunction(type: string): Problem {
    const names = this.#options.functionNames;
    return new Problem(
      'unknown_function',
      `there is no function "${type}"${didYouMean(type, names)} There are ${names.join(', ')}`,
      {
        pointer: '/type',
      },
    );
  }
}

function keyOf(request: InvokeRequest): PartialKey {
  const { ledger_id, run_id, task_id, attempt } = request;
  if (ledger_id !== undefined && (run_id === undefined || task_id === undefined || attempt === undefined))
    throw new Problem('invalid_body', 'an invocation with a ledger_id needs run_id, task_id and attempt as well');
  return { ledger_id, run_id, task_id, attempt };
}

/** Single calls have no identity. */
function keeperOf(invocation: Invocation): Keeper {
  return invocation.input.key.ledger_id === undefined ? invocation : invocation.identity;
}

/** The blobs that it uses. */
function blobsOf({ blobs }: InvocationInput): string[] {
  return blobs.resumeFrom === null ? [...blobs.inputs] : [...blobs.inputs, blobs.resumeFrom];
}

function decodeCheckpoint(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  // Buffer passes over what is not base64; a damaged checkpoint must not.
  if (bytes.toString('base64').length !== Math.ceil(text.length / 4) * 4)
    throw new Problem('invalid_body', 'resume_from is not base64', { pointer: '/resume_from' });
  return new Uint8Array(bytes);
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2);
}
