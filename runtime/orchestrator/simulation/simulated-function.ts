/** What simulated tasks compute: a pure function of their parameters, which say how long it takes and how it ends. */
import type { NewTaskRow } from '../ledger/ledger-rows.ts';
import type { Random } from './random.ts';

export interface TaskParameters {
  /** `resumable` has checkpoints, `deadly` takes its worker with it, `endless` ends only by a deadline or a cancel. */
  readonly kind: 'short' | 'long' | 'resumable' | 'throws' | 'deadly' | 'endless';
  readonly work_ms: number;
  /** Different in every task, and all that its result depends on. */
  readonly token: string;
}

/** The digest that every undisturbed attempt of such a task gives. */
export function resultOf({ token }: TaskParameters): string {
  return `digest of ${token}`;
}

/** Names of the functions that workers serve: the kinds, so that each has its own estimates. */
export const FUNCTION_NAMES = ['short', 'long', 'resumable', 'throws', 'deadly', 'endless'] as const;

/** One task of a run, as the ledger takes it. */
export function randomTask(
  random: Random,
  runId: string,
  number: number,
  kinds: readonly TaskParameters['kind'][],
): NewTaskRow {
  const drawn = random.pick(kinds);
  // One deadly task a run: its worker is set aside for minutes each time, and may be the only one.
  const kind = drawn === 'deadly' && number > 0 ? 'short' : drawn;
  const id = `t${number}`;
  const workMs = kind === 'short' ? random.integer(1, 40) : random.integer(200, 4_000);
  const parameters: TaskParameters = { kind, work_ms: workMs, token: `${runId}/${id}` };
  const hasDeadline = kind === 'endless' ? random.chance(0.5) : random.chance(0.1);
  return {
    ...{ id, type: kind, function: kind, parameters: JSON.stringify(parameters), description: null },
    priority: random.pick([1, 5, 5, 9]),
    cost: workMs,
    memory: 1,
    retries: kind === 'deadly' ? random.pick([0, 1, 1]) : random.pick([0, 1, 3, 3, 8]),
    retry_on: JSON.stringify(random.pick(RETRIES)),
    timeout_ms: hasDeadline ? random.integer(100, 3_000) : null,
  };
}

const RETRIES = [
  ['worker_lost', 'unavailable', 'overload'],
  ['worker_lost', 'unavailable', 'overload'],
  ['worker_lost', 'unavailable', 'overload', 'timeout', 'function_error'],
  ['unavailable'],
];
