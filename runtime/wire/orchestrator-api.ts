/** What crosses between the orchestrator and its clients. The original's fields come first in each answer. */
import * as v from 'valibot';
import { described } from './described.ts';
import { RunSchema, TASK_STATUSES, TaskCountsSchema, TaskSchema } from './task.ts';

export const WORKER_STATUSES = ['online', 'offline'] as const;
export const WORKER_CONDITIONS = ['ready', 'draining', 'quarantined', 'faulty'] as const;

/** `GET /status`. */
export const StatusSchema = v.object({
  workers: v.record(v.string(), v.picklist(WORKER_STATUSES)),
  total_workers: v.number(),
  online_workers: v.number(),
  tasks_total: described(v.number(), 'Tasks in the task file now; 0 when it cannot be read.'),
  /** Tasks of the ledger, by status. */
  tasks: TaskCountsSchema,
  slots: v.number(),
  version: v.string(),
});
export type Status = v.InferOutput<typeof StatusSchema>;

/** One value of `GET /workers`. */
export const WorkerSchema = v.object({
  host: v.string(),
  port: v.number(),
  url: v.string(),
  last_ping: described(v.nullable(v.number()), 'Seconds since 1970 of the last answer; null before the first.'),
  status: v.picklist(WORKER_STATUSES),
  condition: v.picklist(WORKER_CONDITIONS),
  fault: v.optional(described(v.nullable(v.string()), 'What a faulty worker says of itself: it gets no work.')),
  instance: v.nullable(v.string()),
  slots: v.number(),
  running: v.number(),
  current_tasks: v.array(v.string()),
  functions: v.record(v.string(), v.string()),
});
export type Worker = v.InferOutput<typeof WorkerSchema>;
export const WorkersSchema = v.record(v.string(), WorkerSchema);

/** `GET /ping_all`. */
export const PingAllSchema = v.object({
  online_workers: v.number(),
  total_workers: v.number(),
  status: v.record(v.string(), v.picklist(WORKER_STATUSES)),
});
export type PingAll = v.InferOutput<typeof PingAllSchema>;

/** `GET /metrics/targets`: the workers, as Prometheus takes them (`http_sd_configs`). */
export const MetricsTargetsSchema = v.array(
  v.object({
    /** `host:port`, one. */
    targets: v.array(v.string()),
    labels: v.object({ worker: v.string(), __scheme__: v.string() }),
  }),
);
export type MetricsTargets = v.InferOutput<typeof MetricsTargetsSchema>;

/** `POST /execute_tasks`: 202 when it runs, 200 when it ended within `?wait=`. */
export const SubmissionAnswerSchema = v.object({
  message: v.string(),
  run_id: v.string(),
  tasks: described(v.array(v.string()), 'Task ids in the order given.'),
  status: v.picklist(['active', 'succeeded', 'failed', 'cancelled']),
});
export type SubmissionAnswer = v.InferOutput<typeof SubmissionAnswerSchema>;

/** `POST /tasks`: how many lines there were; nobody wants their ids back. */
export const StreamAnswerSchema = v.object({
  message: v.string(),
  run_id: v.string(),
  status: v.picklist(['active', 'succeeded', 'failed', 'cancelled']),
  tasks_total: v.number(),
});
export type StreamAnswer = v.InferOutput<typeof StreamAnswerSchema>;

/** `GET /runs`: newest first. */
export const RunListSchema = v.object({ runs: v.array(RunSchema) });
export type RunList = v.InferOutput<typeof RunListSchema>;

/** `GET /tasks`: a page in the order of submission, or of a list of all that match in an order of one's choice. */
export const TaskListSchema = v.object({
  tasks: v.array(TaskSchema),
  next: described(v.nullable(v.number()), 'What `after` of the next page is, in a list its `offset`; null at the end.'),
  total: v.optional(described(v.number(), 'Of a list: how many match.')),
  counts: v.optional(described(TaskCountsSchema, 'Of a list: how many match, by status.')),
  as_of: v.optional(described(v.number(), 'Which list it is: given with the next page, that one is of the same list.')),
  is_current: v.optional(
    described(
      v.boolean(),
      'False when something has happened since the list was made: asked for a little later, it is made anew.',
    ),
  ),
});
export type TaskList = v.InferOutput<typeof TaskListSchema>;

/** `GET /tasks/count`: how many tasks match, exactly. */
export const TaskCountSchema = v.object({ total: v.number(), counts: TaskCountsSchema });
export type TaskCount = v.InferOutput<typeof TaskCountSchema>;

/** Tasks that are named one by one in one request. */
export const MOST_NAMED = 10_000;

/** All that a search finds. */
const found = {
  q: described(v.string('must be a search'), 'A search: all that it finds.'),
  at_most: v.optional(
    described(
      v.pipe(v.number(), v.integer(), v.minValue(0)),
      'How many were meant: when more match by now, nothing is done.',
    ),
  ),
};
/** One by one. */
const named = {
  tasks: described(
    v.pipe(
      v.array(v.object({ run_id: v.string('must be the id of a run'), id: v.string('must be the id of a task') })),
      v.maxLength(MOST_NAMED, `must be at most ${MOST_NAMED} tasks - name more by a search`),
    ),
    'These.',
  ),
};
const EITHER =
  'must name tasks either by a search, as {"q": …, "at_most": …}, or one by one, as {"tasks": [{"run_id": …, "id": …}]}';

/** `POST /tasks/cancel`. */
export const CancelRequestSchema = v.union([v.strictObject(found), v.strictObject(named)], EITHER);
export type CancelRequest = v.InferOutput<typeof CancelRequestSchema>;

const only = v.optional(described(v.picklist(['failed', 'cancelled']), 'Only those of this status; both without it.'));
/** `POST /tasks/retry`. */
export const RetryRequestSchema = v.union(
  [v.strictObject({ ...found, only }), v.strictObject({ ...named, only })],
  `${EITHER}; "only" may be failed or cancelled`,
);

/** `POST /tasks/cancel`: how many were cancelled. */
export const ManyCancelledSchema = v.object({ message: v.string(), cancelled: v.number() });
export type ManyCancelled = v.InferOutput<typeof ManyCancelledSchema>;
/** `POST /tasks/retry`: how many were queued again. */
export const ManyRetriedSchema = v.object({ message: v.string(), retried: v.number() });
export type ManyRetried = v.InferOutput<typeof ManyRetriedSchema>;

/** `DELETE /runs/{run}` and `DELETE /tasks/{run}/{task}`. */
export const CancelAnswerSchema = v.object({ message: v.string(), cancelled: v.number(), run: RunSchema });
export type CancelAnswer = v.InferOutput<typeof CancelAnswerSchema>;

/** `POST /runs/{run}/retry` and `POST /tasks/{run}/{task}/retry`. */
export const RetryAnswerSchema = v.object({ message: v.string(), retried: v.number(), run: RunSchema });
export type RetryAnswer = v.InferOutput<typeof RetryAnswerSchema>;

export const WAITING_REASONS = [
  'not_queued',
  'backoff',
  'no_workers',
  'no_such_function',
  'too_little_memory',
  'busy',
  'soon',
] as const;

/** `GET /tasks/{run}/{task}/explain`: why it is not running. */
export const ExplanationSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  status: v.picklist(TASK_STATUSES),
  reason: v.picklist(WAITING_REASONS),
  detail: v.string(),
});
export type Explanation = v.InferOutput<typeof ExplanationSchema>;

/** `POST /workers/{id}/drain`. */
export const DrainAnswerSchema = v.object({ message: v.string() });
export type DrainAnswer = v.InferOutput<typeof DrainAnswerSchema>;

/** `GET /tasks/RUN/ID/artifacts`: the files that a task's function wrote beside its result. */
export const ArtifactListSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  is_complete: described(v.boolean(), 'False while they may still grow.'),
  artifacts: v.array(v.object({ name: v.string(), bytes: v.number(), media_type: v.string() })),
});
export type ArtifactList = v.InferOutput<typeof ArtifactListSchema>;
