/** What `GET /runs/{id}/summary` and `GET /runs/{id}/grid` answer: a run at a glance, however many tasks it has. */
import * as v from 'valibot';
import { described } from './described.ts';
import { RunSchema } from './task.ts';

export const ScalarSchema = v.union([v.number(), v.string(), v.boolean()]);
export type Scalar = v.InferOutput<typeof ScalarSchema>;

/** A parameter that is not the same for all tasks. */
export const VaryingParameterSchema = v.object({
  name: v.string(),
  values: described(v.nullable(v.array(ScalarSchema)), 'In order; null where there are more than 200.'),
  is_numeric: v.boolean(),
  least: described(v.nullable(v.number()), 'Of the numeric values.'),
  most: v.nullable(v.number()),
});
export type VaryingParameter = v.InferOutput<typeof VaryingParameterSchema>;

export const NumericFieldSchema = v.object({
  name: described(v.string(), '`result.…`, `measured.…`, or `duration` in seconds.'),
  tasks: described(v.number(), 'How many have it.'),
  least: v.number(),
  most: v.number(),
  mean: v.number(),
});
export type NumericField = v.InferOutput<typeof NumericFieldSchema>;

/** Tasks that failed alike: the same code, and the same words but for numbers. */
export const FailureGroupSchema = v.object({
  code: v.string(),
  cause: described(v.string(), 'The message, with # for every number.'),
  tasks: v.number(),
  examples: described(v.array(v.string()), 'Ids of the first of them, five at most.'),
  workers: described(v.array(v.string()), 'Where they failed, twenty at most.'),
});
export type FailureGroup = v.InferOutput<typeof FailureGroupSchema>;

export const RunWorkerSchema = v.object({
  id: v.string(),
  succeeded: v.number(),
  failed: v.number(),
  seconds: described(
    v.number(),
    'Of its recorded attempts, together: what computing took; of those that did not succeed, from start to end.',
  ),
});
export type RunWorker = v.InferOutput<typeof RunWorkerSchema>;

export const RunFunctionSchema = v.object({
  name: v.string(),
  tasks: v.number(),
  versions: described(v.array(v.string()), 'Those that gave the results; equal versions give equal bits.'),
});
export type RunFunction = v.InferOutput<typeof RunFunctionSchema>;

export const RunSummarySchema = v.object({
  run: RunSchema,
  is_current: described(v.boolean(), 'False where something has changed since the rest was summed up.'),
  first_start: described(v.nullable(v.number()), 'Of a recorded attempt, in milliseconds since 1970.'),
  last_end: v.nullable(v.number()),
  seconds: described(
    v.number(),
    'Of all recorded attempts, together: what computing took; of those that did not succeed, from start to end.',
  ),
  retried: described(v.number(), 'Tasks with more than one attempt.'),
  suspects: described(v.number(), 'Results with a failed check.'),
  divergences: described(v.number(), 'Tasks of which a late result had other bits.'),
  functions: v.array(RunFunctionSchema),
  workers: described(v.array(RunWorkerSchema), 'A thousand at most.'),
  parameters: described(v.array(VaryingParameterSchema), 'Those that are not the same for all.'),
  fields: described(v.array(NumericFieldSchema), 'What can be shown in a grid; 200 at most.'),
  failures: described(v.array(FailureGroupSchema), 'The most frequent first; a hundred at most.'),
  failures_left_out: described(v.number(), 'Failed tasks of further groups.'),
});
export type RunSummary = v.InferOutput<typeof RunSummarySchema>;

/** The values of a parameter along one side of a grid: each by itself, or ranges of equal width where they are too many. */
export const AxisSchema = v.object({
  name: v.string(),
  values: v.nullable(v.array(ScalarSchema)),
  ranges: described(
    v.nullable(v.array(v.object({ from: v.number(), to: v.number() }))),
    'From the first up to the second, which only the last range includes.',
  ),
});
export type Axis = v.InferOutput<typeof AxisSchema>;

export const CellSchema = v.object({
  x: described(v.number(), 'The place on the axis, from 0.'),
  y: described(v.number(), '0 without a second axis.'),
  tasks: v.number(),
  mean: v.number(),
  least: v.number(),
  most: v.number(),
});
export type Cell = v.InferOutput<typeof CellSchema>;

export const GridSchema = v.object({
  run_id: v.string(),
  is_current: v.boolean(),
  x: AxisSchema,
  y: v.nullable(AxisSchema),
  field: v.string(),
  cells: described(v.array(CellSchema), 'Those with tasks, row by row.'),
  without: described(v.number(), 'Tasks that have no such value, or none on an axis.'),
});
export type Grid = v.InferOutput<typeof GridSchema>;
