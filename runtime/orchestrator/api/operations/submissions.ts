/** What brings tasks in. */
import * as v from 'valibot';
import { defineOperation, json, type Operation } from '../../../http/openapi/operation.ts';
import { described } from '../../../wire/described.ts';
import { StreamAnswerSchema, SubmissionAnswerSchema } from '../../../wire/orchestrator-api.ts';
import type { ProblemCode } from '../../../wire/problem.ts';
import { SubmissionSchema, TaskRequestSchema } from '../../../wire/task.ts';
import { ValidationSchema } from '../../../wire/validation.ts';
import { WAIT } from './common.ts';

const RUN_ID = 'should be 1 to 64 letters, digits, dots, dashes or underscores';
const KEY = 'should have 1 to 255 characters';

/** A run id of the client's choice. */
const CHOSEN_RUN_ID = v.optional(
  described(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, RUN_ID), v.notValue('newest', RUN_ID)),
    'The id that the run gets; without it, one is made.',
  ),
);

/** What can be wrong with tasks. */
const TASK_PROBLEMS = [
  'invalid_yaml',
  'invalid_task',
  'invalid_parameter',
  'unknown_parameter',
  'repeated_parameter',
  'unknown_function',
  'duplicate_task_id',
  'no_tasks',
  'too_many_tasks',
  'memory_exceeded',
  'missing_blob',
  'deadline_unreachable',
  'storage_failed',
] as const satisfies readonly ProblemCode[];

const TASKS_BODY = {
  'application/json': {
    schema: SubmissionSchema,
    example: { tasks: [{ id: 'a', type: 'benchmark_wasm', parameters: { particles: 100, steps: 1000 } }] },
  },
  'application/yaml': { schema: SubmissionSchema },
};
const LOCATION = { location: 'Where the run is.' };
const SUBMITTED = { 'application/json': { schema: SubmissionAnswerSchema } };
const REPLAYED = {
  ...LOCATION,
  'idempotency-replayed': '`true` where the key was known: then nothing new was submitted.',
};

export const executeTasks = defineOperation({
  ...{ id: 'executeTasks', method: 'post', path: '/execute_tasks', tag: 'Runs' },
  summary: 'Submits tasks as a run',
  description:
    'All tasks are checked before anything runs: all are taken, or none. Without a body, the task file of the orchestrator is read anew. What was answered with 2xx is on disk.',
  query: v.object({ wait: WAIT, run_id: CHOSEN_RUN_ID }),
  headers: v.object({
    'idempotency-key': v.optional(
      described(
        v.pipe(v.string(), v.minLength(1, KEY), v.maxLength(255, KEY)),
        'The same key with the same body submits once, however often it is sent.',
      ),
    ),
  }),
  body: {
    description: 'The tasks: 8 MiB and 10000 of them at most.',
    isOptional: true,
    contents: TASKS_BODY,
  },
  answers: {
    200: { description: 'The run has ended within the time to wait.', contents: SUBMITTED, headers: REPLAYED },
    202: { description: 'The run has begun.', contents: SUBMITTED, headers: REPLAYED },
  },
  problems: [...TASK_PROBLEMS, 'task_file_not_found', 'idempotency_mismatch', 'idempotency_in_progress'],
});

export const streamTasks = defineOperation({
  ...{ id: 'streamTasks', method: 'post', path: '/tasks', tag: 'Runs' },
  summary: 'Submits up to a million tasks as a stream',
  description:
    'One task a line. The run begins after the last valid line; a wrong one, or a stream that breaks off, leaves nothing.',
  query: v.object({ run_id: CHOSEN_RUN_ID }),
  body: {
    description: 'Lines of 64 KiB at most.',
    contents: { 'application/x-ndjson': { schema: v.string(), items: TaskRequestSchema } },
  },
  answers: {
    202: {
      description: 'The run has begun.',
      contents: { 'application/json': { schema: StreamAnswerSchema } },
      headers: LOCATION,
    },
  },
  problems: TASK_PROBLEMS,
});

export const validateTasks = defineOperation({
  ...{ id: 'validateTasks', method: 'post', path: '/validate', tag: 'Runs' },
  summary: 'Checks tasks and estimates them, and keeps nothing',
  description: 'By the same rules as a submission, on the workers that are here now.',
  body: { description: 'The tasks: 8 MiB and 10000 of them at most.', contents: TASKS_BODY },
  answers: { 200: json('They would be taken, and how long they would take.', ValidationSchema) },
  problems: TASK_PROBLEMS.filter((code) => code !== 'storage_failed'),
});

export const submissionOperations: readonly Operation[] = [executeTasks, streamTasks, validateTasks];
