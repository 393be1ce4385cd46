import * as v from 'valibot';
import { described } from './described.ts';
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
const TYPE = 'must be the name of a function';
const TASK_ID = `must be a text of 1 to ${LIMITS.taskIdLength} characters, none of them a control character`;

/** A task as a user writes it, in YAML or JSON. Parameters are checked against the function, not here. */
export const TaskRequestSchema = v.object({
  id: v.pipe(
    v.string(TASK_ID),
    v.minLength(1, TASK_ID),
    v.maxLength(LIMITS.taskIdLength, TASK_ID),
    v.regex(/^\P{Cc}+$/u, TASK_ID),
    v.description('Its name in the run.'),
  ),
  type: v.pipe(v.string(TYPE), v.minLength(1, TYPE), v.description('The function that it calls.')),
  parameters: v.nullish(
    described(v.record(v.string(), v.unknown(), 'must be a mapping of names to values'), 'What the function is given.'),
    {},
  ),
  priority: v.nullish(
    v.pipe(
      v.number(PRIORITY),
      v.integer(PRIORITY),
      v.minValue(1, PRIORITY),
      v.maxValue(100, PRIORITY),
      v.description('1 runs first, 100 last.'),
    ),
    5,
  ),
  description: v.nullish(
    v.pipe(
      v.string('must be a text'),
      v.maxLength(1000, 'must be at most 1000 characters'),
      v.description('For people.'),
    ),
  ),
  retries: v.nullish(
    v.pipe(
      v.number(RETRIES),
      v.integer(RETRIES),
      v.minValue(0, RETRIES),
      v.maxValue(100, RETRIES),
      v.description('How often it is tried again, at most.'),
    ),
    3,
  ),
  timeout_ms: v.nullish(
    v.pipe(
      v.number(TIMEOUT),
      v.integer(TIMEOUT),
      v.minValue(1, TIMEOUT),
      v.maxValue(LONGEST_TIMEOUT_MS, TIMEOUT),
      v.description('A deadline for one attempt, in milliseconds.'),
    ),
  ),
  retry_on: v.nullish(
    described(
      v.array(v.picklist(RETRY_CAUSES, `must be one of ${RETRY_CAUSES.join(', ')}`), 'must be a list of causes'),
      'After which failures it is tried again.',
    ),
    ['worker_lost', 'unavailable', 'overload'],
  ),
  force: v.nullish(
    described(
      v.boolean('must be true or false'),
      'Takes the task although it cannot be expected to end by its deadline, or within a week where it has none.',
    ),
    false,
  ),
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
  parameters: described(v.record(v.string(), v.unknown()), 'As the user gave them.'),
  status: v.picklist(TASK_STATUSES),
  attempts: described(v.number(), 'How many attempts were started.'),
  worker_id: described(v.nullable(v.string()), 'Where it runs or ran last; null before its first attempt.'),
  duration: described(v.nullable(v.number()), 'Seconds that the recorded attempt took; null before the end.'),
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
  divergence: v.optional(
    described(
      v.record(v.string(), v.unknown()),
      'A late result that differs from the recorded one: the bits are not what they should be.',
    ),
  ),
  is_copy: v.optional(described(v.literal(true), 'It started beside one that took too long.')),
  is_resumed: v.optional(described(v.literal(true), 'It went on from a checkpoint.')),
  checkpoints: v.optional(described(v.number(), 'How often its state was kept; absent where it never was.')),
  checkpoint_at: v.optional(described(v.number(), 'When its state was kept last.')),
});
export type Attempt = v.InferOutput<typeof AttemptSchema>;

/** A task with its attempts, oldest first, and with all that its user asked for. */
export const TaskDetailSchema = v.object({
  ...TaskSchema.entries,
  history: v.array(AttemptSchema),
  submitted_at: v.optional(described(v.number(), 'Milliseconds since 1970.')),
  retries: v.optional(v.number()),
  retry_on: v.optional(v.array(v.picklist(RETRY_CAUSES))),
  timeout_ms: v.optional(described(v.nullable(v.number()), 'Null where it has no deadline.')),
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
  created_at: described(v.number(), 'Milliseconds since 1970.'),
  ended_at: v.nullable(v.number()),
  tasks_total: v.number(),
  tasks: TaskCountsSchema,
});
export type Run = v.InferOutput<typeof RunSchema>;
