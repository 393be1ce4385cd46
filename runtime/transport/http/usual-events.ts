import type { InvocationEvent } from '../../wire/invocation.ts';

/** The events of which there are many: one of each for every task. */
type UsualEvent = Extract<InvocationEvent, { event: 'started' | 'heartbeat' | 'succeeded' }>;

/**
 * True for a well-formed event of the usual kinds, told apart by hand: `InvocationEventSchema` (valibot) asks the same in ten
 * times as long. False says nothing: the schema has the last word on everything else.
 */
export function isUsualEvent(value: unknown): value is UsualEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Record<string, unknown>;
  return hasKey(event) && isCount(event.seq) && hasUsualBody(event);
}

function hasUsualBody({ event, result, measured, artifacts }: Record<string, unknown>): boolean {
  if (event === 'succeeded') return isRecord(result) && isRecord(measured) && artifacts === undefined;
  return event === 'started' || event === 'heartbeat';
}

function hasKey({ ledger_id, run_id, task_id, attempt }: Record<string, unknown>): boolean {
  return isName(ledger_id) && isName(run_id) && typeof task_id === 'string' && task_id !== '' && isCount(attempt);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\n');
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
