/** Tasks that a search finds: pages, lists and counts of them. */
import type { Hono } from 'hono';
import type * as v from 'valibot';
import { readQuery } from '../../../http/query.ts';
import type { TaskCount, TaskList } from '../../../wire/orchestrator-api.ts';
import type { Task, TaskCounts } from '../../../wire/task.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { countTasks, listTasks } from '../operations/tasks.ts';
import { filterOf, orderOf } from '../search-query.ts';

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
}

/** What comes after a task, in the order of submission: read to the end, no task is missed or told twice. */
async function pageOf(query: ListQuery, deps: OrchestratorDependencies): Promise<TaskList> {
  const { after, limit, brief } = query;
  const page = await deps.searches.page(await filterOf(query, deps), { after, limit, isBrief: brief === 'yes' });
  return { tasks: page.tasks.map((task) => withProgress(task, deps)), next: page.next };
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

function sumOf(counts: TaskCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** A task with how far it is, where it runs. */
export function withProgress<T extends Task>(task: T, deps: Pick<OrchestratorDependencies, 'dispatcher'>): T {
  if (task.status !== 'running') return task;
  const progress = deps.dispatcher.progressOf(task.run_id, task.id, task.attempts);
  return progress ? { ...task, progress } : task;
}
