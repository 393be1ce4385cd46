import type { Client } from '../client/client.ts';
import type { Run, Task } from '../wire/task.ts';
import { EXIT } from './failure.ts';
import { MOST_TASKS_SHOWN_SINGLY, type ProgressView } from './progress.ts';

/** A run at its end: what `--json` prints. */
export interface RunOutcome {
  readonly run_id: string;
  readonly status: Run['status'];
  readonly tasks: readonly Task[];
}

/** Between two looks at a run: often enough for bars that move, rarely enough to cost nothing. */
const LOOK_EVERY_SECONDS = 0.25;

/**
 * Watches a run to its end. The orchestrator holds each request until the run has ended or the next look is due.
 * @throws Problem when the orchestrator stays away; the signal's reason when it is aborted.
 */
export async function followRun(
  client: Client,
  runId: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const told = new Set<string>();
  for (let waitSeconds = 0; ; waitSeconds = LOOK_EVERY_SECONDS) {
    const run = await client.run(runId, { waitSeconds, signal });
    const tasks = run.tasks_total <= MOST_TASKS_SHOWN_SINGLY ? await collect(client.tasks({ runId }, signal)) : [];
    for (const task of tasks) {
      if (task.status === 'queued' || task.status === 'running' || told.has(task.id)) continue;
      told.add(task.id);
      view.ended(task);
    }
    const running = tasks.filter((task) => task.status === 'running');
    view.update(run, running);
    if (isEnded(run.status)) return outcomeOf(client, run, signal);
  }
}

/** A run as it stands now, with all its tasks. */
export async function outcomeOf(client: Client, run: Run, signal?: AbortSignal): Promise<RunOutcome> {
  const tasks = await collect(client.tasks({ runId: run.run_id }, signal));
  return { run_id: run.run_id, status: run.status, tasks };
}

/** 0 when every task succeeded, else 1. */
export function exitCodeOfRun(outcome: Pick<RunOutcome, 'status'>): number {
  return outcome.status === 'succeeded' ? EXIT.succeeded : EXIT.failed;
}

/** True for a run to which nothing more will happen. */
export function isEnded(status: Run['status']): boolean {
  return status !== 'active' && status !== 'receiving';
}

/** Everything that an iteration gives, as an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
