/** Tasks that a search finds: pages, lists and counts of them, and what is done to many at once. */
import type { Hono } from 'hono';
import type * as v from 'valibot';
import { readJson } from '../../../http/body.ts';
import { readQuery } from '../../../http/query.ts';
import {
  type CancelRequest,
  CancelRequestSchema,
  type ManyCancelled,
  type ManyRetried,
  RetryRequestSchema,
  type TaskCount,
  type TaskList,
} from '../../../wire/orchestrator-api.ts';
import { Problem } from '../../../wire/problem.ts';
import type { Task, TaskCounts, TaskStatus } from '../../../wire/task.ts';
import { tasksAsCsv } from '../../../wire/tasks-csv.ts';
import type { Filter } from '../../ledger/search-sql.ts';
import { cancelMany, keysOfNames, retryMany } from '../../search/bulk.ts';
import type { TaskSearches } from '../../search/task-searches.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { countTasks, downloadTasks, listTasks, TASKS_A_PAGE } from '../operations/tasks.ts';
import { filterOf, hasStatus, orderOf } from '../search-query.ts';

/** Bytes of a body that names tasks one by one. */
const NAMES_BYTES = 4 * 1024 * 1024;

type ListQuery = v.InferOutput<typeof listTasks.query>;

export function addTaskRoutes(app: Hono, deps: OrchestratorDependencies): void {
  app.get('/tasks', async (c) => {
    const query = readQuery(c, listTasks.query);
    const isList = query.order !== undefined || query.offset !== undefined;
    return c.json((await (isList ? listOf(query, deps) : pageOf(query, deps))) satisfies TaskList);
  });
  app.get('/tasks/count', async (c) => {
    const counts = await deps.searches.count(await filterOf(readQuery(c, countTasks.query), deps));
    return c.json({ total: sumOf(counts), counts } satisfies TaskCount);
  });
  app.get('/tasks.csv', async (c) => {
    const filter = await filterOf(readQuery(c, downloadTasks.query), deps);
    // Without a name: the page has better ones than this path.
    const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment' };
    return c.body(streamOf(tasksAsCsv(() => allOf(filter, deps))), 200, headers);
  });
  app.post('/tasks/cancel', async (c) => {
    const request = await readJson(c, CancelRequestSchema, NAMES_BYTES);
    const keys = await keysMeant(request, ['queued', 'running'], deps);
    const cancelled = await cancelMany(keys, deps);
    return c.json({ message: `cancelled ${tasks(cancelled)}`, cancelled } satisfies ManyCancelled);
  });
  app.post('/tasks/retry', async (c) => {
    const request = await readJson(c, RetryRequestSchema, NAMES_BYTES);
    const statuses = request.only ? [request.only] : (['failed', 'cancelled'] as const);
    const retried = await retryMany(await keysMeant(request, statuses, deps), statuses, deps);
    return c.json({ message: `queued ${tasks(retried)} again`, retried } satisfies ManyRetried, 202);
  });
}

/** What comes after a task, in the order of submission: read to the end, no task is missed or told twice. */
async function pageOf(query: ListQuery, deps: OrchestratorDependencies): Promise<TaskList> {
  const { after, limit, brief } = query;
  const page = await deps.searches.page(await filterOf(query, deps), { after, limit, isBrief: brief === 'yes' });
  return { tasks: page.tasks.map((task) => withProgress(task, deps)), next: page.next };
}

/** All that match, page by page. */
async function* allOf(filter: Filter, { searches }: OrchestratorDependencies): AsyncGenerator<Task> {
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<TaskSearches['page']>> = await searches.page(filter, {
      ...{ after, limit: TASKS_A_PAGE, isBrief: true },
    });
    yield* page.tasks;
    after = page.next;
  }
}

/** A piece is made when the last one was taken. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

/** A piece of the list of all that match. */
async function listOf(query: ListQuery, deps: OrchestratorDependencies): Promise<TaskList> {
  const { offset = 0, limit, as_of: asOf = null, brief } = query;
  const order = orderOf(query.order, deps.vocabulary);
  const list = await deps.searches.list(await filterOf(query, deps), order, asOf);
  const tasks = await deps.searches.read([...list.keys.slice(offset, offset + limit)], brief === 'yes');
  const total = list.keys.length;
  return {
    tasks: tasks.map((task) => withProgress(task, deps)),
    next: offset + limit < total ? offset + limit : null,
    ...{ total, counts: list.counts, as_of: list.asOf, is_current: list.isCurrent },
  };
}

/**
 * The tasks of a request: those that a search finds, of the statuses that can be changed, or those that are named.
 * @throws Problem `more_than_confirmed` when there are more than somebody meant
 */
async function keysMeant(
  request: CancelRequest,
  statuses: readonly TaskStatus[],
  deps: OrchestratorDependencies,
): Promise<readonly number[]> {
  if ('tasks' in request) return keysOfNames(request.tasks, deps);
  const { q, at_most: atMost } = request;
  const { terms } = await filterOf({ q }, deps);
  const keys = await deps.searches.keysOf({ terms: [...terms, hasStatus(statuses)] });
  if (atMost === undefined || keys.length <= atMost) return keys;
  throw new Problem(
    'more_than_confirmed',
    `${tasks(keys.length)} match by now, ${atMost} were confirmed: nothing was done - look again, and confirm anew`,
    { pointer: '/at_most' },
  );
}

function tasks(count: number): string {
  return `${count} task${count === 1 ? '' : 's'}`;
}

function sumOf(counts: TaskCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** A task with how far it is, where it runs. */
export function withProgress<T extends Task>(task: T, deps: Pick<OrchestratorDependencies, 'dispatcher'>): T {
  if (task.status !== 'running') return task;
  const progress = deps.dispatcher.progressOf(task.run_id, task.id, task.attempts);
  return progress ? { ...task, progress } : task;
}
