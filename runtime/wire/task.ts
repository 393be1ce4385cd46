import * as v from 'valibot';
import { ProblemSchema } from './problem.ts';

export const TASK_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const RUN_STATUSES = ['receiving', 'active', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const ATTEMPT_STATUSES = [
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
  'released',
  'superseded',
] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** The causes of a failed attempt that a task may ask to have retried. */
export const RETRY_CAUSES = ['worker_lost', 'unavailable', 'overload', 'timeout', 'function_error'] as const;
export type RetryCause = (typeof RETRY_CAUSES)[number];

export const LIMITS = {
  /** `/execute_tasks`: bytes of a body, and tasks in it. */
  submissionBytes: 8 * 1024 * 1024,
  submissionTasks: 10_000,
  /** `POST /tasks`: bytes of a line, and lines. */
  lineBytes: 64 * 1024,
  streamedTasks: 1_000_000,
  /** Characters of a task id. */
  taskIdLength: 128,
} as const;

/** The longest deadline that a task can name: a week. */
export const LONGEST_TIMEOUT_MS = 604_800_000;

const PRIORITY = 'must be an integer from 1 (runs first) to 100';
const RETRIES = 'must be an integer from 0 to 100';
const TIMEOUT = 'must be an integer from 1 to 604800000 (a week), in milliseconds';
const TASK_ID = `must be a text of 1 to ${LIMITS.taskIdLength} characters, none of them a control character`;

/** A task as a user writes it, in YAML or JSON. Parameters are checked against the function, not here. */
export const TaskRequestSchema = v.object({
  id: v.pipe(
    v.string(TASK_ID),
    v.minLength(1, TASK_ID),
    v.maxLength(LIMITS.taskIdLength, TASK_ID),
    v.regex(/^\P{Cc}+$/u, TASK_ID),
  ),
  type: v.pipe(v.string('must be the name of a function'), v.minLength(1, 'must be the name of a function')),
  parameters: v.nullish(v.record(v.string(), v.unknown(), 'must be a mapping of names to values'), {}),
  priority: v.nullish(
    v.pipe(v.number(PRIORITY), v.integer(PRIORITY), v.minValue(1, PRIORITY), v.maxValue(100, PRIORITY)),
    5,
  ),
  description: v.nullish(v.pipe(v.string('must be a text'), v.maxLength(1000, 'must be at most 1000 characters'))),
  retries: v.nullish(
    v.pipe(v.number(RETRIES), v.integer(RETRIES), v.minValue(0, RETRIES), v.maxValue(100, RETRIES)),
    3,
  ),
  timeout_ms: v.nullish(
    v.pipe(v.number(TIMEOUT), v.integer(TIMEOUT), v.minValue(1, TIMEOUT), v.maxValue(LONGEST_TIMEOUT_MS, TIMEOUT)),
  ),
  retry_on: v.nullish(
    v.array(v.picklist(RETRY_CAUSES, `must be one of ${RETRY_CAUSES.join(', ')}`), 'must be a list of causes'),
    ['worker_lost', 'unavailable', 'overload'],
  ),
  /** Takes the task although it cannot be expected to end by its deadline, or within a week where it has none. */
  force: v.nullish(v.boolean('must be true or false'), false),
});
export type TaskRequest = v.InferOutput<typeof TaskRequestSchema>;

/** Tasks that are submitted together: the body of `POST /execute_tasks`, and a task file. */
export const SubmissionSchema = v.strictObject({
  tasks: v.pipe(v.array(TaskRequestSchema), v.minLength(1), v.maxLength(LIMITS.submissionTasks)),
});

/** A task as everybody sees it: API, events, `--json`. */
export const TaskSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  type: v.string(),
  priority: v.number(),
  /** As the user gave them. */
  parameters: v.record(v.string(), v.unknown()),
  status: v.picklist(TASK_STATUSES),
  /** How many attempts were started. */
  attempts: v.number(),
  /** Where it runs or ran last; null before its first attempt. */
  worker_id: v.nullable(v.string()),
  /** Seconds that the recorded attempt took; null before the end. */
  duration: v.nullable(v.number()),
  result: v.nullable(v.record(v.string(), v.unknown())),
  measured: v.nullable(v.record(v.string(), v.unknown())),
  error: v.nullable(ProblemSchema),
  description: v.optional(v.string()),
  /** While it runs: how far it is. */
  progress: v.optional(
    v.object({
      done: v.number(),
      total: v.number(),
      observables: v.optional(v.record(v.string(), v.number())),
    }),
  ),
});
export type Task = v.InferOutput<typeof TaskSchema>;

/** One try of a task on one worker. Times are milliseconds since 1970. */
export const AttemptSchema = v.object({
  attempt: v.number(),
  worker_id: v.string(),
  status: v.picklist(ATTEMPT_STATUSES),
  started_at: v.number(),
  ended_at: v.nullable(v.number()),
  error: v.nullable(ProblemSchema),
  /** A late result that differs from the recorded one: the bits are not what they should be. */
  divergence: v.optional(v.record(v.string(), v.unknown())),
  /** It started beside one that took too long. */
  is_copy: v.optional(v.literal(true)),
  /** It went on from a checkpoint. */
  is_resumed: v.optional(v.literal(true)),
  /** How often its state was kept, and when last; absent where it never was. */
  checkpoints: v.optional(v.number()),
  checkpoint_at: v.optional(v.number()),
});
export type Attempt = v.InferOutput<typeof AttemptSchema>;

/** A task with its attempts, oldest first, and with all that its user asked for. */
export const TaskDetailSchema = v.object({
  ...TaskSchema.entries,
  history: v.array(AttemptSchema),
  /** Milliseconds since 1970. */
  submitted_at: v.optional(v.number()),
  retries: v.optional(v.number()),
  retry_on: v.optional(v.array(v.picklist(RETRY_CAUSES))),
  /** Null where it has no deadline. */
  timeout_ms: v.optional(v.nullable(v.number())),
});
export type TaskDetail = v.InferOutput<typeof TaskDetailSchema>;

/** Tasks by status. */
export const TaskCountsSchema = v.object({
  queued: v.number(),
  running: v.number(),
  succeeded: v.number(),
  failed: v.number(),
  cancelled: v.number(),
});
export type TaskCounts = v.InferOutput<typeof TaskCountsSchema>;

/** A run: the tasks of one submission, counted by status. */
export const RunSchema = v.object({
  run_id: v.string(),
  status: v.picklist(RUN_STATUSES),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  ended_at: v.nullable(v.number()),
  tasks_total: v.number(),
  tasks: TaskCountsSchema,
});
export type Run = v.InferOutput<typeof RunSchema>;
