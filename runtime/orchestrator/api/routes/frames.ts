/** `GET /tasks/RUN/ID/frame`: a look at the particles of a task while it runs, on whichever worker. */
import type { Hono } from 'hono';
import { Problem } from '../../../wire/problem.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';

/** Answers 204 while there is nothing to see: in the queue, or from a function that shows nothing. */
export function addFrameRoute(app: Hono, { ledger, ledgerId, fleet, transport }: OrchestratorDependencies): void {
  app.get('/tasks/:run/:task/frame', async (c) => {
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    if (detail.status !== 'queued' && detail.status !== 'running')
      throw new Problem('already_ended', `${detail.run_id}/${detail.id} is ${detail.status}: nothing moves any more`);
    const worker = detail.worker_id === null ? undefined : fleet.get(detail.worker_id);
    if (!worker) return c.body(null, 204);
    const attempt = { ledger_id: ledgerId, run_id: detail.run_id, task_id: detail.id, attempt: detail.attempts };
    const frame = await transport.readFrame(worker, attempt);
    if (!frame) return c.body(null, 204);
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' };
    return c.body(frame as Uint8Array<ArrayBuffer>, 200, headers);
  });
}
