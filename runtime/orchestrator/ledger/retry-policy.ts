import { RETRY_CAUSES, type RetryCause } from '../../wire/task.ts';
import type { TaskRow } from './ledger-rows.ts';
import type { Failure, RetriedFor } from './ledger-types.ts';

/** Backoff before retry k (from 0): a random time up to min(cap, base · 2^k), "full jitter". */
const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 30_000;
/** Attempts that cost no retry (handed back, never begun) are bounded too: nothing goes round for ever. */
const MAX_ATTEMPTS = 1_000;

/** What becomes of a task whose attempt failed. */
export type Verdict =
  | { readonly kind: 'requeue'; readonly cause: RetriedFor; readonly costsRetry: boolean; readonly delayMs: number }
  | { readonly kind: 'give_up' };

/**
 * Decides by cause: a bad parameter or a function's own exception is not tried again unless the task asks for it, a
 * lost worker is, until the task's retries are used up.
 * @param random uniform in [0, 1)
 */
export function judgeFailure(task: TaskRow, failure: Failure, random: () => number): Verdict {
  if (task.attempts >= MAX_ATTEMPTS) return { kind: 'give_up' };
  if (failure.status === 'released') return { kind: 'requeue', cause: 'released', costsRetry: false, delayMs: 0 };
  const cause = causeOf(failure);
  if (cause === null || !(JSON.parse(task.retry_on) as string[]).includes(cause)) return { kind: 'give_up' };
  // What a worker did not begin with costs no retry, but the next try waits as long as if it did: a full worker that
  // was asked again at once would decline a thousand times in a few seconds, and the task be given up.
  const tries = failure.hadBegun ? task.failures : task.attempts - 1;
  const delayMs = Math.round(random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** tries));
  if (!failure.hadBegun) return { kind: 'requeue', cause, costsRetry: false, delayMs };
  return task.failures < task.retries ? { kind: 'requeue', cause, costsRetry: true, delayMs } : { kind: 'give_up' };
}

/** Attempt statuses and problem codes as the causes that `retry_on` names; null for what no task may ask for. */
export function causeOf(failure: Failure): RetryCause | null {
  if (failure.status === 'lost') return 'worker_lost';
  if (failure.status === 'timed_out') return 'timeout';
  return RETRY_CAUSES.find((cause) => cause === failure.error.code) ?? null;
}

/** Whether a failure is the function's own, and so would happen on every worker. */
export function isOfFunction(failure: Failure): boolean {
  return failure.status === 'timed_out' || (failure.status === 'failed' && failure.error.code === 'function_error');
}
