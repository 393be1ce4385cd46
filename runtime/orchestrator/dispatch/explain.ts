/** Why a queued task is not running: the policy's reasons in words. */

import type { Explanation } from '../../wire/orchestrator-api.ts';
import type { QueuedTask } from '../ledger/ledger-types.ts';
import { canRun, inOrder, type SchedulingView } from './scheduler.ts';

/** A reason in words. */
export type WaitingReason = Pick<Explanation, 'reason' | 'detail'>;

/**
 * Explains a queued task.
 * @param notBefore when its backoff ends, in ms since 1970; 0 without one
 */
export function explainQueued(task: QueuedTask, notBefore: number, view: SchedulingView, now: number): WaitingReason {
  if (notBefore > now)
    return { reason: 'backoff', detail: `it waits until ${clock(notBefore)} before it is tried again` };
  if (view.workers.length === 0)
    return { reason: 'no_workers', detail: 'no worker is online and ready - start one, or see `motes workers`' };
  const serving = view.workers.filter((worker) => task.function in worker.functions);
  if (serving.length === 0)
    return {
      reason: 'no_such_function',
      detail: `no worker that is online serves "${task.function}" - start one of this version of motes`,
    };
  const able = serving.filter((worker) => canRun(worker, task));
  if (able.length === 0) {
    const most = Math.max(...serving.map(({ slotMemoryBytes }) => slotMemoryBytes));
    return {
      reason: 'too_little_memory',
      detail: `it needs ${mib(task.memoryBytes)}, the slots of the workers have at most ${mib(most)} - start a worker with a larger --slot-memory`,
    };
  }
  const isFree = able.some((worker) => worker.remainingMs.length < worker.slots);
  const ahead = tasksAhead(task, view);
  if (isFree && ahead === 0) return { reason: 'soon', detail: 'it is next, or waits a moment for a faster worker' };
  const freeInMs = Math.min(
    ...able.map((worker) => (worker.remainingMs.length < worker.slots ? 0 : Math.min(...worker.remainingMs))),
  );
  const before =
    ahead === null
      ? 'over a thousand tasks are'
      : ahead === 0
        ? 'no other is'
        : ahead === 1
          ? '1 task is'
          : `${ahead} tasks are`;
  return {
    reason: 'busy',
    detail: `every slot that could take it is busy until about ${clock(now + freeInMs)}, and ${before} before it`,
  };
}

/** How many go before it; null when it is not even among those in memory. */
function tasksAhead(task: QueuedTask, view: SchedulingView): number | null {
  let ahead = 0;
  for (const one of inOrder(view)) {
    if (one.key === task.key) return ahead;
    ahead += 1;
  }
  return null;
}

function clock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
