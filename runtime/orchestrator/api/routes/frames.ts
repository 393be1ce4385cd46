/** Looks at the particles of a task while it runs, on whichever worker. */
import type { Hono } from 'hono';
import { pulledBody } from '../../../http/pulled-body.ts';
import { readQuery } from '../../../http/query.ts';
import { Problem } from '../../../wire/problem.ts';
import { runningAttempt } from '../../frames/task-frames.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { watchFrames } from '../operations/files.ts';

const HEADERS = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

/** `…/frame`: one look; `…/frames`: a stream of them. */
export function addFrameRoutes(app: Hono, deps: OrchestratorDependencies): void {
  addOneLook(app, deps);
  addStream(app, deps);
}

/** Answers as `wire/frame-stream.ts` has it, from the queue to the end of the task. */
function addStream(app: Hono, { ledger, frames }: OrchestratorDependencies): void {
  app.get('/tasks/:run/:task/frames', async (c) => {
    const { rate } = readQuery(c, watchFrames.query);
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    const viewer = frames.watch(detail.run_id, detail.id, 1000 / rate);
    if (!viewer) throw new Problem('overload', 'too many look at particles already - close a page or a client');
    return c.body(pulledBody(viewer), 200, HEADERS);
  });
}

/** Answers 204 while there is nothing to see: in the queue, or from a function that shows nothing. */
function addOneLook(app: Hono, { ledger, ledgerId, fleet, transport }: OrchestratorDependencies): void {
  app.get('/tasks/:run/:task/frame', async (c) => {
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    if (detail.status !== 'queued' && detail.status !== 'running')
      throw new Problem('already_ended', `${detail.run_id}/${detail.id} is ${detail.status}: nothing moves any more`);
    const running = runningAttempt(detail.history);
    const worker = running && fleet.get(running.worker_id);
    if (!worker) return c.body(null, 204);
    const key = { ledger_id: ledgerId, run_id: detail.run_id, task_id: detail.id, attempt: running.attempt };
    const frame = await transport.readFrame(worker, key);
    if (!frame) return c.body(null, 204);
    return c.body(frame as Uint8Array<ArrayBuffer>, 200, HEADERS);
  });
}
