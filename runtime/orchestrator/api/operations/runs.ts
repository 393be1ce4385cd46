/** Runs and tasks. */
import * as v from 'valibot';
import { defineOperation, json, type Operation } from '../../../http/openapi/operation.ts';
import { choiceText } from '../../../http/query.ts';
import { described } from '../../../wire/described.ts';
import {
  CancelAnswerSchema,
  ExplanationSchema,
  RetryAnswerSchema,
  RunListSchema,
} from '../../../wire/orchestrator-api.ts';
import { GridSchema, RunSummarySchema } from '../../../wire/run-summary.ts';
import { RunSchema, TaskDetailSchema } from '../../../wire/task.ts';
import { TaskLogSchema } from '../../../wire/task-log.ts';
import { OF_RUN, OF_TASK, WAIT } from './common.ts';

const RUNS = 'Runs';
const TASKS = 'Tasks';
const NAME = 'should be the name of a parameter';
const FIELD = 'should be the name of a number';
const PARAMETER = v.pipe(v.string(), v.minLength(1, NAME), v.maxLength(200, NAME));

export const getRun = defineOperation({
  ...{ id: 'getRun', method: 'get', path: '/runs/:run', tag: RUNS, params: OF_RUN },
  summary: 'A run, its tasks counted by status',
  query: v.object({ wait: WAIT }),
  answers: { 200: json('The run as it is now.', RunSchema) },
  problems: ['unknown_run', 'storage_failed'],
});

export const retryRun = defineOperation({
  ...{ id: 'retryRun', method: 'post', path: '/runs/:run/retry', tag: RUNS, params: OF_RUN },
  summary: 'Queues failed and cancelled tasks of a run again',
  query: v.object({
    only: v.optional(described(choiceText(['failed', 'cancelled']), 'Only those of this status.')),
  }),
  answers: { 202: json('They are queued.', RetryAnswerSchema) },
  problems: ['unknown_run', 'already_ended', 'storage_failed'],
});

export const getGrid = defineOperation({
  ...{ id: 'getRunGrid', method: 'get', path: '/runs/:run/grid', tag: RUNS, params: OF_RUN },
  summary: 'A number of the results over one or two parameters',
  description:
    "Both among those that the run's summary names. Along an axis stand 40 values at most, 200 where there is no other axis; more numbers are put into ranges of equal width.",
  query: v.object({
    x: described(PARAMETER, 'A parameter that varies.'),
    y: v.optional(described(PARAMETER, 'Another one; without it there is one axis.')),
    field: described(
      v.pipe(v.string(), v.minLength(1, FIELD), v.maxLength(200, FIELD)),
      'The number: `result.averages.press.mean`, say.',
    ),
  }),
  answers: { 200: json('Mean, least and most of each cell.', GridSchema) },
  problems: ['unknown_run', 'storage_failed'],
});

export const runOperations: readonly Operation[] = [
  defineOperation({
    ...{ id: 'listRuns', method: 'get', path: '/runs', tag: RUNS },
    summary: 'The newest runs, newest first',
    answers: { 200: json('A thousand at most.', RunListSchema) },
    problems: ['storage_failed'],
  }),
  getRun,
  defineOperation({
    ...{ id: 'cancelRun', method: 'delete', path: '/runs/:run', tag: RUNS, params: OF_RUN },
    summary: 'Cancels what has not ended of a run',
    description: 'Running tasks are stopped, really.',
    answers: { 200: json('They are cancelled.', CancelAnswerSchema) },
    problems: ['unknown_run', 'already_ended', 'storage_failed'],
  }),
  retryRun,
  defineOperation({
    ...{ id: 'getRunSummary', method: 'get', path: '/runs/:run/summary', tag: RUNS, params: OF_RUN },
    summary: 'A run summed up: what varies, what can be shown, who computed, why tasks failed',
    description: 'Of a run of many tasks it takes some seconds; it is summed up again when something has changed.',
    answers: { 200: json('As it is now, or was a moment ago.', RunSummarySchema) },
    problems: ['unknown_run', 'storage_failed'],
  }),
  getGrid,
  defineOperation({
    ...{ id: 'getTask', method: 'get', path: '/tasks/:run/:task', tag: TASKS, params: OF_TASK },
    summary: 'A task with its attempts',
    answers: { 200: json('The task as it is now.', TaskDetailSchema) },
    problems: ['unknown_run', 'unknown_task', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'getTaskLog', method: 'get', path: '/tasks/:run/:task/log', tag: TASKS, params: OF_TASK },
    summary: 'What the function of a task said, and what happened to the task',
    answers: { 200: json('In the order of time; of what the function said, the newest 200 lines.', TaskLogSchema) },
    problems: ['unknown_run', 'unknown_task', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'explainTask', method: 'get', path: '/tasks/:run/:task/explain', tag: TASKS, params: OF_TASK },
    summary: 'Why a task is not running',
    answers: { 200: json('The reason, in a word and in a sentence.', ExplanationSchema) },
    problems: ['unknown_run', 'unknown_task', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'cancelTask', method: 'delete', path: '/tasks/:run/:task', tag: TASKS, params: OF_TASK },
    summary: 'Cancels a task',
    answers: { 200: json('It is cancelled.', CancelAnswerSchema) },
    problems: ['unknown_run', 'unknown_task', 'already_ended', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'retryTask', method: 'post', path: '/tasks/:run/:task/retry', tag: TASKS, params: OF_TASK },
    summary: 'Queues a failed or cancelled task again',
    answers: { 202: json('It is queued.', RetryAnswerSchema) },
    problems: ['unknown_run', 'unknown_task', 'already_ended', 'storage_failed'],
  }),
];
