/** The events of simulated workers, and how the trace names an attempt. */
import {
  type AttemptKey,
  type AttemptRequest,
  type BareEvent,
  type FailedAs,
  type InvocationEvent,
  isTerminal,
} from '../../wire/invocation.ts';
import type { Problem } from '../../wire/problem.ts';

/** The end of an invocation without a result. */
export function failed(status: FailedAs, problem: Problem): BareEvent {
  return { event: 'failed', status, error: problem.toJSON() };
}

/** The end of one that was never taken. */
export function refusedEvent(request: AttemptRequest, problem: Problem): InvocationEvent {
  return { ...keyOf(request), seq: 1, ...failed('failed', problem) } as InvocationEvent;
}

/** The outcome of an attempt that was never made: of a task nobody submitted, or one too many of a known one. */
export function inventedEvent(known: InvocationEvent | undefined): InvocationEvent {
  const key = known && isTerminal(known) ? { ...keyOf(known as AttemptKey), attempt: 999 } : NOBODY;
  return { ...key, seq: 1, event: 'succeeded', result: { digest: 'invented' }, measured: { elapsed_ms: 1 } };
}
const NOBODY: AttemptKey = { ledger_id: 'ledger', run_id: 'nobody', task_id: 'nothing', attempt: 1 };

/** How much work the checkpoint of a request stands for. */
export function checkpointedMs({ resume_from: state, parameters }: AttemptRequest): number {
  const { token, doneMs } = JSON.parse(Buffer.from(state as string, 'base64').toString()) as {
    token: string;
    doneMs: number;
  };
  if (token !== parameters?.token) throw new Error(`a checkpoint of ${token} was given to ${parameters?.token}`);
  return doneMs;
}

/** The key's fields alone. */
export function keyOf({ ledger_id, run_id, task_id, attempt }: AttemptKey): AttemptKey {
  return { ledger_id, run_id, task_id, attempt };
}

/** How the trace names an attempt. */
export function label({ run_id, task_id, attempt }: AttemptKey): string {
  return `${run_id}/${task_id}#${attempt}`;
}
