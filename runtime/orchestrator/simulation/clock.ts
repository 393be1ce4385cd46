/** Virtual time: nothing waits, and what falls due together happens in the order in which it was planned. */
import type { Timers } from '../ports.ts';

/** Something planned; `run` is null once it was taken back. */
export interface Planned {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Where virtual time begins, in ms since 1970: any round number. */
export const EPOCH_MS = 1_700_000_000_000;

export class VirtualClock {
  #nowMs = EPOCH_MS;
  #planned = 0;
  /** A binary heap, the next event first. */
  readonly #heap: Planned[] = [];

  readonly now = (): number => this.#nowMs;

  /** Milliseconds since the beginning. */
  get elapsedMs(): number {
    return this.#nowMs - EPOCH_MS;
  }

  /** Plans `run` for so many milliseconds from now. */
  after(delayMs: number, run: () => void): Planned {
    // Whole milliseconds, as the ledger's columns hold integers.
    const planned = { atMs: this.#nowMs + Math.max(0, Math.round(delayMs)), order: this.#planned, run };
    this.#planned += 1;
    this.#push(planned);
    return planned;
  }

  /** Timers that fire only while `isAlive`: those of a process that was killed die with it. */
  timers(isAlive: () => boolean): Timers {
    return {
      set: (callback, delayMs) => this.after(delayMs, () => (isAlive() ? callback() : undefined)),
      clear: (timer) => {
        if (timer) (timer as Planned).run = null;
      },
    };
  }

  /** Goes to the next event and runs it; false when nothing is planned. */
  step(): boolean {
    for (let next = this.#pop(); next; next = this.#pop()) {
      if (!next.run) continue;
      this.#nowMs = next.atMs;
      next.run();
      return true;
    }
    return false;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let index = heap.push(planned) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(planned, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = planned;
  }

  #pop(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || last === first) return first;
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Steps in one turn of the event loop: turning it costs more than an event. */
const STEPS_A_TURN = 32;

/**
 * Calls `step` until it gives false. Between two steps every promise that can settle has settled: Node empties its
 * microtask queue after each immediate, and a simulated process has no other way to wait than the virtual clock.
 */
export function drive(step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const one = (): void => {
      if (isOver) return;
      try {
        if (step()) return;
        isOver = true;
        resolve();
      } catch (error) {
        isOver = true;
        reject(error);
      }
    };
    const turn = (): void => {
      one();
      if (isOver) return;
      for (let count = 1; count < STEPS_A_TURN; count += 1) setImmediate(one);
      setImmediate(turn);
    };
    setImmediate(turn);
  });
}
