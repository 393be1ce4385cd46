/** What `POST /validate` answers: what a submission would be, before it is sent. */
import * as v from 'valibot';

export const TaskEstimateSchema = v.object({
  id: v.string(),
  /** The function that would run; its type may be another name of it. */
  function: v.string(),
  /** In the function's own unit. */
  cost: v.number(),
  memory_bytes: v.number(),
  /** Expected seconds on a worker of average speed. */
  seconds: v.number(),
  /** False where the function has never finished here: then it is no more than a guess. */
  is_learned: v.boolean(),
  /** Expected to take longer than its `timeout_ms`. */
  is_late: v.boolean(),
});
export type TaskEstimate = v.InferOutput<typeof TaskEstimateSchema>;

export const ValidationSchema = v.object({
  tasks_total: v.number(),
  /** Of computing, all tasks together. */
  seconds: v.number(),
  /** Until all would have ended, were nothing else queued; null while no worker could take them. */
  end_seconds: v.nullable(v.number()),
  /** What the largest task may hold. */
  memory_bytes: v.number(),
  /** Slots of the workers that could take them now. */
  slots: v.number(),
  /** False where some function has never finished here. */
  is_learned: v.boolean(),
  /** How many tasks are expected to take longer than their `timeout_ms`. */
  late: v.number(),
  /** The first hundred. */
  tasks: v.array(TaskEstimateSchema),
});
export type Validation = v.InferOutput<typeof ValidationSchema>;
