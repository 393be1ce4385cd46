/** What `GET /timeline` answers: which attempts ran where and when. Times are milliseconds since 1970. */
import * as v from 'valibot';
import { described } from './described.ts';
import { ATTEMPT_STATUSES } from './task.ts';

export const TIMELINE_LIMITS = {
  /** Attempts that are told one by one; of more only the density. */
  attempts: 20_000,
  usualAttempts: 10_000,
  /** Pieces of time into which a density divides its span. */
  buckets: 2_048,
  usualBuckets: 512,
} as const;

const numbers = v.array(v.number());

/** Attempts as columns: entry k of each belongs to attempt k. `run`, `worker` and `type` point into the lists of names. */
export const TimelineAttemptsSchema = v.object({
  runs: v.array(v.string()),
  workers: v.array(v.string()),
  types: v.array(v.string()),
  run: numbers,
  id: described(v.array(v.string()), 'Of the task.'),
  attempt: numbers,
  worker: numbers,
  type: numbers,
  status: v.array(v.picklist(ATTEMPT_STATUSES)),
  started: numbers,
  begun: described(
    v.array(v.nullable(v.number())),
    'When its worker began with it: a little after the start where it waited there for a slot; null while it waits.',
  ),
  ended: described(v.array(v.nullable(v.number())), 'Null while it runs.'),
  copies: described(numbers, 'Places of those that started beside an attempt that took too long.'),
  resumed: described(numbers, 'Places of those that went on from a checkpoint.'),
  errors: described(
    v.array(v.tuple([v.number(), v.string()])),
    'Places, with the code of the problem with which they ended.',
  ),
  checkpoints: described(v.array(v.tuple([v.number(), v.number()])), 'Places, with the time of a checkpoint.'),
});
export type TimelineAttempts = v.InferOutput<typeof TimelineAttemptsSchema>;

/** How busy workers were, where there are too many attempts to tell one by one. Entry k is the k-th piece of the span. */
export const TimelineDensitySchema = v.object({
  bucket_ms: v.number(),
  workers: v.array(
    v.object({
      id: v.string(),
      busy: described(numbers, 'Milliseconds that attempts computed, of all slots together.'),
      ended: described(numbers, 'Attempts that ended.'),
      failed: described(numbers, 'Those of them that failed, ran out of time or were lost.'),
    }),
  ),
});
export type TimelineDensity = v.InferOutput<typeof TimelineDensitySchema>;

export const TimelineSchema = v.object({
  at: described(v.number(), 'When this was so.'),
  from: v.number(),
  to: v.number(),
  extent: described(
    v.nullable(v.object({ first: v.number(), last: v.number() })),
    'From the first attempt that is held to the last end, or to now while one runs; null without any.',
  ),
  total: described(v.number(), 'Attempts that overlap the span.'),
  missing_before: described(
    v.nullable(v.number()),
    'Only the newest attempts are held: of those that ended before this some are missing; null where none is.',
  ),
  attempts: described(v.nullable(TimelineAttemptsSchema), 'Null where there are more than `limit`.'),
  density: described(v.nullable(TimelineDensitySchema), 'Null where the attempts are told.'),
});
export type Timeline = v.InferOutput<typeof TimelineSchema>;
