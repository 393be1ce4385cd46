/** What can be wrong with the text of a search, and how that is said. */

/** The reason, by a name that a page can put into its reader's language, and what it speaks of. */
export interface Fault {
  readonly reason: keyof typeof MESSAGES;
  readonly values: Readonly<Record<string, string | number>>;
  /** Where in the text: from this character up to before that one, counted from 0. */
  readonly start: number;
  readonly end: number;
}

/** Each is a sentence with the values filled in. */
const MESSAGES = {
  too_long: 'a search has at most {most} characters',
  too_many_terms: 'a search has at most {most} terms',
  too_many_values: 'a term has at most {most} values',
  unclosed_quote: 'the quote that begins here does not end - add a "',
  after_quote: 'after the closing quote a space or a comma is expected',
  lone_minus: 'a minus negates what follows it at once: -status:failed',
  spaced_operator: 'a field, its operator and its value are written without spaces: particles>1000',
  missing_value: '{field} needs a value: {expected}',
  unknown_field: 'there is no field and no parameter "{given}" - quotes make it a part of an id',
  similar_field: 'there is no field and no parameter "{given}" - did you mean "{nearest}"?',
  bare_result: 'name a field of the result: result.{nearest}',
  wrong_operator: '{field} takes : and !=, not {given}',
  wrong_value: '{field} should be {expected}, not {given}',
  backwards: 'the span runs backwards: {given}',
  wrong_order: 'tasks are ordered by one field or parameter, as duration, or -duration for the largest first',
} as const;
export type FaultReason = keyof typeof MESSAGES;

/** What a value of each kind looks like. */
export const EXPECTED = {
  text: 'a text',
  status: 'one of queued, running, succeeded, failed, cancelled',
  number: 'a number, or a span as 1..10',
  flag: 'yes or no',
  time: 'a moment or a span of them, in ms since 1970 or as 2026-01-31T12:00:00Z with its zone',
  open: 'a number, a text, or a span as 1..10',
} as const;
export type ValueKind = keyof typeof EXPECTED;

/** The text of a search cannot be read. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fillIn(MESSAGES[fault.reason], fault.values));
    this.fault = fault;
  }
}

/** A text with its values; those that name a kind of value are told in words. */
function fillIn(message: string, values: Fault['values']): string {
  return message.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(values[key]);
    return key === 'expected' ? (EXPECTED[value as ValueKind] ?? value) : value;
  });
}
