/** Finds attempts again at their workers: after a broken stream, and after a restart of the orchestrator. */

import type { Transport } from '../../transport/transport.ts';
import { attemptKeyString } from '../../wire/invocation.ts';
import { asProblem, Problem } from '../../wire/problem.ts';
import type { Fleet, FleetWorker } from '../fleet/fleet.ts';
import type { Failure } from '../ledger/ledger-types.ts';
import type { DispatcherLog } from '../ports.ts';
import type { Live, LiveAttempts } from './live-attempts.ts';
import { about, failure, type Recorder } from './recorder.ts';

export interface ReattachmentOptions {
  readonly ledgerId: string;
  readonly transport: Pick<Transport, 'outbox' | 'follow'>;
  readonly fleet: Fleet;
  readonly live: LiveAttempts;
  readonly recorder: Recorder;
  readonly log: DispatcherLog;
  /** Something may have changed for the scheduler. */
  readonly onChange: () => void;
}

/** So many streams that break without a word, and what they should have told of is lost. */
const MUTE_STREAMS = 3;

export class Reattachment {
  readonly #options: ReattachmentOptions;
  /** Workers that are being asked; true when they are to be asked once more, for what was orphaned meanwhile. */
  readonly #asking = new Map<string, boolean>();
  /** How many streams of a worker broke one after the other before they said anything. */
  readonly #muteStreams = new Map<string, number>();
  #isStopped = false;

  constructor(options: ReattachmentOptions) {
    this.#options = options;
  }

  /** From now on streams break because this orchestrator ends: their attempts go on, and the next one finds them. */
  stop(): void {
    this.#isStopped = true;
  }

  /** What to do with attempts whose stream broke: declined ones go elsewhere, others may still run where they are. */
  async recover(worker: FleetWorker, open: readonly Live[], trouble: Problem): Promise<void> {
    if (this.#isStopped) return;
    for (const live of open) live.isFollowed = false;
    if (trouble.code === 'worker_lost' || trouble.code === 'unavailable') return this.ask(worker.id);
    for (const live of open) this.#options.recorder.end(live, declined(worker, live, trouble));
    if (trouble.code === 'draining') this.#options.fleet.noteDraining(worker.id);
  }

  isAsking(workerId: string): boolean {
    return this.#asking.has(workerId);
  }

  /** Asks a worker what it holds, follows what runs there and takes what is finished; the rest of ours is lost. */
  async ask(workerId: string): Promise<void> {
    const worker = this.#options.fleet.get(workerId);
    if (!worker || this.#isStopped) return;
    if (this.#asking.has(workerId)) {
      this.#asking.set(workerId, true);
      return;
    }
    this.#asking.set(workerId, false);
    const orphans = this.#options.live.at(workerId).filter((live) => !live.isFollowed && !live.isEnding);
    try {
      await this.#askOnce(worker, orphans);
    } catch (error) {
      if (this.#isStopped) return;
      const why = asProblem(error).message;
      this.#options.fleet.markOffline(worker, why);
      for (const live of orphans) this.#options.recorder.lose(live, 'unreachable', why);
    } finally {
      const isAskedAgain = this.#asking.get(workerId);
      this.#asking.delete(workerId);
      if (isAskedAgain) void this.ask(workerId);
      this.#options.onChange();
    }
  }

  async #askOnce(worker: FleetWorker, orphans: readonly Live[]): Promise<void> {
    const { recorder, ledgerId, transport, live: all } = this.#options;
    const outbox = await transport.outbox(worker, ledgerId);
    if (this.#isStopped) return;
    recorder.hear(worker.id, outbox.finished);
    const running = new Set(outbox.running.map(attemptKeyString));
    const here: Live[] = [];
    for (const live of orphans) {
      if (live.instance === outbox.instance && running.has(attemptKeyString(live.key))) here.push(live);
      else recorder.lose(live, 'forgotten', 'it no longer has the task');
    }
    // What runs there for nobody (its attempt was ended here meanwhile) only takes up a slot.
    const stray = outbox.running.filter((key) => !all.get(key));
    recorder.stop(
      stray.map((key) => ({ runId: key.run_id, taskId: key.task_id, attempt: key.attempt, workerId: worker.id })),
    );
    // How a stray ends is to be heard as well: until it is acknowledged it takes up room in the worker's outbox.
    if (here.length + stray.length > 0) void this.#follow(worker, here);
  }

  async #follow(worker: FleetWorker, lives: readonly Live[]): Promise<void> {
    const { recorder, ledgerId, transport, live: all, log } = this.#options;
    for (const live of lives) {
      live.isFollowed = true;
      // It was computing before we asked.
      live.begunAt ??= live.startedAt;
      log.info('re-attached', about(live));
    }
    let trouble: Problem | null = null;
    let isMute = true;
    try {
      await transport.follow(worker, ledgerId, (events) => {
        isMute = false;
        recorder.hear(worker.id, events);
      });
    } catch (error) {
      trouble = asProblem(error, 'worker_lost');
    }
    const open = lives.filter((live) => all.has(live) && !live.isEnding);
    if (open.length > 0 || trouble) {
      trouble ??= new Problem('worker_lost', `${worker.id} ended the stream without an outcome`);
      if (this.#isMute(worker.id, isMute)) for (const live of open) recorder.lose(live, 'mute', trouble.message);
      else await this.recover(worker, open, trouble);
    }
    this.#options.onChange();
  }

  /** A worker that answers, but never in its streams, would be asked and followed for ever. */
  #isMute(workerId: string, isOneMore: boolean): boolean {
    const streams = isOneMore ? (this.#muteStreams.get(workerId) ?? 0) + 1 : 0;
    this.#muteStreams.set(workerId, streams);
    return !this.#isStopped && streams >= MUTE_STREAMS;
  }
}

/** The outcome of attempts that a worker turned away as a whole: whatever is wrong between us, the tasks are not. */
function declined(worker: FleetWorker, live: Live, trouble: Problem): Failure {
  if (trouble.code === 'draining') return failure('released', trouble, live);
  if (trouble.code === 'overload') return failure('failed', trouble, live);
  const why = `${worker.id} turned the request away: ${trouble.message}`;
  return failure('failed', new Problem('unavailable', why, { cause: trouble }), live);
}
