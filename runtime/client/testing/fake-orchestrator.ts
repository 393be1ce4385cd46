/** An orchestrator of a few lines, for tests of its clients. */
import { Hono } from 'hono';
import { handleErrors } from '../../http/errors.ts';
import { type Listening, listen } from '../../http/serve.ts';
import { Problem } from '../../wire/problem.ts';
import type { Run, Task, TaskDetail, TaskStatus } from '../../wire/task.ts';
import type { LogEntry, TaskLog } from '../../wire/task-log.ts';

/** A task as the ledger would give it; only what matters to the test need be said. */
export function fakeTask(fields: Partial<Task> & { id: string }): Task {
  return {
    run_id: 'r1',
    type: 'benchmark',
    priority: 5,
    parameters: {},
    status: 'succeeded',
    attempts: 1,
    worker_id: 'worker1',
    duration: 1.5,
    result: {},
    measured: {},
    error: null,
    ...fields,
  };
}

/** A run that counts these tasks. */
export function fakeRun(tasks: readonly Task[], fields: Partial<Run> = {}): Run {
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const { status } of tasks) counts[status] += 1;
  const status = counts.queued + counts.running > 0 ? 'active' : counts.failed > 0 ? 'failed' : 'succeeded';
  return {
    run_id: 'r1',
    status,
    created_at: 0,
    ended_at: null,
    tasks_total: tasks.length,
    tasks: counts,
    ...fields,
  };
}

/** What was submitted to a fake orchestrator. */
export interface SeenSubmission {
  readonly text: string;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly query: Record<string, string>;
}

/** An app with one run, `r1`, of these tasks, and a list of what was submitted to it. */
export function createFakeOrchestrator(tasks: readonly Task[]): { app: Hono; submissions: SeenSubmission[] } {
  const submissions: SeenSubmission[] = [];
  const app = new Hono();
  handleErrors(app, () => {});
  addOverviews(app);
  app.post('/execute_tasks', async (c) => {
    submissions.push({
      text: await c.req.text(),
      contentType: c.req.header('content-type'),
      idempotencyKey: c.req.header('idempotency-key'),
      query: c.req.query(),
    });
    const answer = { message: 'started', run_id: 'r1', tasks: tasks.map(({ id }) => id), status: 'active' };
    return c.json(answer, 202, { location: '/runs/r1' });
  });
  app.get('/runs', (c) => c.json({ runs: [fakeRun(tasks)] }));
  app.get('/runs/:run', (c) => {
    requireRun(c.req.param('run'));
    return c.json(fakeRun(tasks));
  });
  app.get('/tasks', (c) => {
    const status = c.req.query('status') as TaskStatus | undefined;
    const [after, limit] = [Number(c.req.query('after') ?? 0), Number(c.req.query('limit') ?? 2)];
    const all = tasks.filter((task) => status === undefined || task.status === status);
    const next = after + limit < all.length ? after + limit : null;
    return c.json({ tasks: all.slice(after, after + limit), next });
  });
  app.get('/tasks/:run/:task', (c) => {
    requireRun(c.req.param('run'));
    const task = tasks.find(({ id }) => id === c.req.param('task'));
    if (!task) throw new Problem('unknown_task', 'there is no such task');
    return c.json({ ...task, history: [] } satisfies TaskDetail);
  });
  let looks = 0;
  app.get('/tasks/:run/:task/log', (c) => {
    looks += 1;
    return c.json(fakeLog(c.req.param('task'), looks));
  });
  return { app, submissions };
}

/** A log that has one line more at each look, and ends with the third. */
function fakeLog(id: string, looks: number): TaskLog {
  const line = (number: number): LogEntry => ({
    ...{ kind: 'line', at: 1000 + number, attempt: 2, line: number, level: 'warn', message: `line\u001b[2J ${number}` },
  });
  const entries: LogEntry[] = [
    { kind: 'submitted', at: 0 },
    { kind: 'started', at: 1000, attempt: 2, worker_id: 'worker1', is_resumed: true },
    ...Array.from({ length: looks }, (_, index) => line(index + 1)),
  ];
  return { run_id: 'r1', id, is_complete: looks >= 3, entries };
}

function requireRun(id: string): void {
  if (id !== 'r1' && id !== 'newest') throw new Problem('unknown_run', `there is no run ${id}`);
}

function addOverviews(app: Hono): void {
  const workers = { worker2: 'online', worker10: 'offline' } as const;
  app.get('/status', (c) =>
    c.json({
      workers,
      total_workers: 2,
      online_workers: 1,
      tasks_total: 3,
      tasks: { queued: 1, running: 2, succeeded: 3, failed: 0, cancelled: 0 },
      slots: 4,
      version: '9.9.9',
      a_later_field: 'kept',
    }),
  );
  app.get('/ping_all', (c) => c.json({ online_workers: 1, total_workers: 2, status: workers }));
  app.get('/workers', (c) => c.json({ worker10: fakeWorker('offline'), worker2: fakeWorker('online') }));
  app.get('/functions', (c) => c.json({ functions: [FAKE_FUNCTION] }));
}

function fakeWorker(status: 'online' | 'offline') {
  return {
    host: '127.0.0.1',
    port: 8001,
    url: 'http://127.0.0.1:8001',
    last_ping: null,
    status,
    condition: 'ready',
    instance: null,
    slots: 2,
    running: 1,
    current_tasks: ['r1/a'],
    functions: {},
  };
}

const FAKE_FUNCTION = {
  name: 'benchmark_wasm',
  also_named: ['benchmark_cython'],
  title: 'Hard disks',
  description: 'Disks that collide.',
  version: '0123456789abcdef',
  cost_unit: 'pair checks',
  parameters: {
    type: 'object',
    properties: { particles: { type: 'integer', minimum: 1, maximum: 10, default: 5, description: 'How many.' } },
  },
  result: { type: 'object' },
  parameter_spellings: { num_particulas: 'particles' },
};

/** Serves an app on a port of the system's choice, or on that of one that was closed. */
export function serveFake(app: Pick<Hono, 'fetch'>, port = 0): Promise<Listening> {
  return listen(app, { host: '127.0.0.1', port });
}
