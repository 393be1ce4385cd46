import type { Transport, WorkerAddress } from '../../transport/transport.ts';
import type { FrameMessage, FrameNote } from '../../wire/frame-stream.ts';
import type { Attempt } from '../../wire/task.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { Timers } from '../ports.ts';

export interface TaskFramesOptions {
  readonly ledgerId: string;
  readonly ledger: Pick<RemoteLedger, 'task'>;
  readonly transport: Pick<Transport, 'watchFrames'>;
  readonly fleet: { get(id: string): WorkerAddress | undefined };
  readonly now: () => number;
  readonly timers: Timers;
}

/** So often it is looked where a task is that no worker shows. */
const LOOK_MS = 250;

/** A frame as it came from a worker. */
export interface ReceivedFrame {
  readonly bytes: Uint8Array;
  /** How old it was then, in milliseconds. */
  readonly ageMs: number;
  /** When it came. */
  readonly at: number;
}

/** The frames of one task, wherever it runs: from attempt to attempt, until the task ends or nobody looks any more. */
export class TaskFrames {
  /** Who look: kept by the hub. */
  viewers = 0;
  /** How the task is; null before that is known. */
  note: FrameNote | null = null;
  /** The newest; null before the first. */
  frame: ReceivedFrame | null = null;
  readonly #key: { readonly ledger_id: string; readonly run_id: string; readonly task_id: string };
  readonly #options: TaskFramesOptions;
  readonly #stop = new AbortController();
  #news = Promise.withResolvers<void>();

  constructor(runId: string, taskId: string, options: TaskFramesOptions) {
    this.#key = { ledger_id: options.ledgerId, run_id: runId, task_id: taskId };
    this.#options = options;
  }

  /** Resolves when `note` or `frame` is another one. */
  get news(): Promise<void> {
    return this.#news.promise;
  }

  /** Follows the task to its end. Never rejects. */
  async follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const note = await this.#look();
      this.#tell(note);
      if (note.state === 'ended') return;
      const worker = note.worker_id === undefined ? undefined : this.#options.fleet.get(note.worker_id);
      if (worker) await this.#watch(worker, note.attempt!);
      await this.#pause();
    }
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#stop.abort();
    this.#tell({ state: 'ended' });
  }

  /** How the ledger has the task; as ended where it has it no more. */
  async #look(): Promise<FrameNote> {
    const { run_id, task_id } = this.#key;
    const known = await this.#options.ledger.task(run_id, task_id).catch(() => null);
    if (!known) return { state: 'ended' };
    const { status, history } = known.detail;
    if (status === 'queued') return { state: 'queued' };
    if (status !== 'running') return { state: 'ended', status };
    const running = runningAttempt(history);
    return { state: 'running', ...(running && { attempt: running.attempt, worker_id: running.worker_id }) };
  }

  /** Takes what an attempt shows until it ends, or its worker does not answer any more. */
  async #watch(worker: WorkerAddress, attempt: number): Promise<void> {
    const where = { attempt, worker_id: worker.id };
    try {
      const messages = this.#options.transport.watchFrames(worker, { ...this.#key, attempt }, this.#stop.signal);
      for await (const message of messages) this.#take(message, where);
    } catch {
      // What became of the attempt is for the dispatcher to find out; here it is asked again in a moment.
      this.#tell({ state: 'unreachable', ...where });
    }
  }

  #take(message: FrameMessage, where: { attempt: number; worker_id: string }): void {
    if (message.kind === 'note') {
      // That an attempt has ended says nothing of the task.
      if (message.note.state !== 'ended') this.#tell({ ...message.note, ...where });
    } else if (message.kind === 'frame') {
      this.frame = { bytes: message.frame, ageMs: message.ageMs, at: this.#options.now() };
      this.#tell({ state: 'running', ...where });
      this.#publish();
    }
  }

  #tell(note: FrameNote): void {
    if (this.note?.state === 'ended' || isSame(note, this.note)) return;
    this.note = note;
    this.#publish();
  }

  #publish(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }

  #pause(): Promise<void> {
    const { timers } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = timers.set(resolve, LOOK_MS);
    const { signal } = this.#stop;
    const wake = (): void => {
      timers.clear(timer);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', wake));
  }
}

/** The attempt to look at: the one that began first, where a copy runs beside it. */
export function runningAttempt(history: readonly Attempt[]): Attempt | undefined {
  return history.find(({ status }) => status === 'running');
}

function isSame(one: FrameNote, other: FrameNote | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
