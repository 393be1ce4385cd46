/** What happens, as it happens. */
import * as v from 'valibot';
import { defineOperation, type Operation } from '../../../http/openapi/operation.ts';
import { choicesText, wholeNumber } from '../../../http/query.ts';
import { described } from '../../../wire/described.ts';
import { EVENT_NAMES, type EventName, PassingEventSchema, RecordedEventSchema } from '../../../wire/events.ts';
import { OverviewSchema } from '../../../wire/overview.ts';
import { RUN_PARAM, TASK_PARAM } from './common.ts';

const LAST_EVENT = 'should be the id of an event';
const [TASKS, RUN, WORKER] = RecordedEventSchema.options;
const [PROGRESS, RESET] = PassingEventSchema.options;
/** What stands in the data of an event; its name stands before it. */
const DATA = {
  tasks: v.omit(TASKS, ['event']),
  run: v.omit(RUN, ['event']),
  worker: v.omit(WORKER, ['event']),
  progress: v.omit(PROGRESS, ['event']),
  overview: OverviewSchema,
  reset: v.omit(RESET, ['event']),
} satisfies Record<EventName, v.GenericSchema>;

/** Where a reader goes on. */
const lastEvent = () => wholeNumber(0, Number.MAX_SAFE_INTEGER, LAST_EVENT);

export const followEvents = defineOperation({
  ...{ id: 'followEvents', method: 'get', path: '/events', tag: 'Events' },
  summary: 'What happens, as server-sent events',
  description:
    'Who comes back with the id of the last event that it has, is told all that came since. Where that is not kept any more, `reset` says to look anew at everything. A reader that takes nothing for a while is cut off, and may come back.',
  query: v.object({
    events: v.optional(
      described(choicesText(EVENT_NAMES), 'Only these, with commas between; without it, all but `overview`.'),
    ),
    run_id: v.optional(described(RUN_PARAM, 'Only what is about this run.')),
    task_id: v.optional(described(TASK_PARAM, 'Only what is about this task of `run_id`.')),
    after: v.optional(described(lastEvent(), 'As Last-Event-ID, for the first time.')),
  }),
  headers: v.object({
    'last-event-id': v.optional(
      described(lastEvent(), 'The id of the last event that was heard; it goes before `after`.'),
    ),
  }),
  answers: {
    200: {
      description:
        'A stream without end: of each event its name, its data as JSON, and its id where it can be told again.',
      contents: {
        'text/event-stream': {
          schema: v.string(),
          items: DATA,
        },
      },
    },
  },
  problems: ['overload', 'storage_failed'],
});

export const eventOperations: readonly Operation[] = [followEvents];
