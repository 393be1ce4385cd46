/** The past of the fleet, to be drawn. */
import * as v from 'valibot';
import { defineOperation, json, type Operation } from '../../../http/openapi/operation.ts';
import { integerText } from '../../../http/query.ts';
import { described } from '../../../wire/described.ts';
import { TIMELINE_LIMITS, TimelineSchema } from '../../../wire/timeline.ts';
import { RUN_PARAM } from './common.ts';

const time = () => integerText(0, Number.MAX_SAFE_INTEGER);

export const getTimeline = defineOperation({
  ...{ id: 'getTimeline', method: 'get', path: '/timeline', tag: 'Events' },
  summary: 'Which attempts ran where and when',
  description:
    'The attempts that overlap a span, one by one, or how dense they are where there are more than `limit`. The newest quarter of a million is held; `missing_before` says from when on nothing is missing.',
  query: v.object({
    from: v.optional(described(time(), 'Milliseconds since 1970; without it, from the first attempt.')),
    to: v.optional(described(time(), 'Milliseconds since 1970; without it, to now.')),
    run_id: v.optional(described(RUN_PARAM, 'Only attempts of this run.')),
    limit: v.optional(
      described(integerText(1, TIMELINE_LIMITS.attempts), 'So many attempts are told one by one.'),
      String(TIMELINE_LIMITS.usualAttempts),
    ),
    buckets: v.optional(
      described(
        integerText(1, TIMELINE_LIMITS.buckets),
        'Into so many pieces of time a density is divided; fewer where there are many workers.',
      ),
      String(TIMELINE_LIMITS.usualBuckets),
    ),
  }),
  answers: { 200: json('The attempts, or their density.', TimelineSchema) },
  problems: ['unknown_run', 'storage_failed'],
});

export const timelineOperations: readonly Operation[] = [getTimeline];
