/** `GET /timeline`: which attempts ran where and when, for those who look at the past as well as at now. */
import type { Hono } from 'hono';
import { readQuery } from '../../../http/query.ts';
import { Problem } from '../../../wire/problem.ts';
import type { Timeline } from '../../../wire/timeline.ts';
import { Timelines } from '../../timeline/timeline.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { getTimeline } from '../operations/timeline.ts';

export function addTimelineRoute(app: Hono, { history, ledger, now }: OrchestratorDependencies): void {
  const timelines = new Timelines(history, now);
  app.get('/timeline', async (c) => {
    const { run_id, from = null, to = null, limit, buckets } = readQuery(c, getTimeline.query);
    if (from !== null && to !== null && from > to)
      throw new Problem('invalid_query', `from should not be after to (given ${from} and ${to})`, { pointer: '/from' });
    const runId = run_id === undefined ? null : (await ledger.run(run_id)).run_id;
    return c.json((await timelines.answer({ runId, from, to, limit, buckets })) satisfies Timeline);
  });
}
