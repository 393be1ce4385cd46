/** The attempts that the page knows, as columns, each in its lane. */
import type { AttemptStatus } from '../../wire/task.ts';
import type { TimelineAttempts } from '../../wire/timeline.ts';
import { Lanes } from './lanes.ts';
import { Stretches } from './stretches.ts';

/** One of them, for whoever points at it. */
export interface AttemptAt {
  readonly runId: string;
  readonly id: string;
  readonly attempt: number;
  readonly worker: string;
  readonly type: string;
  readonly status: AttemptStatus;
  readonly started: number;
  /** Infinity while it waits. */
  readonly begun: number;
  /** Infinity while it runs. */
  readonly ended: number;
  readonly isCopy: boolean;
  readonly isResumed: boolean;
  readonly error: string | null;
  readonly checkpoints: readonly number[];
}

export class Attempts {
  readonly #placeOf = new Map<string, number>();
  readonly #list: AttemptAt[] = [];
  readonly #froms: number[] = [];
  readonly #tills: number[] = [];
  readonly #open = new Set<number>();
  readonly stretches = new Stretches();
  readonly lanes = new Lanes({ from: (place) => this.#froms[place]!, till: (place) => this.#tills[place]! });

  get count(): number {
    return this.#list.length;
  }
  at(place: number): AttemptAt {
    return this.#list[place]!;
  }
  /** Where its bar begins: when its worker began with it. */
  from(place: number): number {
    return this.#froms[place]!;
  }
  /** Infinity while it runs. */
  till(place: number): number {
    return this.#tills[place]!;
  }
  find(runId: string, id: string, attempt: number): number | null {
    return this.#placeOf.get(nameOf(runId, id, attempt)) ?? null;
  }
  /** Since when each of those runs that have begun. */
  running(): number[] {
    return [...this.#open].map((place) => this.#froms[place]!).filter(Number.isFinite);
  }
  get isRunning(): boolean {
    return this.#open.size > 0;
  }

  /** Takes what was told: new ones get a lane, in the order in which they began; known ones stay where they are. */
  merge(told: TimelineAttempts): void {
    const [copies, resumed] = [new Set(told.copies), new Set(told.resumed)];
    const errors = new Map(told.errors);
    const checkpoints = Map.groupBy(told.checkpoints, ([index]) => index);
    const unplaced: number[] = [];
    for (const [index, id] of told.id.entries()) {
      const attempt: AttemptAt = {
        ...{ id, runId: told.runs[told.run[index]!]!, attempt: told.attempt[index]! },
        ...{ worker: told.workers[told.worker[index]!]!, type: told.types[told.type[index]!]! },
        ...{ status: told.status[index]!, started: told.started[index]! },
        begun: told.begun[index] ?? Number.POSITIVE_INFINITY,
        ended: told.ended[index] ?? Number.POSITIVE_INFINITY,
        ...{ isCopy: copies.has(index), isResumed: resumed.has(index), error: errors.get(index) ?? null },
        checkpoints: checkpoints.get(index)?.map(([, at]) => at) ?? [],
      };
      const place = this.#take(attempt);
      if (place !== null) unplaced.push(place);
    }
    unplaced.sort((a, b) => this.#froms[a]! - this.#froms[b]!);
    for (const place of unplaced) this.lanes.place(this.#list[place]!.worker, place);
  }

  /** @returns its place, where it has begun and has no lane yet */
  #take(attempt: AttemptAt): number | null {
    const name = nameOf(attempt.runId, attempt.id, attempt.attempt);
    const known = this.#placeOf.get(name);
    const place = known ?? this.#list.length;
    const hadBegun = known !== undefined && Number.isFinite(this.#froms[known]!);
    const wasOpen = known === undefined || this.#open.has(known);
    this.#placeOf.set(name, place);
    this.#list[place] = attempt;
    // What is measured of its begin at the end may differ by a little: its bar stays where it was seen to begin.
    if (!hadBegun) this.#froms[place] = attempt.begun;
    this.#tills[place] = Math.max(attempt.ended, this.#froms[place]!);
    if (Number.isFinite(attempt.ended)) {
      this.#open.delete(place);
      if (wasOpen) this.stretches.add(Math.min(this.#froms[place]!, attempt.ended), attempt.ended);
    } else this.#open.add(place);
    return !hadBegun && Number.isFinite(attempt.begun) ? place : null;
  }
}

/** Different attempts have different names, as only the task id may hold a newline. */
function nameOf(runId: string, id: string, attempt: number): string {
  return `${runId}\n${attempt}\n${id}`;
}
