import * as v from 'valibot';
import { type BlobAnswer, BlobAnswerSchema } from '../wire/blob.ts';
import { type FunctionListing, FunctionListingSchema } from '../wire/invocation.ts';
import {
  type ArtifactList,
  ArtifactListSchema,
  type CancelAnswer,
  CancelAnswerSchema,
  type DrainAnswer,
  DrainAnswerSchema,
  type Explanation,
  ExplanationSchema,
  type ManyCancelled,
  ManyCancelledSchema,
  type ManyRetried,
  ManyRetriedSchema,
  type PingAll,
  PingAllSchema,
  type RetryAnswer,
  RetryAnswerSchema,
  RunListSchema,
  type Status,
  StatusSchema,
  type SubmissionAnswer,
  SubmissionAnswerSchema,
  type TaskCount,
  TaskCountSchema,
  type TaskList,
  TaskListSchema,
  type Worker,
  WorkersSchema,
} from '../wire/orchestrator-api.ts';
import { Problem } from '../wire/problem.ts';
import { type Run, RunSchema, type Task, type TaskDetail, TaskDetailSchema, type TaskStatus } from '../wire/task.ts';
import { type TaskLog, TaskLogSchema } from '../wire/task-log.ts';
import { foreignAnswer, HttpClient, type HttpClientOptions, type HttpRequest } from './http-client.ts';
import { type Patience, patiently } from './patience.ts';

export interface ClientOptions extends HttpClientOptions {
  /**
   * With it, exchanges that are safe to repeat outlast a restart of the orchestrator, once it has answered for the
   * first time: a wrong URL is still told at once.
   */
  readonly patience?: Patience;
}

/** Tasks to submit, as text that the orchestrator parses. */
export interface Submission {
  readonly text: string;
  readonly contentType: 'application/json' | 'application/yaml';
}

export interface SubmitOptions {
  /** Let the answer wait for the run's end, at most so long. */
  readonly waitSeconds?: number;
  /** The run's name; without it the orchestrator chooses one. */
  readonly runId?: string;
  /** Makes the submission safe to repeat: the same key never makes a second run. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Where a page is in a list, and what ends the wait for it. */
export interface PageOptions {
  readonly asOf?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TaskFilter {
  /** A search, as docs/search.md has it. */
  readonly q?: string;
  /** A field or parameter to order by; a minus before it for the largest first. */
  readonly order?: string;
  /** A run's id or `newest`. */
  readonly runId?: string;
  readonly status?: TaskStatus;
  /** How many at most. */
  readonly limit?: number;
}

const FunctionListSchema = v.object({ functions: v.array(FunctionListingSchema) });
/** What an upload may take beyond a usual exchange. */
const UPLOAD_WAIT_MS = 300_000;
/** A look through a million tasks takes seconds, and longer while the ledger is busy. */
const SEARCH_WAIT_MS = 120_000;
/** Tasks a page when everything is read. */
const PAGE_TASKS = 500;

/**
 * The orchestrator's API. Every answer is checked against the wire schemas and then handed on whole, with fields that
 * this version does not know. All methods throw `Problem`: the server's own, or `unavailable`.
 */
export class Client {
  readonly #http: HttpClient;
  readonly #patience: Patience | undefined;
  #hasAnswered = false;

  /** @throws Problem `invalid_query` when the URL is none. */
  constructor(options: ClientOptions) {
    this.#http = new HttpClient(options);
    this.#patience = options.patience;
  }

  get url(): string {
    return this.#http.url;
  }

  status(): Promise<Status> {
    return this.get('/status', StatusSchema);
  }

  /** Pings every worker anew. */
  pingAll(): Promise<PingAll> {
    return this.get('/ping_all', PingAllSchema);
  }

  workers(): Promise<Record<string, Worker>> {
    return this.get('/workers', WorkersSchema);
  }

  async functions(): Promise<FunctionListing[]> {
    return (await this.get('/functions', FunctionListSchema)).functions;
  }

  /** Uploads bytes under their SHA-256, for tasks to name. */
  upload(sha256: string, bytes: Uint8Array): Promise<BlobAnswer> {
    return this.send(BlobAnswerSchema, {
      method: 'PUT',
      path: `/blobs/${sha256}`,
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' },
      extraWaitMs: UPLOAD_WAIT_MS,
    });
  }

  /** Runs the given tasks, or those of the orchestrator's own task file. */
  executeTasks(submission: Submission | null, options: SubmitOptions = {}): Promise<SubmissionAnswer> {
    const query = queryOf({ wait: options.waitSeconds, run_id: options.runId });
    return this.send(SubmissionAnswerSchema, {
      method: 'POST',
      path: `/execute_tasks${query}`,
      ...(submission && { body: submission.text }),
      headers: {
        ...(submission && { 'content-type': submission.contentType }),
        ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
      },
      extraWaitMs: (options.waitSeconds ?? 0) * 1000,
      signal: options.signal,
    });
  }

  /** Newest first. */
  async runs(): Promise<Run[]> {
    return (await this.get('/runs', RunListSchema)).runs;
  }

  /** A run by its id or `newest`; with `waitSeconds` the answer comes when it has ended or they are over. */
  run(runId: string, options: { waitSeconds?: number; signal?: AbortSignal } = {}): Promise<Run> {
    return this.get(`/runs/${encodeURIComponent(runId)}${queryOf({ wait: options.waitSeconds })}`, RunSchema, {
      extraWaitMs: (options.waitSeconds ?? 0) * 1000,
      signal: options.signal,
    });
  }

  /** One page of tasks, from where the `next` of the page before says; in an order of one's choice it is a list's. */
  taskPage(filter: TaskFilter, from?: number, { asOf, signal }: PageOptions = {}): Promise<TaskList> {
    const { q, runId, status, order, limit } = filter;
    const place = order === undefined ? { after: from } : { order, offset: from, as_of: asOf };
    return this.get(`/tasks${queryOf({ q, run_id: runId, status, ...place, limit })}`, TaskListSchema, {
      signal,
      extraWaitMs: SEARCH_WAIT_MS,
    });
  }

  /** All tasks, in the order of submission or another, page by page. */
  async *tasks(filter: TaskFilter = {}, signal?: AbortSignal): AsyncGenerator<Task> {
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    let [from, asOf]: [number | undefined, number | undefined] = [undefined, undefined];
    while (left > 0) {
      const page: TaskList = await this.taskPage({ ...filter, limit: Math.min(left, PAGE_TASKS) }, from, {
        asOf,
        signal,
      });
      if (asOf !== undefined && page.as_of !== asOf)
        throw new Problem('overload', 'the list changed while it was read - narrow the search, or leave out the order');
      yield* page.tasks;
      left -= page.tasks.length;
      if (page.next === null) return;
      if (page.next === from) throw new Problem('unavailable', foreignAnswer(`${this.url}/tasks`, 'pages without end'));
      [from, asOf] = [page.next, page.as_of];
    }
  }

  /** How many tasks match, by status. */
  countTasks({ q, runId, status }: TaskFilter): Promise<TaskCount> {
    return this.get(`/tasks/count${queryOf({ q, run_id: runId, status })}`, TaskCountSchema, {
      extraWaitMs: SEARCH_WAIT_MS,
    });
  }

  /** Cancels all that a search finds, unless there are more than `atMost` by now. */
  cancelTasks(q: string, atMost: number): Promise<ManyCancelled> {
    return this.#change(ManyCancelledSchema, '/tasks/cancel', { q, at_most: atMost });
  }

  /** Queues those that failed or were cancelled of all that a search finds again, unless there are more than `atMost` by now. */
  retryTasks(q: string, atMost: number, only?: 'failed' | 'cancelled'): Promise<ManyRetried> {
    return this.#change(ManyRetriedSchema, '/tasks/retry', { q, at_most: atMost, only });
  }

  #change<Schema extends v.GenericSchema>(schema: Schema, path: string, body: object) {
    const headers = { 'content-type': 'application/json' };
    return this.send(schema, {
      method: 'POST',
      path,
      body: JSON.stringify(body),
      headers,
      extraWaitMs: SEARCH_WAIT_MS,
    });
  }

  /** A task with its attempts; the run by its id or `newest`. */
  task(runId: string, taskId: string): Promise<TaskDetail> {
    return this.get(placeOf(runId, taskId), TaskDetailSchema);
  }

  /** What a task's function said, and what happened to the task. */
  log(runId: string, taskId: string): Promise<TaskLog> {
    return this.get(`${placeOf(runId, taskId)}/log`, TaskLogSchema);
  }

  /** The files that a task wrote beside its result. */
  artifacts(runId: string, taskId: string): Promise<ArtifactList> {
    return this.get(`${placeOf(runId, taskId)}/artifacts`, ArtifactListSchema);
  }

  /** One of them, as it is now, piece by piece. */
  artifact(runId: string, taskId: string, name: string): AsyncGenerator<Uint8Array> {
    return this.#http.download(`${placeOf(runId, taskId)}/artifacts/${encodeURIComponent(name)}`);
  }

  /** Cancels a task, or all of a run that has not ended. */
  cancel(runId: string, taskId?: string): Promise<CancelAnswer> {
    return this.send(CancelAnswerSchema, { method: 'DELETE', path: placeOf(runId, taskId) });
  }

  /** Queues a task that failed or was cancelled again, or all such of a run. */
  retry(runId: string, options: { taskId?: string; only?: 'failed' | 'cancelled' } = {}): Promise<RetryAnswer> {
    const path = `${placeOf(runId, options.taskId)}/retry${queryOf({ only: options.only })}`;
    return this.send(RetryAnswerSchema, { method: 'POST', path });
  }

  /** Why a task is not running. */
  explain(runId: string, taskId: string): Promise<Explanation> {
    return this.get(`${placeOf(runId, taskId)}/explain`, ExplanationSchema);
  }

  /** Has a worker take no more tasks, and hand back what it cannot finish within its grace. */
  drain(workerId: string): Promise<DrainAnswer> {
    return this.send(DrainAnswerSchema, { method: 'POST', path: `/workers/${encodeURIComponent(workerId)}/drain` });
  }

  /** Any GET, checked against a schema. */
  get<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    more: Pick<HttpRequest, 'extraWaitMs' | 'signal'> = {},
  ): Promise<v.InferOutput<Schema>> {
    return this.send(schema, { method: 'GET', path, ...more });
  }

  /** Any request, checked against a schema; repeated while the orchestrator is away if that is safe. */
  async send<Schema extends v.GenericSchema>(schema: Schema, request: HttpRequest): Promise<v.InferOutput<Schema>> {
    const exchange = () => this.#http.exchange(request);
    const patience = this.#hasAnswered && isRepeatable(request) ? this.#patience : undefined;
    const { body } = patience ? await patiently(exchange, patience, { signal: request.signal }) : await exchange();
    this.#hasAnswered = true;
    const checked = v.safeParse(schema, body);
    if (checked.success) return body as v.InferOutput<Schema>;
    const [issue] = checked.issues;
    const what = `${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`;
    throw new Problem('unavailable', foreignAnswer(this.url + request.path, what));
  }

  /** Cuts what is still open. */
  close(): Promise<void> {
    return this.#http.close();
  }
}

function isRepeatable(request: HttpRequest): boolean {
  return request.method === 'GET' || request.headers?.['idempotency-key'] !== undefined;
}

/** The path of a task, or of a run. */
function placeOf(runId: string, taskId: string | undefined): string {
  const run = encodeURIComponent(runId);
  return taskId === undefined ? `/runs/${run}` : `/tasks/${run}/${encodeURIComponent(taskId)}`;
}

function queryOf(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
