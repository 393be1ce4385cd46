/** What the orchestrator last said, for all parts of the page. */
import { computed, signal } from '@preact/signals';
import type { Progress, RecordedEvent, TaskChange } from '../../wire/events.ts';
import type { Overview } from '../../wire/overview.ts';
import type { Run } from '../../wire/task.ts';

/** `connecting`: for the first time; `live`: what is shown is so now; `lost`: it was so when it was last heard. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');
/** Milliseconds since 1970 of the last sign of life. */
export const heardAt = signal(0);
export const isLive = computed(() => connection.value === 'live');

export const overview = signal<Overview | null>(null);
/** The newest runs by id, newest first. */
export const runs = signal<ReadonlyMap<string, Run>>(new Map());
/** How far running attempts are, by task. */
export const progress = signal<ReadonlyMap<string, Progress>>(new Map());
/** Grows whenever a task or a run changed: what was asked for before may be different now. */
export const changes = signal(0);
/** What happened to workers, newest first. */
export const workerNews = signal<readonly Extract<RecordedEvent, { event: 'worker' }>[]>([]);

const NEWS_KEPT = 50;
/** As many as the orchestrator lists; the oldest go, however long the page stays open. */
const RUNS_KEPT = 1_000;

type TaskListener = (at: number, changes: readonly TaskChange[]) => void;
const listeners = new Set<TaskListener>();

/** Calls back with everything that happens to attempts. @returns what ends that */
export function onTaskChanges(listener: TaskListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A task's name on this page. */
export function nameOf({ run_id, id }: { run_id: string; id: string }): string {
  return `${run_id}/${id}`;
}

/** Takes a list of runs that was asked for. */
export function takeRuns(list: readonly Run[]): void {
  runs.value = new Map(list.map((run) => [run.run_id, run]));
}

export function takeOverview(next: Overview): void {
  overview.value = next;
  if (next.active_runs.length === 0) return;
  const known = runs.value;
  const fresh = next.active_runs.filter(({ run_id }) => !known.has(run_id)).map((run) => [run.run_id, run] as const);
  const merged = new Map([...fresh, ...known]);
  for (const run of next.active_runs) merged.set(run.run_id, run);
  keepRuns(merged);
}

export function takeRun(change: string, run: Run): void {
  const merged = new Map(runs.value.has(run.run_id) ? runs.value : [[run.run_id, run], ...runs.value]);
  if (change === 'pruned') merged.delete(run.run_id);
  else merged.set(run.run_id, run);
  keepRuns(merged);
  changes.value += 1;
}

function keepRuns(merged: Map<string, Run>): void {
  runs.value = merged.size <= RUNS_KEPT ? merged : new Map([...merged].slice(0, RUNS_KEPT));
}

export function takeTasks(at: number, tasks: readonly TaskChange[]): void {
  const gone = tasks.filter((task) => hasEnded(task, progress.value.get(nameOf(task))));
  if (gone.length > 0) {
    const left = new Map(progress.value);
    for (const task of gone) left.delete(nameOf(task));
    progress.value = left;
  }
  for (const listener of listeners) listener(at, tasks);
  changes.value += 1;
}

const GOING_ON: readonly TaskChange['change'][] = ['running', 'checkpoint'];

/** Whether what is known of a task's progress is of an attempt that is over. */
function hasEnded({ status, attempt, change }: TaskChange, known: Progress | undefined): boolean {
  if (!known) return false;
  return status !== 'running' || (known.attempt === attempt && !GOING_ON.includes(change));
}

/** Of a task and its copy, what the one says that is furthest. */
/** What was said of attempts before something was missed: some of them have ended unheard. */
export function forgetProgress(): void {
  progress.value = new Map();
}

export function takeProgress(tasks: readonly Progress[]): void {
  const merged = new Map(progress.value);
  for (const task of tasks) {
    const known = merged.get(nameOf(task));
    if (!known || known.attempt === task.attempt || task.done > known.done) merged.set(nameOf(task), task);
  }
  progress.value = merged;
}

export function takeWorkerNews(news: Extract<RecordedEvent, { event: 'worker' }>): void {
  workerNews.value = [news, ...workerNews.value].slice(0, NEWS_KEPT);
}
