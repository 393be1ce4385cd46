/** How simulated workers differ, what can be wrong with them, and who watches them. */
import type { AttemptKey, InvocationEvent } from '../../wire/invocation.ts';
import type { SimulatedWorker } from './simulated-worker.ts';

/** What stays the same over a worker's restarts. */
export interface WorkerNature {
  readonly id: string;
  readonly slots: number;
  /** Milliseconds of work in a millisecond. */
  readonly speed: number;
  /** Its clock against the true one: deadlines, heartbeats and what it measures are off by this factor. */
  readonly clockRate: number;
  readonly functions: readonly string[];
  /** Invocations that it takes on, and outcomes that it keeps. */
  readonly unfinishedLimit: number;
  readonly outboxLimit: number;
  /** True when it registers itself; else the orchestrator knows it from the network file. */
  readonly registers: boolean;
}

/** What is wrong with it, for a while. */
export interface WorkerFlaws {
  /** Every invocation fails with an error of the worker's own. */
  isBroken: boolean;
  /** What it says is no protocol. */
  isGarbling: boolean;
  /** Its streams break at once, whatever they are to tell. */
  cutsStreams: boolean;
  ignoresDeadlines: boolean;
  hasWrongBits: boolean;
  /** It speaks of attempts that nobody made. */
  invents: boolean;
}

/** What the simulation watches. */
export interface WorkerObserver {
  delivered(key: AttemptKey): void;
  begun(key: AttemptKey, worker: SimulatedWorker): void;
  ended(key: AttemptKey, event: InvocationEvent): void;
  /** It died of what it computed. */
  died(worker: SimulatedWorker): void;
  acknowledged(key: AttemptKey, event: InvocationEvent): void;
}
