/** The orchestrator's side of the ledger thread. */
import { Worker } from 'node:worker_threads';
import { Distribution } from '../../process/distribution.ts';
import { Problem, problemFromDocument } from '../../wire/problem.ts';
import {
  LEDGER_CALLS,
  type LedgerAnswer,
  type LedgerCall,
  type LedgerCallName,
  type RemoteLedger,
} from './ledger-host.ts';
import type { LedgerThreadMessage, LedgerThreadRequest, LedgerThreadSetting } from './ledger-thread.ts';

/** As it is here, and as it is when both programs are bundled into one folder. */
const THREAD_URL = new URL(
  import.meta.url.endsWith('.ts') ? './ledger-thread.ts' : './ledger-thread.js',
  import.meta.url,
);

/** Upper bounds in seconds: from a disk that keeps all in its memory to one that is worn out. */
const COMMIT_BOUNDS = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export interface LedgerClient {
  readonly ledger: RemoteLedger;
  /** How long its commits took. */
  readonly commits: Distribution;
  /** Settles only when the ledger fails: with the reason, after which every call is refused. */
  readonly failed: Promise<Error>;
  /** Finishes what was called, closes the file and ends the thread. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Opens a ledger on a thread of its own.
 * @throws Error saying why the file cannot be opened
 */
export async function openLedger(setting: LedgerThreadSetting): Promise<LedgerClient> {
  const thread = new Worker(THREAD_URL, { workerData: setting });
  const { promise: opened, resolve: onOpened, reject: onRefused } = Promise.withResolvers<void>();
  const { promise: failed, resolve: onFailed } = Promise.withResolvers<Error>();
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  const waiting = new Map<number, Waiting>();
  const commits = new Distribution(COMMIT_BOUNDS);
  let failure: Error | null = null;
  let isClosing = false;
  let outgoing: LedgerCall[] = [];
  let lastId = 0;

  const refuseAll = (message: string): Error => {
    failure ??= new Problem('storage_failed', message);
    onClosed();
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
    return failure;
  };
  const fail = (message: string): void => {
    onRefused(new Error(message));
    onFailed(refuseAll(message));
  };
  thread.on('message', (message: LedgerThreadMessage) => {
    if (message.kind === 'opened') onOpened();
    else if (message.kind === 'failed') fail(message.message);
    else if (message.kind === 'closed') onClosed();
    else takeAnswers(message);
  });
  thread.on('error', (error) => fail(`the ledger's thread failed: ${(error as Error).message}`));
  thread.on('exit', () => (isClosing ? refuseAll('the ledger is closed') : fail("the ledger's thread has ended")));

  function takeAnswers({ answers, commitSeconds }: LedgerThreadMessage & { kind: 'answers' }): void {
    commits.observe(commitSeconds);
    for (const answer of JSON.parse(answers) as LedgerAnswer[]) settle(answer);
  }
  function settle(answer: LedgerAnswer): void {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('problem' in answer) caller?.reject(problemFromDocument(answer.problem));
    else caller?.resolve(answer.value);
  }
  function flush(): void {
    thread.postMessage(JSON.stringify(outgoing) satisfies LedgerThreadRequest);
    outgoing = [];
  }
  function call(name: LedgerCallName, values: unknown[]): Promise<unknown> {
    if (failure) return Promise.reject(failure);
    if (outgoing.length === 0) queueMicrotask(flush);
    lastId += 1;
    outgoing.push({ id: lastId, name, values });
    return new Promise((resolve, reject) => waiting.set(lastId, { resolve, reject }));
  }

  await opened;
  const ledger = Object.fromEntries(LEDGER_CALLS.map((name) => [name, (...values: unknown[]) => call(name, values)]));
  return {
    ledger: ledger as unknown as RemoteLedger,
    commits,
    failed,
    close: async () => {
      isClosing = true;
      if (outgoing.length > 0) flush();
      thread.postMessage(null satisfies LedgerThreadRequest);
      await closed;
      await thread.terminate();
    },
  };
}
