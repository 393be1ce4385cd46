/** What `POST /validate` answers: what a submission would be, before it is sent. */
import * as v from 'valibot';
import { described } from './described.ts';

export const TaskEstimateSchema = v.object({
  id: v.string(),
  function: described(v.string(), 'The function that would run; its type may be another name of it.'),
  cost: described(v.number(), "In the function's own unit."),
  memory_bytes: v.number(),
  seconds: described(v.number(), 'Expected seconds on a worker of average speed.'),
  is_learned: described(
    v.boolean(),
    'False where the function has never finished here: then it is no more than a guess.',
  ),
  is_late: described(v.boolean(), 'Expected to take longer than its `timeout_ms`.'),
});
export type TaskEstimate = v.InferOutput<typeof TaskEstimateSchema>;

export const ValidationSchema = v.object({
  tasks_total: v.number(),
  seconds: described(v.number(), 'Of computing, all tasks together.'),
  end_seconds: described(
    v.nullable(v.number()),
    'Until all would have ended, were nothing else queued; null while no worker could take them.',
  ),
  memory_bytes: described(v.number(), 'What the largest task may hold.'),
  slots: described(v.number(), 'Slots of the workers that could take them now.'),
  is_learned: described(v.boolean(), 'False where some function has never finished here.'),
  late: described(v.number(), 'How many tasks are expected to take longer than their `timeout_ms`.'),
  tasks: described(v.array(TaskEstimateSchema), 'The first hundred.'),
});
export type Validation = v.InferOutput<typeof ValidationSchema>;
