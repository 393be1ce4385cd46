/** Tasks that a search finds. */
import * as v from 'valibot';
import { defineOperation, json, type Operation, text } from '../../../http/openapi/operation.ts';
import { choiceText, integerText } from '../../../http/query.ts';
import { described } from '../../../wire/described.ts';
import {
  CancelRequestSchema,
  ManyCancelledSchema,
  ManyRetriedSchema,
  RetryRequestSchema,
  TaskCountSchema,
  TaskListSchema,
} from '../../../wire/orchestrator-api.ts';
import { TASK_STATUSES } from '../../../wire/task.ts';
import { RUN_PARAM } from './common.ts';

const TASKS = 'Tasks';
/** Tasks in one answer. */
export const TASKS_A_PAGE = 1_000;

/** Which tasks are asked for; all of it must hold. */
const SELECTION = {
  q: v.optional(
    described(v.string(), 'A search, as `type:lennard_jones particles>1000 status:failed`: see docs/search.md.'),
    '',
  ),
  run_id: v.optional(RUN_PARAM),
  status: v.optional(described(choiceText(TASK_STATUSES), 'Only those of this status.')),
};

export const listTasks = defineOperation({
  ...{ id: 'listTasks', method: 'get', path: '/tasks', tag: TASKS },
  summary: 'Tasks that a search finds, in pages',
  description: `In the order of their submission, from \`after\` on: read to the end, no task is missed or told twice. With \`order\` or
\`offset\` it is a page of a list of all that match, with their number.`,
  query: v.object({
    ...SELECTION,
    after: v.optional(
      described(integerText(0, Number.MAX_SAFE_INTEGER), 'Where the page begins: `next` of the page before.'),
      '0',
    ),
    limit: v.optional(described(integerText(1, TASKS_A_PAGE), 'How many a page has.'), String(TASKS_A_PAGE)),
    order: v.optional(
      described(
        v.string(),
        'A field or parameter of the search to order by, as `duration`; `-duration`: largest first.',
      ),
    ),
    offset: v.optional(described(integerText(0, Number.MAX_SAFE_INTEGER), 'How many of the list are before the page.')),
    as_of: v.optional(
      described(
        integerText(0, Number.MAX_SAFE_INTEGER),
        'Goes on in the list that had this `as_of`, while it is kept.',
      ),
    ),
    brief: v.optional(described(choiceText(['yes', 'no']), 'Whether to leave out long lists within results.'), 'no'),
  }),
  answers: { 200: json('A page.', TaskListSchema) },
  problems: ['unknown_run', 'storage_failed'],
});

export const countTasks = defineOperation({
  ...{ id: 'countTasks', method: 'get', path: '/tasks/count', tag: TASKS },
  summary: 'How many tasks a search finds',
  query: v.object(SELECTION),
  answers: { 200: json('Exactly so many.', TaskCountSchema) },
  problems: ['unknown_run', 'storage_failed'],
});

export const downloadTasks = defineOperation({
  ...{ id: 'downloadTasks', method: 'get', path: '/tasks.csv', tag: TASKS },
  summary: 'Tasks that a search finds, for a spreadsheet',
  description:
    'A row each, with a column for every parameter and every single value of the results. The tasks are read twice: the columns are those of the first time.',
  query: v.object(SELECTION),
  answers: { 200: text('CSV with a line of names.', 'text/csv') },
  problems: ['unknown_run', 'storage_failed'],
});

const IN_PIECES =
  'Tasks named in the body, or all that a search finds. Done piece by piece: what was done when the answer breaks off stays done.';

export const taskOperations: readonly Operation[] = [
  listTasks,
  countTasks,
  downloadTasks,
  defineOperation({
    ...{ id: 'cancelTasks', method: 'post', path: '/tasks/cancel', tag: TASKS },
    summary: 'Cancels many tasks',
    description: `${IN_PIECES} Those that have ended are passed over.`,
    body: { description: 'Which tasks.', contents: { 'application/json': { schema: CancelRequestSchema } } },
    answers: { 200: json('So many were cancelled.', ManyCancelledSchema) },
    problems: ['invalid_query', 'more_than_confirmed', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'retryTasks', method: 'post', path: '/tasks/retry', tag: TASKS },
    summary: 'Queues many failed or cancelled tasks again',
    description: `${IN_PIECES} Those that did not fail and were not cancelled are passed over.`,
    body: { description: 'Which tasks.', contents: { 'application/json': { schema: RetryRequestSchema } } },
    answers: { 202: json('So many are queued again.', ManyRetriedSchema) },
    problems: ['invalid_query', 'more_than_confirmed', 'storage_failed'],
  }),
];
