/**
 * What happened, in the order in which it was recorded and in the same transactions, so that whoever watches can be told
 * what came while he was away. One row has all that one call changed: a row for each task would cost as much again as
 * the task. Tasks are named by their keys; their ids are looked up when somebody reads.
 */
import type { RecordedEvent, TaskChange } from '../../wire/events.ts';
import type { Run, TaskStatus } from '../../wire/task.ts';
import type { EventRow, TaskName } from './ledger-rows.ts';
import type { FinishEffect, FinishRequest, Started, StartRequest } from './ledger-types.ts';
import type { Store } from './store.ts';

/** So many rows are kept: hours of usual work, minutes of the heaviest. */
const ROWS_KEPT = 20_000;
/** Old rows go so many at a time. */
const ROWS_PRUNED_TOGETHER = 1_000;

/** A task's key, its attempt, what happened, and the task's status then. */
export type Change = readonly [
  task: number,
  attempt: number,
  change: TaskChange['change'],
  status: TaskStatus,
  more?: Partial<Pick<TaskChange, 'is_copy' | 'is_resumed' | 'error' | 'is_divergent' | 'is_suspect'>>,
];

/** A row's body, by its kind. */
interface Bodies {
  /** First attempts that started together. */
  readonly started: { readonly worker_id: string; readonly tasks: readonly number[] };
  /** First attempts that succeeded. */
  readonly succeeded: { readonly tasks: readonly number[] };
  readonly changes: { readonly worker_id?: string; readonly changes: readonly Change[] };
  readonly run: Omit<Extract<RecordedEvent, { event: 'run' }>, 'event' | 'at'>;
  readonly worker: Omit<Extract<RecordedEvent, { event: 'worker' }>, 'event' | 'at'>;
}

/** A row as it is read: `seq` is the `id:` of the event. */
export interface JournalEntry {
  readonly seq: number;
  readonly event: RecordedEvent;
}

/** What was read, and how far the journal goes. */
export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  /** The last row that was looked at: reading goes on after it. */
  readonly last: number;
  /** True when rows after the asked one are gone, or it never was: nobody can tell what came since. */
  readonly isBroken: boolean;
}

export class Journal {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @param requests of one worker, as the dispatcher sends them */
  started(requests: readonly StartRequest[], started: readonly (Started | null)[]): void {
    const workerId = requests[0]?.workerId;
    if (workerId === undefined) return;
    const firsts: number[] = [];
    const changes: Change[] = [];
    for (const [index, { task, isCopy }] of requests.entries()) {
      const start = started[index];
      if (!start) continue;
      if (start.attempt === 1) firsts.push(task);
      else {
        const more = {
          ...(isCopy && { is_copy: true as const }),
          ...(start.resumeFrom && { is_resumed: true as const }),
        };
        changes.push([task, start.attempt, 'running', 'running', more]);
      }
    }
    if (firsts.length > 0) this.#add('started', { worker_id: workerId, tasks: firsts });
    if (changes.length > 0) this.#add('changes', { worker_id: workerId, changes });
  }

  finished(requests: readonly FinishRequest[], effects: readonly (FinishEffect | null)[]): void {
    const firsts: number[] = [];
    const changes: Change[] = [];
    for (const [index, { task, attempt, outcome }] of requests.entries()) {
      const effect = effects[index];
      if (!effect) continue;
      const isPlain = outcome.status === 'succeeded' && attempt === 1 && !effect.superseded && !effect.suspect;
      if (isPlain) firsts.push(task);
      else changes.push(endOf({ task, attempt, outcome }, effect));
      for (const stopped of effect.stop) changes.push([task, stopped.attempt, 'cancelled', effect.taskStatus]);
    }
    if (firsts.length > 0) this.#add('succeeded', { tasks: firsts });
    if (changes.length > 0) this.#add('changes', { changes });
  }

  /** @param attempt the task's last one where it had none running, 0 before the first */
  changed(...change: Change): void {
    this.changedTogether([change]);
  }

  changedTogether(changes: readonly Change[]): void {
    if (changes.length > 0) this.#add('changes', { changes });
  }

  run(change: Bodies['run']['change'], run: Run): void {
    this.#add('run', { change, run });
  }

  worker(body: Bodies['worker']): void {
    this.#add('worker', body);
  }

  /** The seq of the newest row; 0 before the first. */
  newest(): number {
    return this.#store.eventBounds().newest;
  }

  /** What came after a row, at most `limit` rows of it. Tasks that were removed since are left out. */
  after(seq: number, limit: number): JournalPage {
    const { oldest, newest } = this.#store.eventBounds();
    if (seq > newest || seq < oldest - 1) return { entries: [], last: newest, isBroken: true };
    const rows = this.#store.eventsAfter(seq, limit);
    const entries = rows.map((row) => ({ seq: row.seq, event: this.#eventOf(row) }));
    return { entries, last: rows.at(-1)?.seq ?? seq, isBroken: false };
  }

  #add<Kind extends keyof Bodies>(kind: Kind, body: Bodies[Kind]): void {
    const seq = this.#store.addEvent(this.#now(), kind, JSON.stringify(body));
    if (seq % ROWS_PRUNED_TOGETHER === 0) this.#store.deleteEventsTo(seq - ROWS_KEPT);
  }

  #eventOf({ at, kind, body }: EventRow): RecordedEvent {
    const parsed = JSON.parse(body) as Bodies[keyof Bodies];
    if (kind === 'run') return { event: 'run', at, ...(parsed as Bodies['run']) };
    if (kind === 'worker') return { event: 'worker', at, ...(parsed as Bodies['worker']) };
    return { event: 'tasks', at, tasks: this.#changesOf(kind, parsed as Bodies['changes']) };
  }

  #changesOf(kind: string, body: Bodies['changes'] | Bodies['started'] | Bodies['succeeded']): TaskChange[] {
    const changes: readonly Change[] =
      'changes' in body
        ? body.changes
        : body.tasks.map(
            (task): Change =>
              kind === 'started' ? [task, 1, 'running', 'running'] : [task, 1, 'succeeded', 'succeeded'],
          );
    const worker = 'worker_id' in body && body.worker_id !== undefined ? { worker_id: body.worker_id } : {};
    const names = this.#namesOf(changes);
    return changes.flatMap(([task, attempt, change, status, more]) => {
      const name = names.get(task);
      return name ? [{ ...name, status, attempt, change, ...worker, ...more }] : [];
    });
  }

  #namesOf(changes: readonly Change[]): Map<number, Pick<TaskChange, 'run_id' | 'id'>> {
    const rows: TaskName[] = this.#store.namesOf(changes.map(([task]) => task));
    return new Map(rows.map(({ key, run_id, id }) => [key, { run_id, id }]));
  }
}

function endOf({ task, attempt, outcome }: FinishRequest, effect: FinishEffect): Change {
  if (effect.superseded)
    return [task, attempt, 'superseded', effect.taskStatus, effect.divergent ? { is_divergent: true } : {}];
  if (outcome.status === 'succeeded')
    return [task, attempt, 'succeeded', effect.taskStatus, effect.suspect ? { is_suspect: true } : {}];
  return [task, attempt, outcome.status, effect.taskStatus, { error: outcome.error.code }];
}
