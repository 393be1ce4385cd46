import * as v from 'valibot';
import { described } from './described.ts';

/**
 * Every failure that can leave a process, by its stable code: the HTTP status it is answered with, and its title.
 * Users' mistakes come first, the system's troubles after them.
 */
export const PROBLEMS = {
  invalid_body: [400, 'The request body cannot be read'],
  invalid_yaml: [400, 'The YAML does not parse'],
  invalid_query: [400, 'A query parameter is wrong'],
  invalid_task: [422, 'A task is not well formed'],
  invalid_parameter: [422, 'A parameter is wrong'],
  unknown_parameter: [422, 'A parameter is unknown'],
  repeated_parameter: [422, 'A parameter is given twice'],
  unknown_function: [422, 'No such function'],
  duplicate_task_id: [422, 'Two tasks share an id'],
  no_tasks: [422, 'There are no tasks'],
  too_many_tasks: [413, 'There are too many tasks'],
  body_too_large: [413, 'The request body is too large'],
  memory_exceeded: [422, 'The parameters need too much memory'],
  missing_blob: [422, 'A blob was not uploaded'],
  deadline_unreachable: [422, 'The deadline is out of reach'],
  task_file_not_found: [404, 'The task file is not there'],
  unknown_run: [404, 'No such run'],
  unknown_task: [404, 'No such task'],
  unknown_worker: [404, 'No such worker'],
  unknown_blob: [404, 'No such blob'],
  unknown_artifact: [404, 'No such artifact'],
  unknown_invocation: [404, 'No such invocation'],
  not_found: [404, 'No such page'],
  invocation_exists: [409, 'The invocation is already here'],
  worker_id_taken: [409, 'The worker id is taken'],
  already_ended: [409, 'It has already ended'],
  more_than_confirmed: [409, 'More tasks match than was confirmed'],
  foreign_protocol: [409, 'The protocol version differs'],
  idempotency_in_progress: [409, 'The first request with this key is still in progress'],
  idempotency_mismatch: [422, 'The key was used with another body'],
  unauthorized: [401, 'A token is required'],
  too_many_guesses: [429, 'There were too many wrong tokens'],
  foreign_host: [403, 'The Host header is not one of ours'],
  foreign_origin: [403, 'The page that sent this is not ours'],
  malformed_request: [400, 'The request is not one that is answered here'],
  tls_required: [400, 'This port speaks TLS'],

  function_error: [500, 'The function failed'],
  timeout: [504, 'The deadline passed'],
  cancelled: [409, 'It was cancelled'],
  released: [503, 'The worker handed the task back'],
  worker_lost: [503, 'The worker was lost'],
  unavailable: [503, 'The worker cannot be reached'],
  overload: [503, 'It is full'],
  draining: [503, 'It takes no more work'],
  storage_failed: [503, 'The ledger cannot be written'],
  internal: [500, 'Something went wrong inside'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault among several: which task, where in it, and what to do. */
export const FaultSchema = v.object({
  code: v.string(),
  detail: v.string(),
  pointer: v.optional(described(v.string(), 'JSON pointer into the body (or task) that was sent.')),
  task_id: v.optional(v.string()),
});
export type Fault = v.InferOutput<typeof FaultSchema>;

/** RFC 9457 problem details, as `application/problem+json`. */
export const ProblemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.string(),
  pointer: v.optional(v.string()),
  /** Where in a text that was given: from this character up to before that one, counted from 0. */
  position: v.optional(v.object({ start: v.number(), end: v.number() })),
  task_id: v.optional(v.string()),
  errors: v.optional(v.array(FaultSchema)),
});
export type ProblemDocument = v.InferOutput<typeof ProblemSchema>;

/** A failure that its receiver is meant to read: a code of the list above, and what to do about it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly pointer: string | undefined;
  readonly position: ProblemDocument['position'];
  readonly taskId: string | undefined;
  readonly faults: readonly Fault[];

  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      pointer?: string;
      position?: { start: number; end: number };
      taskId?: string;
      faults?: readonly Fault[];
      cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.pointer = more.pointer;
    this.position = more.position;
    this.taskId = more.taskId;
    this.faults = more.faults ?? [];
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }

  /** One problem out of the faults that a check found: the first speaks, and `errors` lists them all. */
  static fromFaults(faults: readonly Fault[]): Problem {
    const [first] = faults;
    if (!first) throw new RangeError('a problem needs at least one fault');
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    return new Problem(first.code as ProblemCode, first.detail + more, {
      ...(first.pointer !== undefined && { pointer: first.pointer }),
      ...(first.task_id !== undefined && { taskId: first.task_id }),
      faults,
    });
  }

  toJSON(): ProblemDocument {
    const [status, title] = PROBLEMS[this.code];
    return {
      type: `urn:motes:problem:${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      ...(this.pointer !== undefined && { pointer: this.pointer }),
      ...(this.position !== undefined && { position: this.position }),
      ...(this.taskId !== undefined && { task_id: this.taskId }),
      ...(this.faults.length > 0 && { errors: [...this.faults] }),
    };
  }
}

/** Any thrown value as a problem: a `Problem` as it is, anything else as `code`. */
export function asProblem(thrown: unknown, code: ProblemCode = 'internal'): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(code, detail, { cause: thrown });
}

/** A problem that came over the wire, as an error again; an unknown code becomes `internal`. */
export function problemFromDocument(document: ProblemDocument): Problem {
  const code = document.code in PROBLEMS ? (document.code as ProblemCode) : 'internal';
  return new Problem(code, document.detail, {
    ...(document.pointer !== undefined && { pointer: document.pointer }),
    ...(document.position !== undefined && { position: document.position }),
    ...(document.task_id !== undefined && { taskId: document.task_id }),
    ...(document.errors && { faults: document.errors }),
  });
}
