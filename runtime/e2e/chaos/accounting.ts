/** The accounts at the end, as Jepsen's `total-queue` makes them up: attempted, acknowledged, present. */
import type { Client } from '../../client/client.ts';
import type { Run, Task, TaskDetail } from '../../wire/task.ts';
import { type Batch, type ExpectedTask, outcomeOf } from './workload.ts';

/** Everything that the orchestrator knows. */
export interface Books {
  readonly runs: readonly Run[];
  readonly tasks: readonly Task[];
  /** With their attempts, by task id. */
  readonly details: ReadonlyMap<string, TaskDetail>;
}

export async function readBooks(client: Client): Promise<Books> {
  const runs = await client.runs();
  const tasks: Task[] = [];
  for (const run of runs) for await (const task of client.tasks({ runId: run.run_id })) tasks.push(task);
  const details = new Map<string, TaskDetail>();
  for (const { run_id, id } of tasks) details.set(id, await client.task(run_id, id));
  return { runs, tasks, details };
}

/** What the submissions were answered: run ids by idempotency key. */
export type Acknowledged = ReadonlyMap<string, string>;

/** Acknowledged, and not there or without an end. */
export function findLost(batches: readonly Batch[], acknowledged: Acknowledged, books: Books): string[] {
  const present = new Map(books.tasks.map((task) => [`${task.run_id}/${task.id}`, task]));
  return batches.flatMap(({ idempotencyKey, tasks }) => {
    const run = acknowledged.get(idempotencyKey);
    if (run === undefined) return [];
    return tasks.flatMap(({ request }) => {
      const task = present.get(`${run}/${request.id}`);
      if (!task) return [`${run}/${request.id} is not there`];
      return task.status === 'queued' || task.status === 'running' ? [`${run}/${task.id} is still ${task.status}`] : [];
    });
  });
}

/** There more than once. */
export function findDuplicated(books: Books): string[] {
  const byId = Map.groupBy(books.tasks, ({ id }) => id);
  return [...byId].flatMap(([id, tasks]) =>
    tasks.length > 1 ? [`${id} is in the runs ${tasks.map(({ run_id }) => run_id).join(', ')}`] : [],
  );
}

/** There, and never submitted. */
export function findUnexpected(batches: readonly Batch[], books: Books): string[] {
  const attempted = new Set(batches.flatMap(({ tasks }) => tasks.map(({ request }) => request.id)));
  return books.tasks.filter(({ id }) => !attempted.has(id)).map(({ run_id, id }) => `${run_id}/${id}`);
}

/** Tasks that ended otherwise than they must, or with other bits than where nothing disturbed them. */
export function findWrong(batches: readonly Batch[], books: Books, undisturbed: Books): string[] {
  const expected = new Map<string, ExpectedTask>(
    batches.flatMap(({ tasks }) => tasks.map((task) => [task.request.id, task] as const)),
  );
  return books.tasks.flatMap((task) => {
    const { ends, codes = [] } = expected.get(task.id) ?? {};
    const why = task.error ? `${task.error.code}: ${task.error.detail}` : 'no error';
    if (task.status !== ends || (task.error && !codes.includes(task.error.code)))
      return [`${task.id} ${task.status} (${why}), not ${ends} ${codes.join(' or ')}`];
    const other = undisturbed.details.get(task.id);
    return !other || outcomeOf(task) === outcomeOf(other)
      ? []
      : [`${task.id} gave ${outcomeOf(task)}, not ${outcomeOf(other)}`];
  });
}

/** Histories that do not agree with the one outcome of their task. */
export function findSecondOutcomes(books: Books): string[] {
  return [...books.details.values()].flatMap((task) => {
    const { id, status, attempts, history } = task;
    const faults: string[] = [];
    const succeeded = history.filter((attempt) => attempt.status === 'succeeded').length;
    if (succeeded !== (status === 'succeeded' ? 1 : 0))
      faults.push(`${id} ${status}, and ${succeeded} attempts succeeded`);
    if (history.length !== attempts) faults.push(`${id} counts ${attempts} attempts and has ${history.length}`);
    const live = history.filter((attempt) => attempt.status === 'running').length;
    if (live > 0) faults.push(`${id} ${status}, and ${live} attempts still run`);
    return faults;
  });
}

/** Late results that differ from the recorded ones. */
export function findDivergences(books: Books): string[] {
  return [...books.details.values()].flatMap(({ id, history }) =>
    history.filter(({ divergence }) => divergence).map(({ attempt }) => `${id}, attempt ${attempt}`),
  );
}

/** Counters of runs that do not agree with their tasks. */
export function findMiscounts(books: Books): string[] {
  return books.runs.flatMap((run) => {
    const tasks = books.tasks.filter(({ run_id }) => run_id === run.run_id);
    return Object.entries(run.tasks).flatMap(([status, counted]) => {
      const there = tasks.filter((task) => task.status === status).length;
      return there === counted ? [] : [`${run.run_id} counts ${counted} ${status} and has ${there}`];
    });
  });
}

/** How the attempts of all tasks ended, for the curious. */
export function countAttempts(books: Books): string {
  const statuses = [...books.details.values()].flatMap(({ history }) => history.map(({ status }) => status));
  return [...Map.groupBy(statuses, (status) => status)].map(([status, all]) => `${all.length} ${status}`).join(', ');
}
