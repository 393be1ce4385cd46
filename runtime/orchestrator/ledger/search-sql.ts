/** From a filter to SQL: the text has names of our own only, everything that a user wrote is bound. */
import type { SQLInputValue } from 'node:sqlite';
import type { Alternative, FieldName } from '../../search/query.ts';
import { TASK_STATUSES } from '../../wire/task.ts';
import { FAILED_CHECK } from './ledger-rows.ts';

/** What a term speaks of, as the ledger keeps it. */
export type FilterSubject =
  | { readonly kind: 'field'; readonly name: FieldName }
  | {
      readonly kind: 'json';
      readonly column: 'parameters' | 'result';
      /** One for each spelling; the first that is there counts. */
      readonly paths: readonly (readonly string[])[];
      /** What holds where none was given, by function. */
      readonly defaults: readonly (readonly [functionName: string, value: string | number])[];
    };

/** A search with its parameters' spellings and defaults, and its functions by their own names. */
export interface Filter {
  readonly terms: readonly {
    readonly isNegated: boolean;
    readonly subject: FilterSubject;
    readonly anyOf: readonly Alternative[];
  }[];
}

/** A piece of SQL and the values of its question marks. */
export interface Clause {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const HAS_FAILED = `tasks.status IN ('failed', 'cancelled')`;

/** Those whose value is one expression. */
const COLUMNS: Readonly<Record<Exclude<FieldName, 'during'>, string>> = {
  id: 'tasks.id',
  run: '(SELECT id FROM runs WHERE key = tasks.run)',
  type: 'tasks.type',
  status: 'tasks.status',
  worker: 'tasks.worker_id',
  priority: 'tasks.priority',
  attempts: 'tasks.attempts',
  duration: '(tasks.ended_at - tasks.started_at) / 1000.0',
  error: `CASE WHEN ${HAS_FAILED} THEN json_extract(tasks.error, '$.code') END`,
  suspect: `(tasks.result IS NOT NULL AND instr(tasks.result, '${FAILED_CHECK}') > 0)`,
};

/** True of the tasks that a filter lets through. */
export function whereOf({ terms }: Filter): Clause {
  if (terms.length === 0) return { sql: 'TRUE', values: [] };
  const clauses = terms.map(({ isNegated, subject, anyOf }) => {
    const any = joined(' OR ', [...together(subject, anyOf)]);
    // What is not known of a task is not so.
    return { sql: isNegated ? `(${any.sql}) IS NOT TRUE` : `(${any.sql})`, values: any.values };
  });
  return joined(' AND ', clauses);
}

/** A value to order by; null where a task has none. */
export function sortValueOf(subject: FilterSubject): Clause {
  if (subject.kind === 'field') {
    if (subject.name === 'during') throw new TypeError('a span of time orders nothing');
    return { sql: COLUMNS[subject.name], values: [] };
  }
  const extracts = subject.paths.map((path) => ({
    sql: `json_extract(tasks.${subject.column}, ?)`,
    values: [`$${path.map((part) => `."${part}"`).join('')}`],
  }));
  const cases = joined(
    ' ',
    subject.defaults.map(([name, value]) => ({ sql: 'WHEN ? THEN ?', values: [name, value] })),
  );
  const byDefault = cases.sql === '' ? [] : [{ sql: `CASE tasks.function ${cases.sql} END`, values: cases.values }];
  const all = [...extracts, ...byDefault];
  return all.length === 1 ? all[0]! : wrapped('COALESCE(', joined(', ', all), ')');
}

/** Exact values of a field go into one list, which an index can serve. */
function together(subject: FilterSubject, anyOf: readonly Alternative[]): Clause[] {
  const [exact, others] = [anyOf.filter(isExact), anyOf.filter((one) => !isExact(one))];
  return [...(exact.length > 0 ? [oneOf(subject, exact)] : []), ...others.map((one) => conditionOf(subject, one))];
}

type Exact = Extract<Alternative, { kind: 'is' }>;

function isExact(alternative: Alternative): alternative is Exact {
  return alternative.kind === 'is';
}

function oneOf(subject: FilterSubject, exact: readonly Exact[]): Clause {
  if (subject.kind === 'json') {
    const values = exact.flatMap(({ text, number }) => [bound(text), ...(number === null ? [] : [numeric(number)])]);
    return within(sortValueOf(subject), values);
  }
  const texts = exact.map(({ text }) => bound(text));
  switch (subject.name) {
    case 'run':
      return within({ sql: 'tasks.run', values: [] }, exact.map(runKeyOf));
    case 'type': {
      const list = joined(', ', texts);
      const values = [...list.values, ...list.values];
      return { sql: `tasks.function IN (${list.sql}) OR tasks.type IN (${list.sql})`, values };
    }
    case 'status':
      return { sql: statusIn(exact.map(({ text }) => text)), values: [] };
    case 'priority':
    case 'attempts':
    case 'duration':
    case 'suspect':
      return within(
        sortValueOf(subject),
        exact.map(({ number }) => numeric(number ?? 0)),
      );
    default:
      return within(sortValueOf(subject), texts);
  }
}

function conditionOf(subject: FilterSubject, alternative: Exclude<Alternative, Exact>): Clause {
  if (alternative.kind === 'contains') {
    const { sql, values } = sortValueOf(subject);
    return { sql: `instr(lower(${sql}), ?) > 0`, values: [...values, lowered(alternative.text)] };
  }
  const { least, most, isStrict } = alternative;
  if (subject.kind === 'field' && subject.name === 'during') return hadAttempt(least, most);
  const value = sortValueOf(subject);
  const compare = (operator: string, limit: Clause): Clause =>
    joined(` ${operator} `, [wrapped('(', value, ')'), limit]);
  return joined(' AND ', [
    ...(least === null ? [] : [compare(isStrict ? '>' : '>=', numeric(least))]),
    // To SQLite every text is more than every number.
    most === null ? compare('<', { sql: `''`, values: [] }) : compare(isStrict ? '<' : '<=', numeric(most)),
  ]);
}

/** An attempt that had begun by the end of the span, and had not ended before it. */
function hadAttempt(from: number | null, to: number | null): Clause {
  const sql = `EXISTS (SELECT 1 FROM attempts WHERE attempts.task = tasks.key AND attempts.started_at <= ?
               AND (attempts.ended_at IS NULL OR attempts.ended_at >= ?))`;
  return { sql, values: [to ?? Number.MAX_SAFE_INTEGER, from ?? 0] };
}

function runKeyOf({ text }: Exact): Clause {
  if (text === 'newest') return { sql: '(SELECT key FROM runs ORDER BY key DESC LIMIT 1)', values: [] };
  return { sql: '(SELECT key FROM runs WHERE id = ?)', values: [text] };
}

/**
 * Standing in the text, the failed and the cancelled are found by their indices. The plus keeps SQLite from those of the
 * others, which are in another order: each piece of a search would look at all of them.
 */
function statusIn(texts: readonly string[]): string {
  const known = TASK_STATUSES.filter((status) => texts.includes(status));
  const isIndexed = known.length === 1 && (known[0] === 'failed' || known[0] === 'cancelled');
  return `${isIndexed ? '' : '+'}tasks.status IN (${known.map((status) => `'${status}'`).join(', ')})`;
}

function within(value: Clause, list: readonly Clause[]): Clause {
  const all = joined(', ', list);
  return { sql: `${value.sql} IN (${all.sql})`, values: [...value.values, ...all.values] };
}

function bound(value: SQLInputValue): Clause {
  return { sql: '?', values: [value] };
}

/**
 * SQLite reads the digits itself, as it does those in JSON: its last bit may be another than JavaScript's. The plus keeps
 * it from reading texts as numbers, too.
 */
function numeric(value: number): Clause {
  return { sql: '+CAST(? AS NUMERIC)', values: [String(value)] };
}

/** As SQLite's `lower`: letters of ASCII only. */
function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function wrapped(before: string, { sql, values }: Clause, after: string): Clause {
  return { sql: before + sql + after, values };
}

function joined(separator: string, clauses: readonly Clause[]): Clause {
  return { sql: clauses.map(({ sql }) => sql).join(separator), values: clauses.flatMap(({ values }) => values) };
}
