/** Tasks as those see them who sum up runs: plain values by name, without what is long. */

import type { Scalar } from '../../wire/run-summary.ts';
import type { TaskStatus } from '../../wire/task.ts';
import { FAILED_CHECK, type SurveyRow } from './ledger-rows.ts';

export interface SurveyedTask {
  readonly id: string;
  readonly function: string;
  readonly status: TaskStatus;
  readonly worker: string | null;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** As they were given: spelled so, and only those. */
  readonly parameters: Readonly<Record<string, Scalar>>;
  /** `result.…` and `measured.…`, as deep as mappings go. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly version: string | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly isSuspect: boolean;
  readonly isDivergent: boolean;
}

/** What is of interest: everything, or some parameters and one number. */
export interface SurveyInterest {
  readonly parameters: readonly string[];
  readonly number: string;
}

/** A result with more is no table of numbers. */
const MOST_NUMBERS = 64;
const MOST_DEPTH = 4;
const MOST_NAME = 120;

/** @param interest null for everything */
export function surveyed(row: SurveyRow, interest: SurveyInterest | null): SurveyedTask {
  const measured = mappingIn(row.measured);
  return {
    ...{ id: row.id, function: row.function, status: row.status, worker: row.worker_id, attempts: row.attempts },
    ...{ startedAt: row.started_at, endedAt: row.ended_at },
    parameters: scalarsOf(mappingIn(row.parameters), interest),
    numbers: numbersOf(row, measured, interest),
    version: typeof measured.function_version === 'string' ? measured.function_version : null,
    error: row.status === 'failed' ? errorIn(row.error) : null,
    isSuspect: row.result?.includes(FAILED_CHECK) ?? false,
    isDivergent: row.is_divergent === 1,
  };
}

function scalarsOf(given: Mapping, interest: SurveyInterest | null): Record<string, Scalar> {
  const wanted = Object.entries(given).filter(
    (entry): entry is [string, Scalar] =>
      ['number', 'string', 'boolean'].includes(typeof entry[1]) && (interest?.parameters.includes(entry[0]) ?? true),
  );
  return Object.fromEntries(wanted);
}

function numbersOf(row: SurveyRow, measured: Mapping, interest: SurveyInterest | null): Record<string, number> {
  const numbers: Record<string, number> = {};
  if (row.status !== 'succeeded') return numbers;
  if (interest) {
    const value = valueAt({ result: mappingIn(row.result), measured }, interest.number);
    return typeof value === 'number' ? { [interest.number]: value } : numbers;
  }
  collect('result', mappingIn(row.result), numbers, MOST_DEPTH);
  collect('measured', measured, numbers, MOST_DEPTH);
  return numbers;
}

function collect(name: string, value: unknown, numbers: Record<string, number>, depth: number): void {
  if (typeof value === 'number') {
    if (Object.keys(numbers).length < MOST_NUMBERS && name.length <= MOST_NAME) numbers[name] = value;
  } else if (isMapping(value) && depth > 0) {
    for (const [key, part] of Object.entries(value)) collect(`${name}.${key}`, part, numbers, depth - 1);
  }
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, key) => (isMapping(part) && Object.hasOwn(part, key) ? part[key] : undefined), value);
}

type Mapping = Readonly<Record<string, unknown>>;

function errorIn(text: string | null): SurveyedTask['error'] {
  const { code, detail } = mappingIn(text);
  return { code: typeof code === 'string' ? code : 'internal', detail: typeof detail === 'string' ? detail : '' };
}

function mappingIn(text: string | null): Mapping {
  const value: unknown = text === null ? null : JSON.parse(text);
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
