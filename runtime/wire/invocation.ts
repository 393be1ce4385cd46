/** What crosses between an orchestrator (or curl) and a worker. */
import * as v from 'valibot';
import { isArtifactName } from './artifact-name.ts';
import { CheckpointStateSchema } from './blob.ts';
import { described } from './described.ts';
import { ProblemSchema } from './problem.ts';
import { logLineFields } from './task-log.ts';

/** Raised when a worker and an orchestrator of different versions could misunderstand each other. */
export const PROTOCOL_VERSION = 1;

/** What an invocation may hold where nobody said otherwise: 1 GiB. */
export const DEFAULT_SLOT_MEMORY_BYTES = 1024 ** 3;

/** Names one attempt of one ledger. */
export const AttemptKeySchema = v.object({
  ledger_id: v.pipe(v.string(), v.regex(/^[^\n]+$/)),
  run_id: v.pipe(v.string(), v.regex(/^[^\n]+$/)),
  task_id: v.pipe(v.string(), v.minLength(1)),
  attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type AttemptKey = v.InferOutput<typeof AttemptKeySchema>;

/** The key as one string, for maps: different keys give different strings, as only the task id may hold a newline. */
export function attemptKeyString(key: AttemptKey): string {
  return `${key.ledger_id}\n${key.run_id}\n${key.attempt}\n${key.task_id}`;
}

/**
 * The body of `POST /invoke`, or one line of it when it is NDJSON. With a `ledger_id` it is an attempt of that
 * ledger's task and its outcome waits in the outbox until acknowledged; without, it is somebody's single call.
 */
export const InvokeRequestSchema = v.object({
  type: v.string('must be the name of a function'),
  parameters: v.nullish(v.record(v.string(), v.unknown(), 'must be a mapping of names to values'), {}),
  ...v.partial(AttemptKeySchema).entries,
  timeout_ms: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** A checkpoint to continue from; one that is a blob must have been sent before. */
  resume_from: v.nullish(CheckpointStateSchema),
});
export type InvokeRequest = v.InferOutput<typeof InvokeRequestSchema>;

/** An invocation that belongs to a ledger's task: what the orchestrator sends. */
export type AttemptRequest = InvokeRequest & AttemptKey;

/** `elapsed_ms`, `<amount>_per_second` and `function_version`: what depends on machine and build. */
export const MeasuredSchema = v.record(v.string(), v.unknown());
export type Measured = v.InferOutput<typeof MeasuredSchema>;

/** The answer to a single JSON `POST /invoke`. */
export const InvokeResponseSchema = v.object({ result: v.record(v.string(), v.unknown()), measured: MeasuredSchema });
export type InvokeResponse = v.InferOutput<typeof InvokeResponseSchema>;

/** The ways in which an invocation can end without a result, as the attempt statuses of the ledger name them. */
export const FAILED_AS = ['failed', 'timed_out', 'cancelled', 'released'] as const;
export type FailedAs = (typeof FAILED_AS)[number];

const ArtifactNameSchema = v.pipe(v.string(), v.check(isArtifactName, 'is no name of an artifact'));
const ByteCountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ArtifactLengthsSchema = v.record(ArtifactNameSchema, ByteCountSchema);
/** Bytes of artifacts, by name. */
export type ArtifactLengths = v.InferOutput<typeof ArtifactLengthsSchema>;

const eventBase = { ...v.partial(AttemptKeySchema).entries, seq: v.pipe(v.number(), v.integer(), v.minValue(1)) };

/** One line of the event stream. Exactly one `succeeded` or `failed` ends an invocation. */
export const InvocationEventSchema = v.variant('event', [
  v.object({ event: v.literal('started'), ...eventBase }),
  v.object({ event: v.literal('heartbeat'), ...eventBase }),
  v.object({
    event: v.literal('progress'),
    ...eventBase,
    done: v.number(),
    total: v.number(),
    observables: v.optional(v.record(v.string(), v.number())),
  }),
  /**
   * A large state is a blob: it is to be fetched before the next is taken. `artifacts`: how long each was when the
   * state was taken.
   */
  v.object({
    event: v.literal('checkpoint'),
    ...eventBase,
    state: CheckpointStateSchema,
    artifacts: v.optional(ArtifactLengthsSchema),
  }),
  /** An artifact has so many bytes by now: they are there to be fetched. */
  v.object({ event: v.literal('artifact'), ...eventBase, name: ArtifactNameSchema, bytes: ByteCountSchema }),
  /** What the function said. Whoever joins later, or fetches the outcome, gets the newest lines again. */
  v.object({ event: v.literal('log'), ...eventBase, ...logLineFields }),
  /** `artifacts`: how long each is in the end. */
  v.object({
    event: v.literal('succeeded'),
    ...eventBase,
    ...InvokeResponseSchema.entries,
    artifacts: v.optional(ArtifactLengthsSchema),
  }),
  v.object({ event: v.literal('failed'), ...eventBase, status: v.picklist(FAILED_AS), error: ProblemSchema }),
]);
export type InvocationEvent = v.InferOutput<typeof InvocationEventSchema>;
export type TerminalEvent = Extract<InvocationEvent, { event: 'succeeded' | 'failed' }>;

/** An event without the fields that the host of the invocation adds to each. */
export type BareEvent = InvocationEvent extends infer E
  ? E extends InvocationEvent
    ? Omit<E, keyof AttemptKey | 'seq'>
    : never
  : never;

/** True for the events that end an invocation. */
export function isTerminal(event: { event: string }): event is TerminalEvent {
  return event.event === 'succeeded' || event.event === 'failed';
}

/** `GET /ping`: the original's fields first. `timestamp` is local time without a zone, as the original wrote it. */
export const PingSchema = v.object({
  status: v.literal('online'),
  worker_id: v.string(),
  timestamp: v.string(),
  /** `RUN/ID` of the oldest invocation that runs (its type where it has no id); null when idle. */
  current_task: v.nullable(v.string()),
  current_tasks: v.array(v.string()),
  instance: v.string(),
  protocol: v.number(),
  /** Of motes; absent before 0.2. */
  version: v.optional(v.string()),
  slots: v.number(),
  slot_memory_bytes: v.number(),
  /** Invocations that wait for a slot. */
  waiting: v.number(),
  draining: v.boolean(),
  /** Why it must get no work; absent, or null, where nothing is wrong. */
  fault: v.optional(v.nullable(v.string())),
  /** Function names to versions, internal functions too. */
  functions: v.record(v.string(), v.string()),
});
export type Ping = v.InferOutput<typeof PingSchema>;

/** A function as a worker or orchestrator lists it. */
export const FunctionListingSchema = v.object({
  name: v.string(),
  also_named: v.array(v.string()),
  title: v.string(),
  description: v.string(),
  version: described(v.string(), "A digest of the function's sources and kernel; equal versions give equal bits."),
  cost_unit: v.string(),
  parameters: described(v.record(v.string(), v.unknown()), 'A JSON Schema.'),
  result: described(v.record(v.string(), v.unknown()), 'A JSON Schema.'),
  parameter_spellings: described(
    v.record(v.string(), v.string()),
    "Other spellings of parameters, to the parameter's name.",
  ),
});
export type FunctionListing = v.InferOutput<typeof FunctionListingSchema>;

/** `GET /outbox?ledger_id=…`: what runs, and the outcomes that nobody has acknowledged. */
export const OutboxSchema = v.object({
  instance: v.string(),
  running: v.array(AttemptKeySchema),
  finished: v.array(InvocationEventSchema),
});
export type Outbox = v.InferOutput<typeof OutboxSchema>;

/** `POST /outbox/ack`: outcomes that are recorded and may be forgotten. */
export const AcknowledgementSchema = v.object({ attempts: v.array(AttemptKeySchema) });

/** `POST /execute`, the original's way to run one task. Times are local, without a zone. */
export const ExecuteResponseSchema = v.object({
  task_id: v.string(),
  worker_id: v.string(),
  start_time: v.string(),
  end_time: v.string(),
  /** Seconds. */
  duration: v.number(),
  result: v.record(v.string(), v.unknown()),
});
export type ExecuteResponse = v.InferOutput<typeof ExecuteResponseSchema>;
