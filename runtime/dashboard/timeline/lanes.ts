import { Lane, type Times } from './lane.ts';

/** Ends are heard a little late: the next task of a slot seems to begin before. */
const SLACK_MS = 50;

/** The lanes of one worker, at least as many as it has slots. */
export interface WorkerLanes {
  readonly worker: string;
  readonly lanes: Lane[];
  /** 0 where that is not known. */
  slots: number;
}

/**
 * Gives each attempt a lane of its worker: the first that has room. It stays there whatever comes later, so that nothing
 * jumps while somebody looks.
 */
export class Lanes {
  readonly #times: Times;
  readonly #workers = new Map<string, WorkerLanes>();

  constructor(times: Times) {
    this.#times = times;
  }

  /** In the order of their names, numbers by value. */
  get workers(): readonly WorkerLanes[] {
    return [...this.#workers.values()].sort((a, b) => compare(a.worker, b.worker));
  }

  /** What is known of a worker's slots: as many lanes are shown even when they are empty. */
  setSlots(worker: string, slots: number): void {
    const known = this.#of(worker);
    // One that is away has none: those that it had stay.
    known.slots = Math.max(slots, slots === 0 ? known.slots : 0);
    while (known.lanes.length < slots) known.lanes.push(new Lane(this.#times));
  }

  place(worker: string, place: number): void {
    const { lanes, slots } = this.#of(worker);
    if (lanes.some((lane) => lane.take(place))) return;
    if (lanes.length >= slots && slots > 0 && lanes.some((lane) => lane.take(place, SLACK_MS))) return;
    const lane = new Lane(this.#times);
    lane.take(place);
    lanes.push(lane);
  }

  #of(worker: string): WorkerLanes {
    const known = this.#workers.get(worker) ?? { worker, lanes: [], slots: 0 };
    this.#workers.set(worker, known);
    return known;
  }
}

const byName = new Intl.Collator('en', { numeric: true });

function compare(a: string, b: string): number {
  return byName.compare(a, b) || (a < b ? -1 : 1);
}
