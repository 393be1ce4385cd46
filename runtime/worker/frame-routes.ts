/** Looks at the particles of what runs, for the orchestrator: made because somebody asks for them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context, Hono } from 'hono';
import { parseAs } from '../http/body.ts';
import { pulledBody } from '../http/pulled-body.ts';
import { MOST_FRAMES_A_SECOND } from '../wire/frame-stream.ts';
import { AttemptKeySchema } from '../wire/invocation.ts';
import { Problem } from '../wire/problem.ts';
import { FrameWatch } from './frame-watch.ts';
import type { Host } from './host.ts';
import type { Invocation } from './invocation.ts';
import { unknownInvocation } from './invoke-routes.ts';

/** A function that computes shows itself between two slices, which take milliseconds, seldom seconds. */
const FRAME_WAIT_MS = 2_000;
/** One orchestrator asks once for each attempt, however many look there. */
const MOST_STREAMS = 64;
const HEADERS = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' };

/** `…/frame`: one look, 204 when there is none in time; `…/frames`: a stream of them, as `wire/frame-stream.ts` has it. */
export function addFrameRoutes(app: Hono, { invocations }: Host): void {
  let streams = 0;
  const find = (c: Context): Invocation => {
    const params = c.req.param();
    const key = parseAs(AttemptKeySchema, { ...params, attempt: Number(params.attempt) });
    const invocation = invocations.find(key);
    if (!invocation) throw unknownInvocation(key);
    return invocation;
  };
  app.get('/invocations/:ledger_id/:run_id/:task_id/:attempt/frame', async (c) => {
    const frame = await Promise.race([find(c).nextFrame(), delay(FRAME_WAIT_MS, null, { ref: false })]);
    return frame ? c.body(frame as Uint8Array<ArrayBuffer>, 200, HEADERS) : c.body(null, 204);
  });
  app.get('/invocations/:ledger_id/:run_id/:task_id/:attempt/frames', (c) => {
    const invocation = find(c);
    if (streams >= MOST_STREAMS)
      throw new Problem('overload', `${MOST_STREAMS} streams of frames are open already - close one`);
    streams += 1;
    const watch = new FrameWatch(invocation, 1000 / MOST_FRAMES_A_SECOND, () => {
      streams -= 1;
    });
    return c.body(pulledBody(watch), 200, HEADERS);
  });
}
