/** What the orchestrator's parts ask of their process, so that tests and simulations can stand in for it. */

/** The clock's other half, so that a simulation can drive it. */
export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

/** What the dispatcher tells its log; `about` names run, task, attempt and worker. */
export interface DispatcherLog {
  info(message: string, about: Record<string, unknown>): void;
  warn(message: string, about: Record<string, unknown>): void;
  error(message: string, about: Record<string, unknown>): void;
}
