/** Reads the values of a term. */
import { TASK_STATUSES } from '../wire/task.ts';
import { type Fault, type FaultReason, SearchError, type ValueKind } from './fault.ts';
import type { Alternative } from './query.ts';

/** A value as it was written, and where. */
export interface Piece {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly start: number;
  readonly end: number;
}

interface Expectation {
  readonly field: string;
  readonly kind: ValueKind;
  readonly operator: string;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i;
const FLAGS: Readonly<Record<string, number>> = { yes: 1, true: 1, 1: 1, no: 0, false: 0, 0: 0 };
const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
]);

/** @throws SearchError `wrong_value` or `backwards` */
export function readAlternative(piece: Piece, expectation: Expectation): Alternative {
  const { kind, operator } = expectation;
  if (/[<>]/.test(operator)) return beyond(piece, expectation);
  switch (kind) {
    case 'text':
      return { kind: 'is', text: piece.text, number: null };
    case 'status':
      if ((TASK_STATUSES as readonly string[]).includes(piece.text))
        return { kind: 'is', text: piece.text, number: null };
      throw wrong(piece, expectation);
    case 'flag':
      if (Object.hasOwn(FLAGS, piece.text.toLowerCase()))
        return { kind: 'is', text: piece.text, number: FLAGS[piece.text.toLowerCase()]! };
      throw wrong(piece, expectation);
    case 'number':
      return number(piece, expectation);
    case 'time':
      return moments(piece, expectation);
    case 'open':
      return anything(piece);
  }
}

/** `>1000` and the like. */
function beyond(piece: Piece, expectation: Expectation): Alternative {
  const value = piece.isQuoted ? null : toNumber(piece.text);
  if (value === null) throw wrong(piece, { ...expectation, kind: 'number' });
  const { operator } = expectation;
  const isLeast = operator.startsWith('>');
  return {
    kind: 'within',
    least: isLeast ? value : null,
    most: isLeast ? null : value,
    isStrict: !operator.endsWith('='),
  };
}

function number(piece: Piece, expectation: Expectation): Alternative {
  const value = toNumber(piece.text);
  if (value !== null) return { kind: 'is', text: piece.text, number: value };
  const span = spanOf(piece, toNumber);
  if (span === null) throw wrong(piece, expectation);
  return span;
}

function moments(piece: Piece, expectation: Expectation): Alternative {
  const value = toTime(piece.text);
  if (value !== null) return { kind: 'within', least: value, most: value, isStrict: false };
  const span = spanOf(piece, toTime);
  if (span === null) throw wrong(piece, expectation);
  return span;
}

/** What a parameter or a field of a result may be: two dots between what are no numbers are part of a text. */
function anything(piece: Piece): Alternative {
  const { text, isQuoted } = piece;
  if (isQuoted) return { kind: 'is', text, number: null };
  const value = toNumber(text) ?? BOOLEANS.get(text.toLowerCase()) ?? null;
  return (value === null ? spanOf(piece, toNumber) : null) ?? { kind: 'is', text, number: value };
}

/** `1..10`, `1..` or `..10`; null for anything else. @throws SearchError `backwards` */
function spanOf(piece: Piece, read: (text: string) => number | null): Alternative | null {
  const dots = piece.isQuoted ? -1 : piece.text.indexOf('..');
  if (dots < 0) return null;
  const [from, to] = [piece.text.slice(0, dots), piece.text.slice(dots + 2)];
  const [least, most] = [read(from), read(to)];
  const isWhole = (least !== null || from === '') && (most !== null || to === '') && (least !== null || most !== null);
  if (!isWhole) return null;
  if (least !== null && most !== null && least > most) throw fault('backwards', piece, { given: piece.text });
  return { kind: 'within', least, most, isStrict: false };
}

function toNumber(text: string): number | null {
  const value = Number(text);
  return NUMBER.test(text) && Number.isFinite(value) ? value : null;
}

/** Milliseconds since 1970. A time without a zone would mean another moment on each machine: it is none. */
function toTime(text: string): number | null {
  if (/^\d+$/.test(text)) return toNumber(text);
  const value = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

function wrong(piece: Piece, { field, kind }: Expectation): SearchError {
  return fault('wrong_value', piece, { field, expected: kind, given: piece.text });
}

function fault(reason: FaultReason, { start, end }: Piece, values: Fault['values']): SearchError {
  return new SearchError({ reason, values, start, end });
}
