import type { Hono } from 'hono';
import * as v from 'valibot';
import { parseJson, readText } from '../http/body.ts';
import type { ExecuteResponse, InvokeResponse } from '../wire/invocation.ts';
import { type Fault, Problem } from '../wire/problem.ts';
import { LIMITS, type TaskRequest, TaskRequestSchema } from '../wire/task.ts';
import { localTimestamp } from '../wire/timestamp.ts';
import type { Host } from './host.ts';
import { runToEnd } from './run-to-end.ts';

/** `POST /execute`, the original's way: a task as it stands in a task file, answered when it has ended. */
export function addExecuteRoute(app: Hono, host: Host, workerId: () => string): void {
  app.post('/execute', async (c) => {
    const text = await readText(c, LIMITS.submissionBytes);
    const task = parseTask(text);
    const startMs = Date.now();
    const request = { type: task.type, parameters: task.parameters, task_id: task.id, timeout_ms: task.timeout_ms };
    const end = await runToEnd(c, host.invocations, request, text.length);
    if (!end.ok) throw end.problem;
    const endMs = Date.now();
    const answer: ExecuteResponse & InvokeResponse = {
      task_id: task.id,
      worker_id: workerId(),
      start_time: localTimestamp(startMs),
      end_time: localTimestamp(endMs),
      duration: (endMs - startMs) / 1000,
      ...(JSON.parse(`{${end.json}}`) as InvokeResponse),
    };
    return c.json(answer);
  });
}

/** @throws Problem `invalid_task` that names every field which does not fit. */
function parseTask(text: string): TaskRequest {
  const parsed = v.safeParse(TaskRequestSchema, parseJson(text));
  if (parsed.success) return parsed.output;
  throw Problem.fromFaults(
    parsed.issues.map((issue): Fault => {
      const path = v.getDotPath(issue) ?? '';
      return {
        code: 'invalid_task',
        detail: `${path || 'the task'} ${issue.message}`,
        pointer: path && `/${path.replaceAll('.', '/')}`,
      };
    }),
  );
}
