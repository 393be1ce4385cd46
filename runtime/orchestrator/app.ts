/** The orchestrator's HTTP surface, as a value: only `main.ts` serves it. */
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { readJson, readText } from '../http/body.ts';
import { handleErrors } from '../http/errors.ts';
import { type GuardOptions, guard } from '../http/guard.ts';
import type { FunctionListing } from '../wire/invocation.ts';
import type {
  PingAll,
  RunList,
  Status,
  SubmissionAnswer,
  TaskList as TaskListAnswer,
  Worker,
} from '../wire/orchestrator-api.ts';
import { Problem } from '../wire/problem.ts';
import { type RegistrationAnswer, RegistrationSchema } from '../wire/registration.ts';
import { LIMITS, type Run, TASK_STATUSES, type Task, type TaskDetail, type TaskStatus } from '../wire/task.ts';
import type { Dispatcher } from './dispatcher.ts';
import { describeWorker, type Fleet } from './fleet.ts';
import type { RemoteLedger } from './ledger-host.ts';
import type { RunWaiters } from './run-waiters.ts';
import { checkSubmission, type SubmissionRules } from './submission.ts';
import { readTaskList, type TaskList } from './task-list.ts';

export interface OrchestratorDependencies {
  readonly ledgerId: string;
  readonly ledger: RemoteLedger;
  readonly dispatcher: Pick<Dispatcher, 'tasksQueued' | 'currentTasks' | 'progressOf'>;
  readonly fleet: Fleet;
  readonly waiters: RunWaiters;
  readonly rules: SubmissionRules;
  readonly functions: readonly FunctionListing[];
  /** Reads the task file anew. @throws Problem `task_file_not_found` */
  readonly readTaskFile: () => Promise<{ text: string; name: string }>;
  readonly newRunId: () => string;
  readonly guard: GuardOptions;
  readonly version: string;
  readonly heartbeatMs: number;
  /** A worker registered: it is to be found again after a restart. */
  readonly isReady: () => boolean;
  readonly logError: (error: unknown, path: string) => void;
}

const RUNS_LISTED = 1_000;
const TASKS_A_PAGE = 1_000;
const MAX_WAIT_SECONDS = 3_600;
const REGISTRATION_BYTES = 64 * 1024;

/** Everything that the orchestrator answers. */
export function createOrchestratorApp(deps: OrchestratorDependencies): Hono {
  const app = new Hono();
  handleErrors(app, deps.logError);
  app.use(guard(deps.guard));
  addHealth(app, deps);
  addOriginal(app, deps);
  addRuns(app, deps);
  return app;
}

function addHealth(app: Hono, deps: OrchestratorDependencies): void {
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (deps.isReady() ? c.text('ok\n') : c.text('the ledger cannot be written\n', 503)));
}

/** The original's endpoints. */
function addOriginal(app: Hono, deps: OrchestratorDependencies): void {
  const { fleet, ledger, dispatcher } = deps;
  app.get('/status', async (c) => {
    const { online_workers, total_workers, status: workers } = fleet.summary();
    const tasks_total = await countTaskFile(deps);
    const slots = fleet.list().reduce((sum, worker) => sum + (worker.online ? worker.slots : 0), 0);
    return c.json({
      workers,
      total_workers,
      online_workers,
      tasks_total,
      tasks: await ledger.counts(),
      slots,
      version: deps.version,
    } satisfies Status);
  });
  app.get('/workers', (c) => {
    const entries = fleet
      .list()
      .map((worker) => [worker.id, describeWorker(worker, dispatcher.currentTasks(worker.id))] as const);
    return c.json(Object.fromEntries(entries) satisfies Record<string, Worker>);
  });
  app.get('/ping_all', async (c) => c.json((await fleet.pingAll()) satisfies PingAll));
  app.post('/execute_tasks', (c) => executeTasks(c, deps));
  app.post('/workers', async (c) => {
    const registration = await readJson(c, RegistrationSchema, REGISTRATION_BYTES);
    const worker = await fleet.register(registration, remoteAddress(c));
    await ledger.rememberWorker({ id: worker.id, host: worker.host, port: worker.port });
    return c.json({
      id: worker.id,
      ledger_id: deps.ledgerId,
      heartbeat_ms: deps.heartbeatMs,
    } satisfies RegistrationAnswer);
  });
}

function addRuns(app: Hono, deps: OrchestratorDependencies): void {
  const { ledger } = deps;
  app.get('/runs', async (c) => c.json({ runs: await ledger.runs(RUNS_LISTED) } satisfies RunList));
  app.get('/runs/:run', async (c) => {
    const run = await ledger.run(c.req.param('run'));
    return c.json((await deps.waiters.ended(run, waitMs(c))) satisfies Run);
  });
  app.get('/tasks', async (c) => {
    const page = await ledger.tasks({
      runId: c.req.query('run_id') ?? null,
      status: statusQuery(c),
      after: integerQuery(c, 'after', 0, Number.MAX_SAFE_INTEGER, 0),
      limit: integerQuery(c, 'limit', 1, TASKS_A_PAGE, TASKS_A_PAGE),
    });
    return c.json({
      tasks: page.tasks.map((task) => withProgress(task, deps)),
      next: page.next,
    } satisfies TaskListAnswer);
  });
  app.get('/tasks/:run/:task', async (c) => {
    const task = await ledger.task(c.req.param('run'), c.req.param('task'));
    return c.json(withProgress(task, deps) satisfies TaskDetail);
  });
  app.get('/functions', (c) => c.json({ functions: deps.functions }));
}

/** Takes a submission: the body's tasks, or the task file's when there is no body. */
async function executeTasks(c: Context, deps: OrchestratorDependencies): Promise<Response> {
  const waitForMs = waitMs(c);
  const rows = await checkSubmission(await submittedTasks(c, deps), deps.rules);
  const submitted = await deps.ledger.submit(runIdQuery(c) ?? deps.newRunId(), rows);
  deps.dispatcher.tasksQueued();
  const run = await deps.waiters.ended(submitted, waitForMs);
  const isOver = run.status !== 'active' && run.status !== 'receiving';
  const count = `${rows.length} task${rows.length === 1 ? '' : 's'}`;
  const answer: SubmissionAnswer = {
    message: isOver ? `run ${run.run_id} ${run.status}: ${count}` : `run ${run.run_id} started with ${count}`,
    run_id: run.run_id,
    tasks: rows.map(({ id }) => id),
    status: isOver ? (run.status as SubmissionAnswer['status']) : 'active',
  };
  return c.json(answer, isOver ? 200 : 202, { location: `/runs/${run.run_id}` });
}

async function submittedTasks(c: Context, deps: OrchestratorDependencies): Promise<TaskList> {
  const text = await readText(c, LIMITS.submissionBytes);
  if (text === '') {
    const file = await deps.readTaskFile();
    return readTaskList(file.text, 'yaml', file.name);
  }
  const type = c.req.header('content-type') ?? '';
  // YAML is a superset of JSON: without a type that says JSON, the more forgiving reader is right.
  return readTaskList(text, /\bjson\b/.test(type) ? 'json' : 'yaml', 'the body');
}

async function countTaskFile(deps: OrchestratorDependencies): Promise<number> {
  try {
    const file = await deps.readTaskFile();
    return readTaskList(file.text, 'yaml', file.name).entries.length;
  } catch (error) {
    if (error instanceof Problem) return 0;
    throw error;
  }
}

function withProgress<T extends Task>(task: T, deps: OrchestratorDependencies): T {
  if (task.status !== 'running') return task;
  const progress = deps.dispatcher.progressOf(task.run_id, task.id, task.attempts);
  return progress ? { ...task, progress } : task;
}

/** `?wait=SECONDS` in milliseconds; 0 without it. */
function waitMs(c: Context): number {
  const text = c.req.query('wait');
  if (text === undefined) return 0;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return seconds * 1000;
  throw new Problem(
    'invalid_query',
    `wait should be a number of seconds from 0 to ${MAX_WAIT_SECONDS} (given ${JSON.stringify(text)})`,
    { pointer: '/wait' },
  );
}

function integerQuery(c: Context, name: string, least: number, most: number, otherwise: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Problem(
    'invalid_query',
    `${name} should be an integer from ${least} to ${most} (given ${JSON.stringify(text)})`,
    { pointer: `/${name}` },
  );
}

function statusQuery(c: Context): TaskStatus | null {
  const text = c.req.query('status');
  if (text === undefined) return null;
  const status = TASK_STATUSES.find((known) => known === text);
  if (status) return status;
  throw new Problem(
    'invalid_query',
    `status should be one of ${TASK_STATUSES.join(', ')} (given ${JSON.stringify(text)})`,
    { pointer: '/status' },
  );
}

/** A run id of the client's choice. */
function runIdQuery(c: Context): string | undefined {
  const id = c.req.query('run_id');
  if (id === undefined || (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) && id !== 'newest')) return id;
  throw new Problem(
    'invalid_query',
    `run_id should be 1 to 64 letters, digits, dots, dashes or underscores (given ${JSON.stringify(id)})`,
    { pointer: '/run_id' },
  );
}

/** The address of the other end; IPv4 in IPv6 as IPv4. */
function remoteAddress(c: Context): string {
  return (getConnInfo(c).remote.address ?? '127.0.0.1').replace(/^::ffff:/, '');
}
