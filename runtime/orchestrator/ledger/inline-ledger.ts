import { Problem, problemFromDocument } from '../../wire/problem.ts';
import type { Ledger } from './ledger.ts';
import { LEDGER_CALLS, type LedgerCallName, type RemoteLedger, runGroup } from './ledger-host.ts';
import type { Store } from './store.ts';

/**
 * The ledger as the dispatcher sees it, without a thread: every call is a group of its own, run at once and answered
 * in a microtask. For tests and simulations, where the order of things must be the same each time.
 */
export function createInlineLedger(ledger: Ledger, store: Store): RemoteLedger {
  const call = async (name: LedgerCallName, values: unknown[]): Promise<unknown> => {
    // As a message to another thread would be: nobody shares an object with the ledger.
    const group = runGroup(ledger, store, [{ id: 1, name, values: structuredClone(values) }]);
    const [answer] = group.answers;
    if (!answer) throw new Problem('internal', 'the ledger did not answer');
    if ('problem' in answer) throw problemFromDocument(answer.problem);
    return answer.value;
  };
  const calls = LEDGER_CALLS.map((name) => [name, (...values: unknown[]) => call(name, values)]);
  return Object.fromEntries(calls) as RemoteLedger;
}
