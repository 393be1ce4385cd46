import type { Run } from '../../wire/task.ts';

/** How fast a run is, in tasks a second since it began, and the seconds that it will take at that rate. */
export interface Outlook {
  readonly rate: number;
  readonly secondsLeft: number;
}

/** A rate from less than this is chance. */
const LEAST_ENDED = 3;
const LEAST_SECONDS = 2;

/** Null where nothing can be said: too little has ended, or all has. */
export function outlookOf({ status, created_at, tasks }: Run, now: number): Outlook | null {
  const ended = tasks.succeeded + tasks.failed + tasks.cancelled;
  const seconds = (now - created_at) / 1000;
  if (status !== 'active' || ended < LEAST_ENDED || seconds < LEAST_SECONDS) return null;
  const rate = ended / seconds;
  return { rate, secondsLeft: (tasks.queued + tasks.running) / rate };
}
