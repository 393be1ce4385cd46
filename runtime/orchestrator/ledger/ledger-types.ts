/** What the ledger takes and gives; everything here can cross to another thread. */
import type { CheckpointState } from '../../wire/blob.ts';
import type { ProblemDocument } from '../../wire/problem.ts';
import type { RetryCause, Run, TaskDetail, TaskStatus } from '../../wire/task.ts';
import type { CounterChange } from './ledger-rows.ts';
import type { Filter, FilterSubject } from './search-sql.ts';

/** A queued task as the scheduler and the dispatcher need it. */
export interface QueuedTask {
  readonly key: number;
  readonly run: number;
  readonly runId: string;
  readonly id: string;
  readonly type: string;
  readonly function: string;
  /** JSON text, as the user gave them. */
  readonly parameters: string;
  readonly priority: number;
  /** In the function's cost unit. */
  readonly cost: number;
  readonly memoryBytes: number;
  readonly timeoutMs: number | null;
  /** How many were started before. */
  readonly attempts: number;
  /** The worker of its last attempt, which a retry avoids; null before the first. */
  readonly lastWorkerId: string | null;
}

/** The front of the queue. */
export interface QueuedWindow {
  readonly tasks: QueuedTask[];
  /** Whether the ledger holds queued tasks beyond these. */
  readonly hasMore: boolean;
  /** When the next task that waits for its backoff may run, in ms since 1970; null when none waits. */
  readonly nextWaiting: number | null;
}

/** An attempt that the ledger has not ended. */
export interface LiveAttempt {
  readonly task: QueuedTask;
  readonly attempt: number;
  readonly workerId: string;
  readonly instance: string;
  readonly startedAt: number;
}

export interface StartRequest {
  readonly task: number;
  readonly run: number;
  readonly function: string;
  /** The number of the attempt that is to start; a copy gets the next one, whatever this says. */
  readonly attempt: number;
  readonly workerId: string;
  readonly instance: string;
  /** A further attempt of a task that runs already: whichever ends first is the outcome. */
  readonly isCopy: boolean;
}

/** A recorded start: the attempt's number, and the checkpoint from which it goes on. */
export interface Started {
  readonly attempt: number;
  readonly resumeFrom: CheckpointState | null;
}

/** What an attempt came to. `result` and `measured` are JSON texts. */
export type AttemptOutcome =
  | { readonly status: 'succeeded'; readonly result: string; readonly measured: string }
  | {
      readonly status: 'failed' | 'timed_out' | 'cancelled' | 'lost' | 'released';
      readonly error: ProblemDocument;
      /** False when the worker never began with it: then it costs the task no retry. */
      readonly hadBegun: boolean;
    };
export type Success = Extract<AttemptOutcome, { status: 'succeeded' }>;
export type Failure = Exclude<AttemptOutcome, { status: 'succeeded' }>;

export interface FinishRequest {
  readonly task: number;
  /** The task's run and function, where the caller knows them: recording takes a third of the time then. */
  readonly of?: Pick<QueuedTask, 'run' | 'function'>;
  readonly attempt: number;
  /** When its worker began with it; null where it never did, absent where the caller does not know. */
  readonly begunAt?: number | null;
  readonly outcome: AttemptOutcome;
}

/** Why a task is queued again: what its attempt failed of, or that its worker handed it back. */
export type RetriedFor = RetryCause | 'released';

/** A live attempt that is to be stopped at its worker, because its task no longer needs it. */
export interface StopRequest {
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly workerId: string;
}

/** What recording an outcome did. */
export interface FinishEffect {
  readonly task: number;
  readonly attempt: number;
  readonly taskStatus: TaskStatus;
  /** Why the task is queued again; absent where it is not. */
  readonly retried?: RetriedFor;
  /** The run, when this outcome ended it. */
  readonly endedRun: Run | null;
  /** True when the attempt had been ended before, so that its result changed nothing. */
  readonly superseded: boolean;
  /** True when a superseded result differs from the recorded one: the bits are not what they should be. */
  readonly divergent: boolean;
  /** True when the recorded result has a failed check. */
  readonly suspect: boolean;
  /** Copies that lost the race. */
  readonly stop: readonly StopRequest[];
}

/** What cancelling did. */
export interface CancelEffect {
  /** How many tasks were cancelled. */
  readonly cancelled: number;
  readonly run: Run;
  readonly stop: readonly StopRequest[];
}

/** What was done to some of many tasks. */
export interface ManyEffect {
  /** How many of the keys were gone through: call again for the rest. */
  readonly taken: number;
  /** How many tasks are in another status now. */
  readonly changed: number;
  readonly endedRuns: readonly Run[];
  readonly stop: readonly StopRequest[];
}

/** A submission's key, and the digest of what was submitted with it. */
export interface Idempotency {
  readonly key: string;
  readonly digest: string;
}

/** What to look for, and from where. */
export interface ScanRequest {
  readonly filter: Filter;
  readonly order: FilterSubject | null;
  /** The key after which to look on. */
  readonly after: number;
  /** How many to find at most. */
  readonly limit: number;
}

/** What tasks are ordered by; null where one has no such value. */
export type SortValue = number | string | null;

/** What was found, in the order of submission. */
export interface ScanSlice {
  readonly keys: readonly number[];
  /** Empty where no order was asked for. */
  readonly values: readonly SortValue[];
  readonly counts: CounterChange;
  /** The key after which to look on; null at the end. */
  readonly next: number | null;
}

/** What pruning removed. */
export interface PruneEffect {
  readonly runs: readonly string[];
  /** True when there is more to remove: call again. */
  readonly isPartial: boolean;
}

/** A task as users see it, and as the scheduler does. */
export interface TaskView {
  readonly detail: TaskDetail;
  readonly queued: QueuedTask;
  /** When its backoff ends, in ms since 1970; 0 without one. */
  readonly notBefore: number;
}
