/** What is done to many tasks at once: some milliseconds' worth a call, and commits of others go on in between. */
import type { RunWaiters } from '../api/run-waiters.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { ManyEffect } from '../ledger/ledger-types.ts';

export interface BulkDependencies {
  readonly ledger: Pick<RemoteLedger, 'cancelTasks' | 'retryTasks' | 'keysOf'>;
  readonly dispatcher: Pick<Dispatcher, 'attemptsCancelled' | 'tasksQueued'>;
  readonly waiters: Pick<RunWaiters, 'notify'>;
}

/** Keys and names in one message to the ledger. */
const SENT_TOGETHER = 500;

/** Cancels those of these tasks that have not ended; gives their number. */
export function cancelMany(keys: readonly number[], deps: BulkDependencies): Promise<number> {
  return inPieces(keys, async (piece) => {
    const effect = await deps.ledger.cancelTasks(piece);
    deps.dispatcher.attemptsCancelled(effect.stop);
    for (const run of effect.endedRuns) deps.waiters.notify(run);
    return effect;
  });
}

/** Queues those of these tasks that have one of the statuses again; gives their number. */
export function retryMany(
  keys: readonly number[],
  statuses: readonly ('failed' | 'cancelled')[],
  deps: BulkDependencies,
): Promise<number> {
  return inPieces(keys, async (piece) => {
    const effect = await deps.ledger.retryTasks(piece, statuses);
    if (effect.changed > 0) deps.dispatcher.tasksQueued();
    return effect;
  });
}

/** The keys of tasks by their names; those that are not here are left out. */
export async function keysOfNames(
  names: readonly { run_id: string; id: string }[],
  { ledger }: BulkDependencies,
): Promise<number[]> {
  const keys: number[] = [];
  for (let from = 0; from < names.length; from += SENT_TOGETHER)
    keys.push(...(await ledger.keysOf(names.slice(from, from + SENT_TOGETHER))));
  return keys;
}

async function inPieces(
  keys: readonly number[],
  act: (piece: readonly number[]) => Promise<ManyEffect>,
): Promise<number> {
  let changed = 0;
  for (let from = 0; from < keys.length; ) {
    const effect = await act(keys.slice(from, from + SENT_TOGETHER));
    changed += effect.changed;
    from += effect.taken;
  }
  return changed;
}
