import type { TaskDetail } from '../../wire/task.ts';
import { type Api, longTasks } from './api.ts';
import { need, until } from './suite.ts';

const RUN_DEADLINE_MS = 120_000;
/** Some seconds of work each, so that what happens in mid-run does. */
const [TASKS, STEPS] = [12, 50_000];
/** Attempts that ended so call for another; a copy that was too late does not. */
const IN_VAIN = ['failed', 'timed_out', 'lost', 'released'];
/** A task that meets two deaths needs three attempts. */
const MOST_IN_VAIN = 2;

/** What a run went through. */
export interface Course {
  /** The worker that it happened to. */
  readonly worker: string;
  /** How many attempts had to be made again. */
  readonly retries: number;
  /** `STATUS on WORKER` of each attempt that did not bring the result, copies too. */
  readonly unsuccessful: readonly string[];
}

/**
 * Has something happen once a task runs on one of these workers, with the one that does, and the run go on to its end.
 * @throws Error when the run does not succeed, or a task was tried again and again
 */
export async function inMidRun(
  api: Api,
  workers: readonly string[],
  happen: (worker: string) => unknown,
): Promise<Course> {
  const runId = await api.submit(longTasks(TASKS, STEPS));
  const busy = await until(`one of ${workers.join(', ')} runs a task`, async () => {
    const known = await api.workers();
    return workers.find((id) => (known[id]?.running ?? 0) > 0);
  });
  await happen(busy);
  const { status, tasks } = await api.ended(runId, RUN_DEADLINE_MS);
  need(status === 'succeeded', `the run ended ${status}: ${JSON.stringify(tasks)}`);
  const unsuccessful: string[] = [];
  let retries = 0;
  for (const { id } of await api.tasks(runId)) {
    const { history } = await api.json<TaskDetail>(`/tasks/${runId}/${id}`);
    const inVain = history.filter((attempt) => IN_VAIN.includes(attempt.status)).length;
    need(inVain <= MOST_IN_VAIN, `${id} took ${history.length} attempts`);
    retries += inVain;
    const others = history.filter((attempt) => attempt.status !== 'succeeded');
    unsuccessful.push(...others.map((attempt) => `${attempt.status} on ${attempt.worker_id}`));
  }
  return { worker: busy, retries, unsuccessful };
}

/** For people. */
export function describeCourse({ retries, unsuccessful }: Course): string {
  const again = retries === 0 ? 'no retry' : `${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  return unsuccessful.length === 0 ? again : `${again} (${unsuccessful.join(', ')})`;
}
