import { createHash } from 'node:crypto';
import type { VirtualClock } from './clock.ts';
import { Violation } from './violation.ts';

/**
 * Rare states that a campaign must have reached, so that it is known to test what it claims to. A name says what
 * happened at least once.
 */
export const MARKERS = [
  'accepted over a stream',
  'acknowledgement lost',
  'asked to stop twice',
  'attempt re-attached',
  'attempt released by a drain',
  'cancel lost',
  'cancelled while running',
  'clash of names refused',
  'copy lost the race',
  'copy won the race',
  'crash after a commit, before its answer',
  'crash before a commit',
  'crash while tasks arrive',
  'dead letter',
  'deadline enforced by the orchestrator',
  'deadline enforced by the worker',
  'declined by a draining worker',
  'declined by a full worker',
  'delivered, and the answer lost',
  'delivered twice',
  'divergence',
  'garbage answered',
  'graceful stop during a re-attached attempt',
  'idempotent repetition after a crash',
  'late outcome of an unknown attempt',
  'lease lost in a commit',
  'more runs than the window holds',
  'moved to another address',
  'probation passed',
  'quarantined',
  'registered before the ledger was read',
  'restarted under an open request',
  'result superseded',
  'resumed from a checkpoint',
  'retried by its user',
  'run pruned',
  'start committed, never delivered',
  'task killed its worker',
  'zombie answered',
] as const;
export type Marker = (typeof MARKERS)[number];

/** What happened in one schedule, line by line. */
export class Trace {
  readonly lines: string[] = [];
  readonly markers = new Map<Marker, number>();
  /** The first thing that must not have happened; null when there is none. */
  violation: Violation | null = null;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  note(what: string): void {
    this.lines.push(`${this.#clock.elapsedMs} ${what}`);
  }

  mark(marker: Marker): void {
    this.markers.set(marker, (this.markers.get(marker) ?? 0) + 1);
    this.note(`* ${marker}`);
  }

  /** Notes what must not happen where nobody would hear of a thrown error: what is simulated may catch it. */
  violate(what: string): void {
    this.note(`! ${what}`);
    this.violation ??= new Violation(what);
  }

  /** Equal for equal traces, to the millisecond and the last word. */
  digest(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16);
  }
}
