/** What the orchestrator's parts ask of their process, so that tests and simulations can stand in for it. */

import type { AttemptStatus } from '../wire/task.ts';

/** The clock's other half, so that a simulation can drive it. */
export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

/** How a worker can be lost, with what it was to run. */
export const LOSS_CAUSES = [
  /** Nothing was heard of the attempt within its lease. */
  'silent',
  /** It does not answer, or has left the fleet. */
  'unreachable',
  /** It answers, and has the attempt no longer: it was started again, say. */
  'forgotten',
  /** It answers, but never in its streams. */
  'mute',
  /** It does not give what the attempt wrote. */
  'artifacts',
] as const;
export type LossCause = (typeof LOSS_CAUSES)[number];

/** What the dispatcher counts. Called for every attempt: it must cost next to nothing. */
export interface DispatcherMeter {
  /** An attempt ended, so many seconds after its start. */
  ended(functionName: string, outcome: AttemptStatus, seconds: number): void;
  lost(cause: LossCause): void;
}

/** What the dispatcher tells its log; `about` names run, task, attempt and worker. */
export interface DispatcherLog {
  info(message: string, about: Record<string, unknown>): void;
  warn(message: string, about: Record<string, unknown>): void;
  error(message: string, about: Record<string, unknown>): void;
}
