/** A model of the ledger that can be read at a glance, and a real one to compare it with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CheckpointState } from '../../wire/blob.ts';
import { openDatabase } from '../ledger/database.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type LedgerCallName, runGroup } from '../ledger/ledger-host.ts';
import type { AttemptOutcome, FinishEffect } from '../ledger/ledger-types.ts';
import { Store } from '../ledger/store.ts';

/** A real ledger: a file, reopened now and then. */
export class RealLedger {
  nowMs = 1_000;
  readonly #folder = mkdtempSync(join(tmpdir(), 'motes-model-'));
  #store!: Store;
  #ledger!: Ledger;

  constructor() {
    this.open();
  }

  open(): void {
    const db = openDatabase(join(this.#folder, 'ledger.sqlite'));
    // Nobody pulls the plug here, and a disk that is waited for 7 000 times takes minutes.
    db.exec('PRAGMA synchronous=OFF');
    this.#store = new Store(db);
    this.#ledger = new Ledger(this.#store, { now: () => this.nowMs, random: () => 0, exportsResults: true });
  }

  reopen(): void {
    this.#store.close();
    this.open();
  }

  close(): void {
    this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** A call as it comes from another thread: in a transaction, undone when it throws. Gives the code of its problem. */
  call<Name extends LedgerCallName>(
    name: Name,
    ...values: Parameters<Ledger[Name]>
  ): ReturnType<Ledger[Name]> | string {
    const group = runGroup(this.#ledger, this.#store, [{ id: 1, name, values: structuredClone(values) }]);
    const [answer] = group.answers;
    return 'problem' in answer! ? answer.problem.code : (answer!.value as ReturnType<Ledger[Name]>);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }
  checkpointOf(key: number): CheckpointState | null {
    return this.#store.checkpoint(key) ?? null;
  }
  keyOf(run: string, id: string): number {
    return this.#ledger.keyOf(run, id)!;
  }
}

interface ModelAttempt {
  status: string;
  worker: string;
}

export interface ModelTask {
  readonly id: string;
  readonly retries: number;
  readonly retryOn: readonly string[];
  status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  attempts: ModelAttempt[];
  failures: number;
  result: string | null;
  checkpoint: CheckpointState | null;
}

export interface ModelRun {
  readonly id: string;
  key: number;
  status: 'receiving' | 'active' | 'ended';
  endedAt: number | null;
  tasks: ModelTask[];
}

/** What the ledger should hold after what happened: no SQL, no order, no speed. */
export class LedgerModel {
  runs: ModelRun[] = [];
  /** Keys of submissions: digest and run. */
  keys = new Map<string, { digest: string; run: string }>();
  made = 0;

  tasks(): { run: ModelRun; task: ModelTask }[] {
    return this.runs.flatMap((run) => run.tasks.map((task) => ({ run, task })));
  }
  attempts(): { run: ModelRun; task: ModelTask; number: number }[] {
    return this.tasks().flatMap(({ run, task }) => task.attempts.map((_, index) => ({ run, task, number: index + 1 })));
  }

  endIfDone(run: ModelRun, now: number): void {
    const isDone = run.tasks.every(({ status }) => status !== 'queued' && status !== 'running');
    if (run.status !== 'active' || !isDone) return;
    run.status = 'ended';
    run.endedAt = now;
  }

  finish(run: ModelRun, task: ModelTask, number: number, outcome: AttemptOutcome, now: number): Partial<FinishEffect> {
    const attempt = task.attempts[number - 1]!;
    if (attempt.status !== 'running') return supersede(task, attempt, outcome);
    attempt.status = outcome.status;
    if (outcome.status === 'succeeded') {
      endLive(task);
      Object.assign(task, { status: 'succeeded', result: outcome.result, checkpoint: null });
    } else fail(task, outcome);
    this.endIfDone(run, now);
    return { taskStatus: task.status, superseded: false };
  }
}

function supersede(task: ModelTask, attempt: ModelAttempt, outcome: AttemptOutcome): Partial<FinishEffect> {
  const isNews = outcome.status === 'succeeded' && !['succeeded', 'superseded'].includes(attempt.status);
  if (isNews) attempt.status = 'superseded';
  const divergent = isNews && task.result !== null && task.result !== outcome.result;
  return { taskStatus: task.status, superseded: isNews, divergent };
}

/** Ends what still runs of a task. */
export function endLive(task: ModelTask): void {
  for (const attempt of task.attempts) if (attempt.status === 'running') attempt.status = 'cancelled';
}

function fail(task: ModelTask, failure: Exclude<AttemptOutcome, { status: 'succeeded' }>): void {
  const cause = { lost: 'worker_lost', timed_out: 'timeout' }[failure.status as string] ?? failure.error.code;
  const isAsked = failure.status === 'released' || task.retryOn.includes(cause);
  const isFree = failure.status === 'released' || !failure.hadBegun;
  const mayRetry = isAsked && (isFree || task.failures < task.retries);
  const isOfFunction = failure.status === 'timed_out' || failure.error.code === 'function_error';
  const hasCopy = task.attempts.some(({ status }) => status === 'running');
  if (!isFree || !mayRetry) task.failures = Math.min(task.failures, task.retries) + 1;
  if (mayRetry) task.status = hasCopy ? 'running' : 'queued';
  else if (isOfFunction || !hasCopy) {
    endLive(task);
    Object.assign(task, { status: 'failed', checkpoint: null });
  }
}

/** Everything that can be seen of both must be the same. */
export function compare(model: LedgerModel, real: RealLedger): void {
  const { ledger } = real;
  const seen = ledger.runs(1_000).map(({ run_id, status, ended_at, tasks }) => ({ run_id, status, ended_at, tasks }));
  expect(seen.toReversed()).toEqual(model.runs.map((run) => viewOf(run)));
  for (const { run, task } of model.tasks()) {
    const { detail } = ledger.task(run.id, task.id);
    expect(detail).toMatchObject({
      status: task.status,
      attempts: task.attempts.length,
      result: task.result === null ? null : JSON.parse(task.result),
      history: task.attempts.map(({ status, worker }, index) => ({ attempt: index + 1, status, worker_id: worker })),
    });
    expect(real.checkpointOf(real.keyOf(run.id, task.id))).toEqual(task.checkpoint);
  }
  expect(ledger.counts()).toEqual(countOf(model.tasks().map(({ task }) => task)));
  const nameOf = (run: string, task: string) => `${run}/${task}`;
  const live = model.attempts().filter(({ task, number }) => task.attempts[number - 1]!.status === 'running');
  expect(
    ledger
      .live()
      .map(({ task, attempt }) => `${nameOf(task.runId, task.id)}#${attempt}`)
      .sort(),
  ).toEqual(live.map(({ run, task, number }) => `${nameOf(run.id, task.id)}#${number}`).sort());
  const queued = model.tasks().filter(({ run, task }) => run.status === 'active' && task.status === 'queued');
  expect(
    ledger
      .queued(1_000)
      .tasks.map(({ runId, id }) => nameOf(runId, id))
      .sort(),
  ).toEqual(queued.map(({ run, task }) => nameOf(run.id, task.id)).sort());
}

function countOf(tasks: readonly ModelTask[]): Record<string, number> {
  const count = (status: string): number => tasks.filter((task) => task.status === status).length;
  return Object.fromEntries(['queued', 'running', 'succeeded', 'failed', 'cancelled'].map((s) => [s, count(s)]));
}

function viewOf(run: ModelRun): object {
  const tasks = countOf(run.tasks);
  const verdict = tasks.failed! > 0 ? 'failed' : tasks.cancelled! > 0 ? 'cancelled' : 'succeeded';
  return { run_id: run.id, status: run.status === 'ended' ? verdict : run.status, ended_at: run.endedAt, tasks };
}
