/**
 * What brings tasks in: the original's `POST /execute_tasks`, and `POST /tasks` for as many as a million; `POST /validate`
 * checks and estimates them without keeping anything.
 */
import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { findFileInputs, readFileInput } from '../../../../functions/configuration/file-input.ts';
import { readText } from '../../../http/body.ts';
import { readLines } from '../../../http/ndjson.ts';
import { readHeaders, readQuery } from '../../../http/query.ts';
import type { StreamAnswer, SubmissionAnswer } from '../../../wire/orchestrator-api.ts';
import { Problem } from '../../../wire/problem.ts';
import { LIMITS, type Run } from '../../../wire/task.ts';
import type { Validation } from '../../../wire/validation.ts';
import type { NewTaskRow } from '../../ledger/ledger-rows.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { estimateTasks } from '../estimate.ts';
import { executeTasks as operation, streamTasks as streaming } from '../operations/submissions.ts';
import { checkLine, checkSubmission } from '../submission.ts';
import { readTaskList, type TaskList } from '../task-list.ts';

/** Lines recorded in one transaction. */
const LINES_A_BATCH = 500;
const IDS_A_PAGE = 1_000;
/** New ids tried before it must be something else that is wrong. */
const RUN_ID_ATTEMPTS = 10;

export function addSubmissionRoutes(app: Hono, deps: OrchestratorDependencies): void {
  const inProgress = new Set<string>();
  app.post('/execute_tasks', async (c) => {
    const key = readHeaders(c, operation.headers)['idempotency-key'] ?? null;
    if (key === null) return executeTasks(c, deps, null);
    if (inProgress.has(key))
      throw new Problem(
        'idempotency_in_progress',
        `the first request with the Idempotency-Key "${key}" is not recorded yet - try again in a moment`,
      );
    inProgress.add(key);
    return executeTasks(c, deps, key, () => inProgress.delete(key)).finally(() => inProgress.delete(key));
  });
  app.post('/tasks', (c) => streamTasks(c, deps));
  app.post('/validate', async (c) => {
    const list = readBody(c, await readText(c, LIMITS.submissionBytes));
    return c.json(estimateTasks(await checkSubmission(list, deps.rules), deps.dispatcher.view()) satisfies Validation);
  });
}

/** Takes the body's tasks, or the task file's when there is no body; all of them or none. */
async function executeTasks(
  c: Context,
  deps: OrchestratorDependencies,
  key: string | null,
  onRecorded = (): unknown => null,
): Promise<Response> {
  const { wait, run_id } = readQuery(c, operation.query);
  const body = await readText(c, LIMITS.submissionBytes);
  const rows = await checkSubmission(await submittedTasks(c, body, deps), deps.rules);
  const idempotency = key === null ? null : { key, digest: createHash('sha256').update(body).digest('hex') };
  const submitted = await underRunId(run_id, deps, (runId) => deps.ledger.submit(runId, rows, idempotency));
  onRecorded();
  if (!submitted.isReplay) deps.dispatcher.tasksQueued();
  const run = await deps.waiters.ended(submitted.run, wait * 1000);
  const tasks = submitted.isReplay ? await taskIds(deps, run.run_id) : rows.map(({ id }) => id);
  const answer = { ...describe(run, tasks.length), tasks } satisfies SubmissionAnswer;
  const headers = { location: `/runs/${run.run_id}`, ...(submitted.isReplay && { 'idempotency-replayed': 'true' }) };
  return c.json(answer, answer.status === 'active' ? 202 : 200, headers);
}

/** Records under the id that the client chose, or under a new one: of thousands made in a second two may be equal. */
async function underRunId<T>(
  chosen: string | undefined,
  deps: OrchestratorDependencies,
  record: (runId: string) => Promise<T>,
): Promise<T> {
  if (chosen !== undefined) return record(chosen);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await record(deps.newRunId());
    } catch (error) {
      const isTaken = error instanceof Problem && error.pointer === '/run_id';
      if (!isTaken || attempt === RUN_ID_ATTEMPTS) throw error;
    }
  }
}

function describe(run: Run, tasks: number): Omit<SubmissionAnswer, 'tasks'> {
  const count = `${tasks} task${tasks === 1 ? '' : 's'}`;
  if (run.status === 'active' || run.status === 'receiving')
    return { message: `run ${run.run_id} started with ${count}`, run_id: run.run_id, status: 'active' };
  return { message: `run ${run.run_id} ${run.status}: ${count}`, run_id: run.run_id, status: run.status };
}

async function submittedTasks(c: Context, body: string, deps: OrchestratorDependencies): Promise<TaskList> {
  if (body === '') {
    const file = await deps.readTaskFile();
    const tasks = readTaskList(file.text, 'yaml', file.name);
    await takeInputs(tasks.entries, file.name, deps.blobs);
    return tasks;
  }
  return readBody(c, body);
}

/** YAML is a superset of JSON: without a type that says JSON, the more forgiving reader is right. */
function readBody(c: Context, body: string): TaskList {
  const isJson = /\bjson\b/.test(c.req.header('content-type') ?? '');
  return readTaskList(body, isJson ? 'json' : 'yaml', 'the body');
}

/** Keeps the files that the orchestrator's own task file names, and names their blobs in the entries instead. */
async function takeInputs(
  entries: readonly unknown[],
  taskFile: string,
  blobs: OrchestratorDependencies['blobs'],
): Promise<void> {
  for (const input of findFileInputs(entries)) {
    const [, index, , name] = input.path as [string, number, string, string];
    const { bytes, reference } = await readFileInput(taskFile, input).catch((cause: Error) => {
      const pointer = `/tasks/${index}/parameters/${name}`;
      throw new Problem('invalid_parameter', `${taskFile}, task ${index + 1}: ${cause.message}`, { pointer, cause });
    });
    if (!blobs.has(reference.blob)) await blobs.put(reference.blob, [bytes]);
    (entries[index] as { parameters: Record<string, unknown> }).parameters[name] = reference;
  }
}

async function taskIds(deps: OrchestratorDependencies, runId: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await deps.ledger.tasks({ runId, status: null, after, limit: IDS_A_PAGE });
    ids.push(...page.tasks.map(({ id }) => id));
    after = page.next;
  }
  return ids;
}

/**
 * Takes one task a line (NDJSON), a million at most, in bounded memory: they are staged in a run that becomes active
 * after the last valid line and is removed otherwise.
 */
async function streamTasks(c: Context, deps: OrchestratorDependencies): Promise<Response> {
  const { run_id } = readQuery(c, streaming.query);
  const { runId, key } = await underRunId(run_id, deps, async (id) => ({
    runId: id,
    key: await deps.ledger.receive(id),
  }));
  try {
    const total = await receiveLines(c, deps, key);
    const run = await deps.ledger.activate(key);
    deps.dispatcher.tasksQueued();
    const answer = { ...describe(run, total), tasks_total: total } satisfies StreamAnswer;
    return c.json(answer, 202, { location: `/runs/${runId}` });
  } catch (error) {
    // Nothing of it has run. What is left after a crash here is removed at the next start.
    while (await deps.ledger.discard(key)) {}
    throw error instanceof RangeError ? new Problem('body_too_large', error.message) : error;
  }
}

async function receiveLines(c: Context, deps: OrchestratorDependencies, run: number): Promise<number> {
  let total = 0;
  let batch: NewTaskRow[] = [];
  const record = async (): Promise<void> => {
    await deps.ledger.receiveTasks(run, batch);
    batch = [];
  };
  for await (const lines of readLines(c.req.raw.body ?? [], LIMITS.lineBytes)) {
    for (const line of lines) {
      total += 1;
      if (total > LIMITS.streamedTasks)
        throw new Problem('too_many_tasks', `over ${LIMITS.streamedTasks} lines - split them into several runs`);
      batch.push(checkLine(line, total, deps.rules));
      if (batch.length >= LINES_A_BATCH) await record();
    }
  }
  if (batch.length > 0) await record();
  if (total === 0) throw new Problem('no_tasks', 'the body has no lines - send one task, as JSON, a line');
  return total;
}
