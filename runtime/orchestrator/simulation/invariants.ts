/** What must hold in every state of the ledger, and at every moment of a worker. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type AttemptKey, attemptKeyString, type InvocationEvent } from '../../wire/invocation.ts';
import { label } from './simulated-events.ts';
import { resultOf, type TaskParameters } from './simulated-function.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import type { Trace } from './trace.ts';
import { Violation } from './violation.ts';
import type { WorkerObserver } from './worker-nature.ts';

/** Each gives the rows that must not be. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  "a run's counters differ from its tasks": `
    SELECT runs.id FROM runs LEFT JOIN tasks ON tasks.run = runs.key GROUP BY runs.key HAVING
      runs.queued <> COALESCE(SUM(tasks.status = 'queued'), 0) OR runs.running <> COALESCE(SUM(tasks.status = 'running'), 0) OR
      runs.succeeded <> COALESCE(SUM(tasks.status = 'succeeded'), 0) OR runs.failed <> COALESCE(SUM(tasks.status = 'failed'), 0) OR
      runs.cancelled <> COALESCE(SUM(tasks.status = 'cancelled'), 0)`,
  "a function's counters differ from its tasks": `
    SELECT * FROM (SELECT function, queued, running, succeeded, failed, cancelled FROM task_counts
      WHERE queued + running + succeeded + failed + cancelled > 0 UNION ALL
      SELECT function, SUM(status = 'queued'), SUM(status = 'running'), SUM(status = 'succeeded'), SUM(status = 'failed'),
        SUM(status = 'cancelled') FROM tasks GROUP BY function)
    GROUP BY function, queued, running, succeeded, failed, cancelled HAVING COUNT(*) <> 2`,
  'a run has another status than its tasks give it': `
    SELECT id FROM runs WHERE status <> 'receiving' AND status <> CASE WHEN queued + running > 0 THEN 'active'
      WHEN failed > 0 THEN 'failed' WHEN cancelled > 0 THEN 'cancelled' ELSE 'succeeded' END`,
  'a run that has ended has no time of its end, or one that has not ended has': `
    SELECT id FROM runs WHERE (status IN ('receiving', 'active')) <> (ended_at IS NULL)`,
  'a task of a run that is still received was started': `
    SELECT tasks.id FROM tasks JOIN runs ON runs.key = tasks.run WHERE runs.status = 'receiving' AND attempts > 0`,
  'a task runs without a live attempt, or has one and does not run': `
    SELECT tasks.id FROM tasks WHERE (status = 'running') <> EXISTS
      (SELECT 1 FROM attempts WHERE task = tasks.key AND attempts.status = 'running')`,
  "attempts are not numbered from 1 to the task's count": `
    SELECT tasks.id FROM tasks LEFT JOIN attempts ON attempts.task = tasks.key GROUP BY tasks.key
      HAVING COUNT(attempts.attempt) <> tasks.attempts OR COALESCE(MAX(attempts.attempt), 0) <> tasks.attempts`,
  'an attempt has ended without a time, or not ended with one': `
    SELECT task FROM attempts WHERE (status = 'running') <> (ended_at IS NULL)`,
  'a succeeded task has not one succeeded attempt, or another has one': `
    SELECT tasks.id FROM tasks WHERE (status = 'succeeded') <>
      (SELECT COUNT(*) FROM attempts WHERE task = tasks.key AND attempts.status = 'succeeded')`,
  'a task has a result without success, or success without a result': `
    SELECT id FROM tasks WHERE (status = 'succeeded') <> (result IS NOT NULL) OR (status IN ('failed', 'cancelled')) AND error IS NULL`,
  'a task that has ended keeps a checkpoint': `
    SELECT tasks.id FROM tasks JOIN checkpoints ON checkpoints.task = tasks.key WHERE status IN ('succeeded', 'failed', 'cancelled')`,
  'a task failed of what is no failure of its own': `
    SELECT id FROM tasks WHERE status = 'failed' AND json_extract(error, '$.code') IN ('cancelled', 'draining', 'released')`,
  'a task goes round and round': 'SELECT id FROM tasks WHERE attempts > 100',
  'a task failed more often than it may': 'SELECT id FROM tasks WHERE failures > retries + 1',
  'a key of a submission leads nowhere': 'SELECT key FROM idempotency WHERE run_id NOT IN (SELECT id FROM runs)',
  // A repeated submission asks for k7-2, k7-3 …: with its key it must not get them beside k7.
  'a submission with a key was recorded twice': `
    SELECT MAX(id) FROM runs WHERE id LIKE 'k%' GROUP BY substr(id || '-', 1, instr(id || '-', '-')) HAVING COUNT(*) > 1`,
};

interface Ended {
  readonly status: string;
  readonly result: string | null;
}

export class Invariants implements WorkerObserver {
  readonly #trace: Trace;
  readonly #onDeath: (worker: SimulatedWorker) => void;
  readonly #forbidden: (readonly [string, StatementSync])[];
  readonly #endedTasks: StatementSync;
  readonly #attempt: StatementSync;
  readonly #ended = new Map<string, Ended>();
  readonly #accepted = new Map<string, readonly string[]>();
  readonly #taskIds: StatementSync;
  readonly #live: StatementSync;
  readonly #taskKey: StatementSync;
  readonly #endless: StatementSync;
  /** Tasks that give nobody a reason to try them again. */
  readonly #harmless: StatementSync;
  readonly #delivered = new Set<string>();
  readonly #pruned = new Set<string>();
  readonly #reviving = new Set<string>();
  /** How often each task was begun by some worker. */
  readonly #begunTimes = new Map<string, number>();

  /** @param onDeath a worker died of what it computed */
  constructor(db: DatabaseSync, trace: Trace, onDeath: (worker: SimulatedWorker) => void) {
    this.#trace = trace;
    this.#onDeath = onDeath;
    this.#forbidden = Object.entries(FORBIDDEN).map(([what, sql]) => [what, db.prepare(sql)]);
    this.#endedTasks = db.prepare(
      `SELECT runs.id AS run, tasks.id, tasks.status, result, parameters FROM tasks JOIN runs ON runs.key = tasks.run
       WHERE tasks.status IN ('succeeded', 'failed', 'cancelled')`,
    );
    this.#attempt = db.prepare(
      `SELECT attempts.status FROM attempts JOIN tasks ON tasks.key = task JOIN runs ON runs.key = tasks.run
       WHERE runs.id = ? AND tasks.id = ? AND attempts.attempt = ?`,
    );
    this.#taskIds = db.prepare(
      'SELECT tasks.id FROM tasks JOIN runs ON runs.key = tasks.run WHERE runs.id = ? ORDER BY tasks.key',
    );
    this.#taskKey = db.prepare(
      'SELECT tasks.key FROM tasks JOIN runs ON runs.key = tasks.run WHERE runs.id = ? AND tasks.id = ?',
    );
    this.#harmless = db.prepare(
      `SELECT runs.id || '/' || tasks.id AS name FROM tasks JOIN runs ON runs.key = tasks.run
       WHERE function <> 'throws' AND timeout_ms IS NULL`,
    );
    this.#endless = db.prepare(
      `SELECT runs.id AS run, tasks.id AS task FROM tasks JOIN runs ON runs.key = tasks.run
       WHERE function = 'endless' AND timeout_ms IS NULL AND tasks.status IN ('queued', 'running')`,
    );
    this.#live = db.prepare(
      `SELECT runs.id AS run_id, tasks.id AS task_id, attempt FROM attempts JOIN tasks ON tasks.key = task
       JOIN runs ON runs.key = tasks.run WHERE attempts.status = 'running'`,
    );
  }

  // ---- what was promised ----

  /** A submission was answered with 2xx. */
  accepted(runId: string, taskIds: readonly string[]): void {
    this.#accepted.set(runId, taskIds);
  }

  /** A run was pruned: nothing is promised of it any more. */
  pruned(runId: string): void {
    this.#accepted.delete(runId);
    this.#pruned.add(runId);
    for (const key of this.#ended.keys()) if (key.startsWith(`${runId}/`)) this.#ended.delete(key);
  }

  /** Its user asks for it again: until that is answered, what it came to may change at any moment. */
  reviving(runId: string): void {
    this.#reviving.add(runId);
    for (const [key, { status }] of this.#ended)
      if (key.startsWith(`${runId}/`) && status !== 'succeeded') this.#ended.delete(key);
  }
  revived(runId: string): void {
    this.#reviving.delete(runId);
  }

  // ---- what the ledger holds ----

  /** @throws Violation naming what does not hold, and where */
  check(): void {
    for (const [what, statement] of this.#forbidden) {
      const row = statement.get();
      if (row) throw new Violation(`${what}: ${Object.values(row).join(' ')}`);
    }
    for (const [runId, ids] of this.#accepted) {
      const there = this.#taskIds.all(runId).map((row) => row.id);
      if (there.length !== ids.length || ids.some((id, index) => id !== there[index]))
        throw new Violation(`the run ${runId} was accepted with ${ids.join(' ')}, the ledger has ${there.join(' ')}`);
    }
    this.#checkOutcomes();
  }

  /** What a task came to stays what it is. */
  #checkOutcomes(): void {
    const rows = this.#endedTasks.all() as unknown as (Ended & { run: string; id: string; parameters: string })[];
    const now = new Set<string>();
    for (const row of rows) {
      const name = `${row.run}/${row.id}`;
      now.add(name);
      if (this.#pruned.has(row.run) || (this.#reviving.has(row.run) && row.status !== 'succeeded')) continue;
      const before = this.#ended.get(name);
      if (!before) {
        this.#ended.set(name, { status: row.status, result: row.result });
        checkResult(name, row);
      } else if (before.status !== row.status || before.result !== row.result)
        throw new Violation(`${name} was ${before.status} ${before.result}, and is ${row.status} ${row.result}`);
    }
    for (const name of this.#ended.keys())
      if (!now.has(name)) throw new Violation(`${name} had ended, and has not any more`);
  }

  /** Where only the orchestrator was restarted it must have found again whatever ran. */
  checkBegunOnce(): void {
    for (const row of this.#harmless.all()) {
      const times = this.#begunTimes.get(String(row.name)) ?? 0;
      if (times > 1)
        throw new Violation(`${row.name} was begun ${times} times, though no worker and no connection failed`);
    }
  }

  /** Live attempts of the ledger that no worker ever got. */
  undelivered(): number {
    const live = this.#live.all() as unknown as Omit<AttemptKey, 'ledger_id'>[];
    return live.filter((key) => !this.#delivered.has(label(key as AttemptKey))).length;
  }

  /** Tasks that only a cancel can end. */
  endless(): { run: string; task: string }[] {
    return this.#endless.all() as { run: string; task: string }[];
  }

  get liveAttempts(): number {
    return this.#live.all().length;
  }

  // ---- what workers see ----

  delivered(key: AttemptKey): void {
    if (!this.#statusOf(key) && !this.#pruned.has(key.run_id))
      this.#trace.violate(`${label(key)} reached a worker before it was on disk`);
    this.#delivered.add(label(key));
  }

  begun(key: AttemptKey, worker: SimulatedWorker): void {
    this.#trace.note(`${worker.id} begins ${label(key)}`);
    const task = `${key.run_id}/${key.task_id}`;
    this.#begunTimes.set(task, (this.#begunTimes.get(task) ?? 0) + 1);
  }

  ended(): void {}

  died(worker: SimulatedWorker): void {
    this.#trace.mark('task killed its worker');
    this.#onDeath(worker);
  }

  /** A worker forgets an outcome: then the ledger must have it. */
  acknowledged(key: AttemptKey, event: InvocationEvent): void {
    const status = this.#statusOf(key);
    if (status === undefined) return;
    const isRecorded =
      event.event === 'succeeded' ? ['succeeded', 'superseded'].includes(status) : status !== 'running';
    if (!isRecorded)
      this.#trace.violate(
        `${label(key)} was acknowledged as ${event.event}, the ledger has it ${status}: ${attemptKeyString(key)}`,
      );
  }

  taskKey(runId: string, id: string): number | undefined {
    return (this.#taskKey.get(runId, id) as { key: number } | undefined)?.key;
  }

  #statusOf({ run_id, task_id, attempt }: AttemptKey): string | undefined {
    return (this.#attempt.get(run_id, task_id, attempt) as { status: string } | undefined)?.status;
  }
}

function checkResult(name: string, row: { result: string | null; parameters: string }): void {
  if (row.result === null) return;
  const { digest } = JSON.parse(row.result) as { digest: string };
  const expected = resultOf(JSON.parse(row.parameters) as TaskParameters);
  if (!digest.startsWith(expected)) throw new Violation(`${name} has the result "${digest}", not "${expected}"`);
}
