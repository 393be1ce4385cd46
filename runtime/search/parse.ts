/** Reads the text of a search; the page, the command line and the orchestrator share it. */
import { closest, distance } from 'fastest-levenshtein';
import { type Fault, type FaultReason, SearchError } from './fault.ts';
import {
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  type Order,
  SEARCH_LIMITS,
  type Search,
  type Subject,
  type Term,
} from './query.ts';
import { type Piece, readAlternative } from './value.ts';

const FIELD = /[A-Za-z_][\w.]*/y;
const OPERATOR = /!=|>=|<=|[:=><]/y;
const BARE_VALUE = /[^\s,"][^\s,]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const SPACE = /\s+/y;
const WORD = /\S+/y;

/**
 * Reads a search.
 * @param parameters the names of all parameters in all spellings; null takes every name for one
 * @throws SearchError saying where and what was expected
 */
export function parseSearch(text: string, parameters: readonly string[] | null): Search {
  return { terms: new Reader(text, parameters).terms() };
}

/**
 * Reads what to order by: a field or parameter, with a minus before it for the largest first.
 * @throws SearchError as `parseSearch`
 */
export function parseOrder(text: string, parameters: readonly string[] | null): Order {
  const isDescending = text.startsWith('-');
  const name = isDescending ? text.slice(1) : text;
  FIELD.lastIndex = 0;
  const fault = { start: isDescending ? 1 : 0, end: text.length };
  if (FIELD.exec(name)?.[0] !== name || name === 'during')
    throw new SearchError({ reason: 'wrong_order', values: {}, ...fault });
  return { subject: subjectOf(name, parameters, fault), isDescending };
}

/** A value as it stands in a search: in quotes where it must be. */
export function quoted(value: string): string {
  return /^[^\s,"\\]+$/.test(value) && !value.includes('..') ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

class Reader {
  readonly #text: string;
  readonly #parameters: readonly string[] | null;
  #at = 0;

  constructor(text: string, parameters: readonly string[] | null) {
    this.#text = text;
    this.#parameters = parameters;
  }

  terms(): Term[] {
    const { characters, terms: most } = SEARCH_LIMITS;
    if (this.#text.length > characters) this.#fail('too_long', { most: characters }, characters);
    const terms: Term[] = [];
    for (;;) {
      this.#take(SPACE);
      if (this.#at === this.#text.length) return terms;
      if (terms.length === most) this.#fail('too_many_terms', { most });
      terms.push(this.#term());
    }
  }

  #term(): Term {
    const start = this.#at;
    const isNegated = this.#text[start] === '-';
    if (isNegated) this.#at += 1;
    if (isNegated && /^(?:\s|$)/.test(this.#text.slice(this.#at, this.#at + 1))) this.#fail('lone_minus', {}, start);
    if (this.#text[this.#at] === '"') return { isNegated, ...this.#idWith(this.#quoted()) };
    if (/[:=<>!]/.test(this.#text[this.#at]!)) this.#fail('spaced_operator', {});
    const nameStart = this.#at;
    const name = this.#take(FIELD);
    const operator = name === null ? null : this.#take(OPERATOR);
    if (name === null || operator === null) {
      this.#at = nameStart;
      return { isNegated, ...this.#idWith(this.#take(WORD)!) };
    }
    const subject = subjectOf(name, this.#parameters, { start: nameStart, end: nameStart + name.length });
    const kind = subject.kind === 'field' ? FIELDS[subject.name] : 'open';
    const isOrdered = kind === 'number' || kind === 'open';
    if (/[<>]/.test(operator) && !isOrdered)
      this.#fail('wrong_operator', { field: name, given: operator }, this.#at - operator.length, this.#at);
    const pieces = this.#pieces({ field: name, expected: kind });
    const anyOf = pieces.map((piece) => readAlternative(piece, { field: name, kind, operator }));
    return { isNegated: isNegated !== (operator === '!='), subject, anyOf };
  }

  #idWith(text: string): Omit<Term, 'isNegated'> {
    return { subject: { kind: 'field', name: 'id' }, anyOf: [{ kind: 'contains', text }] };
  }

  /** The values of a term, separated by commas. */
  #pieces(missing: Fault['values']): Piece[] {
    const pieces: Piece[] = [];
    do {
      if (pieces.length === SEARCH_LIMITS.alternatives) this.#fail('too_many_values', { most: pieces.length });
      pieces.push(this.#piece(missing));
    } while (this.#skip(','));
    return pieces;
  }

  #piece(missing: Fault['values']): Piece {
    const start = this.#at;
    if (this.#text[start] === '"') {
      const text = this.#quoted();
      return { text, isQuoted: true, start, end: this.#at };
    }
    const text = this.#take(BARE_VALUE);
    if (text === null) this.#fail('missing_value', missing, start, start);
    return { text, isQuoted: false, start, end: this.#at };
  }

  #quoted(): string {
    const start = this.#at;
    const whole = this.#take(QUOTED);
    if (whole === null) this.#fail('unclosed_quote', {}, start);
    if (!/^(?:[\s,]|$)/.test(this.#text.slice(this.#at, this.#at + 1))) this.#fail('after_quote', {});
    return whole.slice(1, -1).replace(/\\(.)/gs, '$1');
  }

  #skip(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  /** Without an end: up to the next space. */
  #fail(reason: FaultReason, values: Fault['values'], start = this.#at, end?: number): never {
    const rest = this.#text.slice(start).search(/\s/);
    const upTo = end ?? (rest < 0 ? this.#text.length : start + Math.max(1, rest));
    throw new SearchError({ reason, values, start, end: upTo });
  }
}

function subjectOf(name: string, parameters: readonly string[] | null, where: Pick<Fault, 'start' | 'end'>): Subject {
  if (Object.hasOwn(FIELDS, name)) return { kind: 'field', name: name as FieldName };
  const [first = '', ...path] = name.split('.');
  if ([first, ...path].includes('')) throw unknownField(name, parameters, where);
  if (first === 'result') {
    if (path.length > 0) return { kind: 'result', path };
    throw new SearchError({ reason: 'bare_result', values: { nearest: 'NAME' }, ...where });
  }
  if (parameters === null || parameters.includes(first)) return { kind: 'parameter', path: [first, ...path] };
  throw unknownField(name, parameters, where);
}

function unknownField(
  given: string,
  parameters: readonly string[] | null,
  where: Pick<Fault, 'start' | 'end'>,
): SearchError {
  const nearest = closest(given.toLowerCase(), [...FIELD_NAMES, ...(parameters ?? [])]);
  const isNear = distance(given.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, nearest.length / 3);
  return isNear
    ? new SearchError({ reason: 'similar_field', values: { given, nearest }, ...where })
    : new SearchError({ reason: 'unknown_field', values: { given }, ...where });
}
