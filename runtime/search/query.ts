/**
 * What a search means, once its text is read.
 *
 * ```
 *   search  = term*                        all must hold
 *   term    = ['-'] (word | field op some)
 *   op      = ':' | '=' | '!=' | '>' | '>=' | '<' | '<='
 *   some    = one (',' one)*               any of these
 *   one     = value | value '..' value     an end of the span may be left out
 *   value   = "in quotes" | without spaces, commas and quotes
 *   word    = a part of the task's id
 * ```
 */

/** What of a task can be searched by a name of its own, and how its values are read. */
export const FIELDS = {
  id: 'text',
  run: 'text',
  type: 'text',
  status: 'status',
  worker: 'text',
  priority: 'number',
  attempts: 'number',
  /** Seconds. */
  duration: 'number',
  /** The code of the problem with which it failed. */
  error: 'text',
  suspect: 'flag',
  /** When it had an attempt; milliseconds since 1970. */
  during: 'time',
} as const;
export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** What a term speaks of: a field, or a place within the parameters or the result. */
export type Subject =
  | { readonly kind: 'field'; readonly name: FieldName }
  | { readonly kind: 'parameter' | 'result'; readonly path: readonly string[] };

/** One of the things that a term takes. */
export type Alternative =
  /** As it was written, and as a number where it may be one: `true` is 1, `false` is 0. */
  | { readonly kind: 'is'; readonly text: string; readonly number: number | null }
  /** Numbers between two, or beyond one; `isStrict`: the ends do not count. */
  | { readonly kind: 'within'; readonly least: number | null; readonly most: number | null; readonly isStrict: boolean }
  /** Part of it, capital letters or not. */
  | { readonly kind: 'contains'; readonly text: string };

export interface Term {
  readonly isNegated: boolean;
  readonly subject: Subject;
  readonly anyOf: readonly Alternative[];
}

/** Without terms it is true of every task. */
export interface Search {
  readonly terms: readonly Term[];
}

/** By what tasks are ordered; those without a value come last. */
export interface Order {
  readonly subject: Subject;
  readonly isDescending: boolean;
}

export const SEARCH_LIMITS = { characters: 4_000, terms: 64, alternatives: 500 } as const;
