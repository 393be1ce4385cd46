/** What `GET /overview` answers, and the event `overview` repeats: everything at a glance. */
import * as v from 'valibot';
import { WORKER_CONDITIONS, WORKER_STATUSES } from './orchestrator-api.ts';
import { RunSchema, TaskCountsSchema } from './task.ts';

/** A worker at a glance. */
export const WorkerGlanceSchema = v.object({
  id: v.string(),
  status: v.picklist(WORKER_STATUSES),
  condition: v.picklist(WORKER_CONDITIONS),
  /** What a faulty worker says of itself. */
  fault: v.nullable(v.string()),
  slots: v.number(),
  /** Attempts that compute, and those that wait there for a slot. */
  running: v.number(),
  waiting: v.number(),
  /** Against the average of the fleet: 2 is twice as fast; null before anything is known. */
  speed: v.nullable(v.number()),
  /** Milliseconds since 1970 of its last answer; null before the first. */
  last_seen: v.nullable(v.number()),
});
export type WorkerGlance = v.InferOutput<typeof WorkerGlanceSchema>;

export const OverviewSchema = v.object({
  /** Milliseconds since 1970. */
  at: v.number(),
  version: v.string(),
  /** Where `GET /events?after=` goes on. */
  last_event: v.number(),
  /** Tasks of the ledger, by status. */
  tasks: TaskCountsSchema,
  /** Tasks that ended, a second, lately; null before enough was seen. */
  rate: v.nullable(v.number()),
  /** Seconds until all has ended, at the best and at the worst; null where nothing can be said, or nothing is left. */
  eta: v.nullable(v.object({ least: v.number(), most: v.number() })),
  workers: v.array(WorkerGlanceSchema),
  /** Those that have not ended, newest first, twenty at most. */
  active_runs: v.array(RunSchema),
  /** Results whose bits differ from the recorded ones, and results with a failed check, since the orchestrator started. */
  divergences: v.number(),
  suspects: v.number(),
});
export type Overview = v.InferOutput<typeof OverviewSchema>;
