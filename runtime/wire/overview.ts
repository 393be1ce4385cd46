/** What `GET /overview` answers, and the event `overview` repeats: everything at a glance. */
import * as v from 'valibot';
import { described } from './described.ts';
import { WORKER_CONDITIONS, WORKER_STATUSES } from './orchestrator-api.ts';
import { RunSchema, TaskCountsSchema } from './task.ts';

/** A worker at a glance. */
export const WorkerGlanceSchema = v.object({
  id: v.string(),
  status: v.picklist(WORKER_STATUSES),
  condition: v.picklist(WORKER_CONDITIONS),
  fault: described(v.nullable(v.string()), 'What a faulty worker says of itself.'),
  slots: v.number(),
  running: described(v.number(), 'Attempts that compute.'),
  waiting: described(v.number(), 'Attempts that wait there for a slot.'),
  speed: described(
    v.nullable(v.number()),
    'Against the average of the fleet: 2 is twice as fast; null before anything is known.',
  ),
  last_seen: described(v.nullable(v.number()), 'Milliseconds since 1970 of its last answer; null before the first.'),
});
export type WorkerGlance = v.InferOutput<typeof WorkerGlanceSchema>;

export const OverviewSchema = v.object({
  at: described(v.number(), 'Milliseconds since 1970.'),
  version: v.string(),
  last_event: described(v.number(), 'Where `GET /events?after=` goes on.'),
  /** Tasks of the ledger, by status. */
  tasks: TaskCountsSchema,
  rate: described(v.nullable(v.number()), 'Tasks that ended, a second, lately; null before enough was seen.'),
  eta: described(
    v.nullable(v.object({ least: v.number(), most: v.number() })),
    'Seconds until all has ended, at the best and at the worst; null where nothing can be said, or nothing is left.',
  ),
  workers: v.array(WorkerGlanceSchema),
  active_runs: described(v.array(RunSchema), 'Those that have not ended, newest first, twenty at most.'),
  divergences: described(
    v.number(),
    'Results whose bits differ from the recorded ones, since the orchestrator started.',
  ),
  suspects: described(v.number(), 'Results with a failed check, since the orchestrator started.'),
});
export type Overview = v.InferOutput<typeof OverviewSchema>;
