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
import { RunSchema, TaskDetailSchema } from '../../../wire/task.ts';
import { TaskLogSchema } from '../../../wire/task-log.ts';
import { OF_RUN, OF_TASK, WAIT } from './common.ts';

const RUNS = 'Runs';
const TASKS = 'Tasks';
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
