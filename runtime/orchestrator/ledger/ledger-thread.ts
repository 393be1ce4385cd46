/** The ledger's own thread: SQLite's fsyncs must not hold up the orchestrator's event loop. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openDatabase, storageReason } from './database.ts';
import { Ledger } from './ledger.ts';
import { type LedgerCall, runGroup } from './ledger-host.ts';
import { Store } from './store.ts';

/** What the thread posts: first `opened` or `failed`, then `answers`; `failed` is its last word. */
export type LedgerThreadMessage =
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'answers';
      /** `LedgerAnswer[]` as JSON. */
      readonly answers: string;
      readonly commitSeconds: number;
    }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly message: string };

/** What it is started with. */
export interface LedgerThreadSetting {
  /** The database file. */
  readonly path: string;
  /** Whether results are to be written to files as well. */
  readonly exportsResults: boolean;
}

/**
 * What it takes: `LedgerCall[]` as JSON, or null to close the file and end. Text, as its parser is half again as fast as
 * the structured clone of thousands of small objects.
 */
export type LedgerThreadRequest = string | null;

/** Calls in one transaction at most, so that no answer waits for an endless group. */
const GROUP_LIMIT = 512;

function serve(port: NonNullable<typeof parentPort>, setting: LedgerThreadSetting): void {
  const post = (message: LedgerThreadMessage): void => port.postMessage(message);
  try {
    const store = new Store(openDatabase(setting.path));
    const ledger = new Ledger(store, { now: Date.now, random: Math.random, exportsResults: setting.exportsResults });
    const answer = (calls: readonly LedgerCall[]): void => {
      const { answers, commitSeconds } = runGroup(ledger, store, calls);
      post({ kind: 'answers', answers: JSON.stringify(answers), commitSeconds });
    };
    post({ kind: 'opened' });
    port.on('message', (first: LedgerThreadRequest) => {
      try {
        const { calls, isLast } = drain(port, first);
        if (calls.length > 0) answer(calls);
        if (!isLast) return;
        store.close();
        post({ kind: 'closed' });
        port.close();
      } catch (error) {
        giveUp(error);
      }
    });
  } catch (error) {
    giveUp(error);
  }

  /** After a failed commit nothing is known any more: the truth is what the file holds at the next opening. */
  function giveUp(error: unknown): void {
    post({ kind: 'failed', message: storageReason(error) ?? (error as Error).message });
    port.close();
  }
}

/** Everything that waits by now: the group grows with the load, and no timer adds to the latency. */
function drain(
  port: NonNullable<typeof parentPort>,
  first: LedgerThreadRequest,
): { calls: LedgerCall[]; isLast: boolean } {
  const calls: LedgerCall[] = [];
  let request: LedgerThreadRequest | undefined = first;
  while (request) {
    calls.push(...(JSON.parse(request) as LedgerCall[]));
    if (calls.length >= GROUP_LIMIT) return { calls, isLast: false };
    request = receiveMessageOnPort(port)?.message as LedgerThreadRequest | undefined;
  }
  return { calls, isLast: request === null };
}

if (parentPort) serve(parentPort, workerData as LedgerThreadSetting);
