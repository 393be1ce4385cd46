/** Runs ledger calls in groups: one transaction for all that wait, one fsync, then all answers at once. */
import { asProblem, type ProblemDocument } from '../../wire/problem.ts';
import { storageReason } from './database.ts';
import type { Ledger } from './ledger.ts';
import type { Store } from './store.ts';

/** The calls that may come from another thread. */
export const LEDGER_CALLS = [
  'identify',
  'submit',
  'receive',
  'receiveTasks',
  'activate',
  'discard',
  'unreceived',
  'queued',
  'start',
  'finish',
  'saveCheckpoint',
  'checkpointBlobs',
  'noteWorker',
  'newestEvent',
  'eventsAfter',
  'cancel',
  'retry',
  'cancelTasks',
  'retryTasks',
  'prune',
  'keyOf',
  'keysOf',
  'live',
  'counts',
  'countsByFunction',
  'runs',
  'activeRuns',
  'run',
  'tasks',
  'scan',
  'tasksOf',
  'task',
  'survey',
  'log',
  'saveLog',
  'attemptsBefore',
  'unexported',
  'markExported',
  'rememberedWorkers',
  'rememberWorker',
  'forgetWorker',
  'estimates',
  'saveEstimates',
] as const satisfies readonly (keyof Ledger)[];
export type LedgerCallName = (typeof LEDGER_CALLS)[number];

/** The ledger as others see it: the same calls, answered when what they changed is on disk. */
export type RemoteLedger = {
  readonly [Name in LedgerCallName]: (...values: Parameters<Ledger[Name]>) => Promise<ReturnType<Ledger[Name]>>;
};

export interface LedgerCall {
  readonly id: number;
  readonly name: LedgerCallName;
  readonly values: readonly unknown[];
}
export type LedgerAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: ProblemDocument };

/** What came of a group of calls. */
export interface GroupAnswer {
  readonly answers: LedgerAnswer[];
  /** Seconds that the commit took, its fsync in it. */
  readonly commitSeconds: number;
}

/**
 * Runs calls in one transaction and answers them after its commit. A call that throws is undone by itself.
 * @throws Error when the commit fails, or the disk under a call: then nothing is known of any of them, and the ledger
 * must be opened anew.
 */
export function runGroup(ledger: Ledger, store: Store, calls: readonly LedgerCall[]): GroupAnswer {
  store.begin();
  const answers = calls.map((call) => runCall(ledger, store, call));
  const startedAt = performance.now();
  store.commit();
  return { answers, commitSeconds: (performance.now() - startedAt) / 1000 };
}

function runCall(ledger: Ledger, store: Store, call: LedgerCall): LedgerAnswer {
  store.savepoint();
  try {
    const method = ledger[call.name] as (...values: readonly unknown[]) => unknown;
    const value = method.apply(ledger, call.values as unknown[]);
    store.release();
    return { id: call.id, value };
  } catch (error) {
    // What the disk refuses to one call is no fault of the call: the others cannot be trusted either.
    if (storageReason(error) !== null) throw error;
    store.undo();
    return { id: call.id, problem: asProblem(error).toJSON() };
  }
}
