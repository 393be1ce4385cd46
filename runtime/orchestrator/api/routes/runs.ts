/** Runs and tasks: what became of them, and what can be done about them. */
import type { Hono } from 'hono';
import { readQuery } from '../../../http/query.ts';
import type { CancelAnswer, Explanation, RetryAnswer, RunList } from '../../../wire/orchestrator-api.ts';
import type { Grid, RunSummary } from '../../../wire/run-summary.ts';
import type { Run, TaskDetail } from '../../../wire/task.ts';
import type { TaskLog } from '../../../wire/task-log.ts';
import { explainQueued } from '../../dispatch/explain.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { getGrid, getRun, retryRun } from '../operations/runs.ts';
import { withProgress } from './tasks.ts';

const RUNS_LISTED = 1_000;

export function addRunRoutes(app: Hono, deps: OrchestratorDependencies): void {
  const { ledger } = deps;
  app.get('/runs', async (c) => c.json({ runs: await ledger.runs(RUNS_LISTED) } satisfies RunList));
  app.get('/runs/:run', async (c) => {
    const { wait } = readQuery(c, getRun.query);
    const run = await ledger.run(c.req.param('run'));
    return c.json((await deps.waiters.ended(run, wait * 1000)) satisfies Run);
  });
  app.get('/runs/:run/summary', async (c) =>
    c.json((await deps.summaries.summary(c.req.param('run'))) satisfies RunSummary),
  );
  app.get('/runs/:run/grid', async (c) => {
    const { x, y, field } = readQuery(c, getGrid.query);
    return c.json((await deps.summaries.grid(c.req.param('run'), { x, y: y ?? null, field })) satisfies Grid);
  });
  app.delete('/runs/:run', async (c) => c.json(await cancel(deps, c.req.param('run'), null)));
  app.post('/runs/:run/retry', async (c) => {
    const { only } = readQuery(c, retryRun.query);
    return c.json(await retry(deps, c.req.param('run'), null, only ?? null), 202);
  });
  app.get('/tasks/:run/:task', async (c) => {
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    return c.json(withProgress(detail, deps) satisfies TaskDetail);
  });
  app.get('/tasks/:run/:task/log', async (c) =>
    c.json((await ledger.log(c.req.param('run'), c.req.param('task'))) satisfies TaskLog),
  );
  app.get('/tasks/:run/:task/explain', async (c) =>
    c.json(await explain(deps, c.req.param('run'), c.req.param('task'))),
  );
  app.delete('/tasks/:run/:task', async (c) => c.json(await cancel(deps, c.req.param('run'), c.req.param('task'))));
  app.post('/tasks/:run/:task/retry', async (c) =>
    c.json(await retry(deps, c.req.param('run'), c.req.param('task'), null), 202),
  );
}

async function cancel(deps: OrchestratorDependencies, runId: string, taskId: string | null): Promise<CancelAnswer> {
  const { cancelled, run, stop } = await deps.ledger.cancel(runId, taskId);
  deps.dispatcher.attemptsCancelled(stop);
  if (run.ended_at !== null) deps.waiters.notify(run);
  return { message: `cancelled ${count(cancelled)} of run ${run.run_id}`, cancelled, run };
}

async function retry(
  deps: OrchestratorDependencies,
  runId: string,
  taskId: string | null,
  only: 'failed' | 'cancelled' | null,
): Promise<RetryAnswer> {
  const { retried, run } = await deps.ledger.retry(runId, taskId, only ? [only] : ['failed', 'cancelled']);
  deps.dispatcher.tasksQueued();
  return { message: `queued ${count(retried)} of run ${run.run_id} again`, retried, run };
}

async function explain(deps: OrchestratorDependencies, runId: string, taskId: string): Promise<Explanation> {
  const { detail, queued, notBefore } = await deps.ledger.task(runId, taskId);
  const named = { run_id: detail.run_id, id: detail.id, status: detail.status };
  if (detail.status !== 'queued') {
    const where = detail.status === 'running' ? ` on ${detail.worker_id}` : '';
    return { ...named, reason: 'not_queued', detail: `it is ${detail.status}${where}: nothing holds it up` };
  }
  return { ...named, ...explainQueued(queued, notBefore, deps.dispatcher.view(), deps.now()) };
}

function count(tasks: number): string {
  return `${tasks} task${tasks === 1 ? '' : 's'}`;
}
