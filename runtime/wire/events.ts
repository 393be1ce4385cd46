/** What `GET /events` tells, as server-sent events: the name of each is its `event:`, the rest is its `data:` as JSON. */
import * as v from 'valibot';
import { described } from './described.ts';
import { WORKER_CONDITIONS, WORKER_STATUSES } from './orchestrator-api.ts';
import { ATTEMPT_STATUSES, RunSchema, TASK_STATUSES } from './task.ts';

export const ATTEMPT_CHANGES = [...ATTEMPT_STATUSES, 'checkpoint', 'retried'] as const;

/** One thing that happened to an attempt, and the status of its task then. */
export const TaskChangeSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  status: v.picklist(TASK_STATUSES),
  attempt: v.number(),
  /**
   * `running`: it started; `checkpoint`: its state is kept; `retried`: somebody queued its task again; the others are how
   * it ended.
   */
  change: v.picklist(ATTEMPT_CHANGES),
  worker_id: v.optional(described(v.string(), 'Where it started.')),
  is_copy: v.optional(described(v.literal(true), 'A second attempt beside one that takes too long.')),
  is_resumed: v.optional(described(v.literal(true), 'It goes on from a checkpoint.')),
  error: v.optional(described(v.string(), 'The code of the problem with which it ended.')),
  is_suspect: v.optional(described(v.literal(true), 'Its result has a failed check.')),
  is_divergent: v.optional(described(v.literal(true), 'Its result came late and differs from the recorded one.')),
});
export type TaskChange = v.InferOutput<typeof TaskChangeSchema>;

export const RUN_CHANGES = ['submitted', 'cancelled', 'retried', 'ended', 'pruned'] as const;
export const WORKER_CHANGES = ['changed', 'quarantined', 'forgotten'] as const;
export type WorkerChange = (typeof WORKER_CHANGES)[number];

const recorded = {
  at: described(v.number(), 'Milliseconds since 1970.'),
};

/** What is recorded, so that it can be told again: these have an `id:`. */
export const RecordedEventSchema = v.variant('event', [
  /** What was recorded together, in its order. */
  v.object({ event: v.literal('tasks'), ...recorded, tasks: v.array(TaskChangeSchema) }),
  /**
   * What happened to a run at once. Its queued tasks are not told of one by one: those that a submission brings, or
   * that are cancelled or queued again with the whole run.
   */
  v.object({ event: v.literal('run'), ...recorded, change: v.picklist(RUN_CHANGES), run: RunSchema }),
  v.object({
    event: v.literal('worker'),
    ...recorded,
    worker_id: v.string(),
    change: v.picklist(WORKER_CHANGES),
    status: v.picklist(WORKER_STATUSES),
    condition: v.picklist(WORKER_CONDITIONS),
    detail: described(v.nullable(v.string()), 'Why, in words; null where there is nothing to say.'),
  }),
]);
export type RecordedEvent = v.InferOutput<typeof RecordedEventSchema>;

/** How far a running attempt is. */
export const ProgressSchema = v.object({
  run_id: v.string(),
  id: v.string(),
  attempt: v.number(),
  done: v.number(),
  total: v.number(),
  observables: v.optional(v.record(v.string(), v.number())),
});
export type Progress = v.InferOutput<typeof ProgressSchema>;

/** What is only of the moment: never told again. */
export const PassingEventSchema = v.variant('event', [
  /** What has gone on since the last of these, four times a second at most. */
  v.object({ event: v.literal('progress'), tasks: v.array(ProgressSchema) }),
  /** What came after the asked `Last-Event-ID` is not kept any more, or never was: look anew at everything. */
  v.object({ event: v.literal('reset') }),
]);
export type PassingEvent = v.InferOutput<typeof PassingEventSchema>;

export const EVENT_NAMES = ['tasks', 'run', 'worker', 'progress', 'overview', 'reset'] as const;
export type EventName = (typeof EVENT_NAMES)[number];
