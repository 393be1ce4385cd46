import type * as v from 'valibot';
import type { InvocationContext } from './context.ts';

/** A schema of named fields: what a function takes, or what it answers. */
export type FieldsSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>> & {
  readonly entries: Record<string, v.GenericSchema>;
};

/**
 * What can be known of a function without running it. The orchestrator validates, costs and estimates with
 * this alone; what runs stands in the `run.ts` beside it and is imported by workers only.
 */
export interface FunctionDeclaration<
  Parameters extends FieldsSchema = FieldsSchema,
  Result extends FieldsSchema = FieldsSchema,
> {
  /** The `type` of the tasks that it serves. */
  readonly name: string;
  /** Other names that tasks may use for it. */
  readonly alsoNamed: readonly string[];
  readonly title: string;
  readonly description: string;
  /** Bounds and defaults stand in the schema: they make the messages, the OpenAPI document and the forms. */
  readonly parameters: Parameters;
  /** Other spellings of parameters: from the spelling to the parameter's name. */
  readonly parameterSpellings: Readonly<Record<string, string>>;
  readonly result: Result;
  /** What one unit of `cost` is, in the plural: `pair checks`. */
  readonly costUnit: string;
  /** The work that these parameters ask for, in `costUnit`; used to predict durations. */
  cost(parameters: v.InferOutput<Parameters>): number;
  /** Nanoseconds that a unit takes on a fast machine: what is expected, at the least, before the function has ever run. */
  readonly unitNs: number;
  /** The memory that an invocation will hold at most, in bytes. */
  memory(parameters: v.InferOutput<Parameters>): number;
  /** The blobs that these parameters name, by SHA-256: the host has them at hand before the work starts. */
  inputs(parameters: v.InferOutput<Parameters>): readonly string[];
  /** The WASM module in `build/` that the work instantiates, without its ending; null for plain TypeScript. */
  readonly kernel: string | null;
  /** True for functions that tests and benchmarks use and users' listings leave out. */
  readonly internal: boolean;
}

/** What `run` gives back: the result, and how much work it was, from which the host derives speeds. */
export interface Outcome<Result> {
  readonly result: Result;
  /** Amounts of work by name; the host reports `<name>_per_second` of each, beside the result. */
  readonly amounts?: Readonly<Record<string, number>>;
}

/**
 * The work of a function. It is pure: the same parameters give the same bits, so it reads no clock, network or
 * file. It runs on a thread of its own and may hold that thread; it should look at `context.signal` every few
 * tens of milliseconds.
 */
export type Run<Declaration extends FunctionDeclaration = FunctionDeclaration> = (
  parameters: v.InferOutput<Declaration['parameters']>,
  context: InvocationContext,
) => Outcome<v.InferOutput<Declaration['result']>> | Promise<Outcome<v.InferOutput<Declaration['result']>>>;

/** What a small unit takes in a kernel: taken for granted of functions that do not say. */
export const USUAL_UNIT_NS = 5;

/** For functions whose parameters name no blobs. */
export const NO_INPUTS = (): readonly string[] => [];

type Optional = 'alsoNamed' | 'parameterSpellings' | 'inputs' | 'kernel' | 'internal' | 'unitNs';

/** Declares a function, with the rarely used fields defaulted. */
export function defineFunction<Parameters extends FieldsSchema, Result extends FieldsSchema>(
  declaration: Omit<FunctionDeclaration<Parameters, Result>, Optional> &
    Partial<Pick<FunctionDeclaration<Parameters, Result>, Optional>>,
): FunctionDeclaration<Parameters, Result> {
  const usual = { alsoNamed: [], parameterSpellings: {}, inputs: NO_INPUTS, kernel: null, internal: false };
  return { ...usual, unitNs: USUAL_UNIT_NS, ...declaration };
}
