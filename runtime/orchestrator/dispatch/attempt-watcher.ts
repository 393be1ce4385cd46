import type { AttemptStatus } from '../../wire/task.ts';
import type { Live } from './live-attempts.ts';

/** Is told what becomes of attempts as the dispatcher knows it: a little before their ends are on disk. */
export interface AttemptWatcher {
  /** It is on its way to its worker; what `live` says later, as when it began, may be read until its end. */
  started(live: Live, isResumed: boolean): void;
  /** Its state is kept. */
  checkpointed(live: Live): void;
  ended(live: Live, status: AttemptStatus, error: string | null): void;
  /** A result came after its attempt had been ended. */
  superseded(task: number, attempt: number): void;
}
