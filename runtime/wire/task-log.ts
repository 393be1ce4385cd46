/** `GET /tasks/{run}/{task}/log`: what a task's function said, and what happened to the task. */
import * as v from 'valibot';
import { described } from './described.ts';
import { ATTEMPT_STATUSES } from './task.ts';

export const LOG_LINE_LEVELS = ['info', 'warn'] as const;
export type LogLineLevel = (typeof LOG_LINE_LEVELS)[number];

export const LOG_LIMITS = {
  /** The newest lines of a task that are kept. */
  lines: 200,
  /** Characters of a line; what is longer is cut off. */
  characters: 2_000,
} as const;

/** One line of a function's log. */
export const logLineFields = {
  line: described(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 'Counts from 1 within its attempt.'),
  at: described(v.pipe(v.number(), v.safeInteger()), "Milliseconds since 1970, by the worker's clock."),
  level: v.picklist(LOG_LINE_LEVELS),
  message: v.string(),
};

const happened = { at: v.number(), attempt: v.number() };

/** `at` is milliseconds since 1970. */
export const LogEntrySchema = v.variant('kind', [
  v.object({ kind: v.literal('submitted'), at: v.number() }),
  v.object({
    kind: v.literal('started'),
    ...happened,
    worker_id: v.string(),
    is_copy: v.optional(described(v.literal(true), 'Beside an attempt that takes too long.')),
    is_resumed: v.optional(described(v.literal(true), 'From the last checkpoint.')),
  }),
  /** What the function said. A worker's clock may be wrong: the time lies within the attempt all the same. */
  v.object({ kind: v.literal('line'), ...happened, ...logLineFields }),
  /** The newest state that is kept of an attempt, and how many there were. */
  v.object({ kind: v.literal('checkpoint'), ...happened, count: v.number() }),
  v.object({
    kind: v.literal('ended'),
    ...happened,
    worker_id: v.string(),
    status: v.picklist(ATTEMPT_STATUSES),
    detail: v.optional(described(v.string(), 'Why, in words; absent where it succeeded.')),
    is_divergent: v.optional(described(v.literal(true), 'Its result came late and differs from the recorded one.')),
  }),
  /** While it was in the queue. */
  v.object({ kind: v.literal('cancelled'), at: v.number() }),
]);
export type LogEntry = v.InferOutput<typeof LogEntrySchema>;

/** In the order of time; of a function's lines the newest 200. */
export const TaskLogSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  is_complete: described(v.boolean(), 'False while more may come.'),
  entries: v.array(LogEntrySchema),
});
export type TaskLog = v.InferOutput<typeof TaskLogSchema>;
