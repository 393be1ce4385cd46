import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SearchError } from './fault.ts';
import { parseOrder, parseSearch, quoted } from './parse.ts';
import type { Alternative, Term } from './query.ts';

const PARAMETERS = ['particles', 'num_particulas', 'seed', 'ensemble', 'configuration', 'density'];
const read = (text: string) => parseSearch(text, PARAMETERS).terms;

const is = (text: string, number: number | null = null): Alternative => ({ kind: 'is', text, number });
const within = (least: number | null, most: number | null, isStrict = false): Alternative => {
  return { kind: 'within', least, most, isStrict };
};
const field = (name: string, ...anyOf: Alternative[]) => ({
  isNegated: false,
  subject: { kind: 'field', name },
  anyOf,
});
const parameter = (path: string, ...anyOf: Alternative[]) => ({
  isNegated: false,
  subject: { kind: 'parameter', path: path.split('.') },
  anyOf,
});
const word = (text: string) => field('id', { kind: 'contains', text });
const not = (term: object) => ({ ...term, isNegated: true });

describe('a search', () => {
  it.each([
    { text: '', means: [] },
    { text: ' \t\n ', means: [] },
    { text: 'large', means: [word('large')] },
    { text: 'sweep/1 "two words"', means: [word('sweep/1'), word('two words')] },
    { text: '"status:failed"', means: [word('status:failed')] },
    { text: '-large', means: [not(word('large'))] },
    { text: '-"a \\"b\\" \\\\"', means: [not(word('a "b" \\'))] },
    { text: 'id:42', means: [field('id', is('42'))] },
    { text: 'status:failed,cancelled', means: [field('status', is('failed'), is('cancelled'))] },
    { text: 'type=benchmark_wasm', means: [field('type', is('benchmark_wasm'))] },
    { text: 'worker!=worker1', means: [not(field('worker', is('worker1')))] },
    { text: '-worker!=worker1', means: [field('worker', is('worker1'))] },
    { text: 'particles>1000', means: [parameter('particles', within(1000, null, true))] },
    { text: 'num_particulas<=1e3', means: [parameter('num_particulas', within(null, 1000))] },
    { text: 'seed=42', means: [parameter('seed', is('42', 42))] },
    { text: 'seed:-1,"2",3..5', means: [parameter('seed', is('-1', -1), is('2'), within(3, 5))] },
    { text: 'density:0.5..', means: [parameter('density', within(0.5, null))] },
    { text: 'density:..0.5', means: [parameter('density', within(null, 0.5))] },
    { text: 'ensemble:nvt', means: [parameter('ensemble', is('nvt'))] },
    { text: 'ensemble:true', means: [parameter('ensemble', is('true', 1))] },
    { text: 'configuration.file:a..b', means: [parameter('configuration.file', is('a..b'))] },
    { text: 'ensemble:a"b', means: [parameter('ensemble', is('a"b'))] },
    { text: 'duration:1..2 attempts>=3', means: [field('duration', within(1, 2)), field('attempts', within(3, null))] },
    { text: 'suspect:yes', means: [field('suspect', is('yes', 1))] },
    { text: 'suspect:no', means: [field('suspect', is('no', 0))] },
    { text: 'during:10..20', means: [field('during', within(10, 20))] },
    { text: 'during:15', means: [field('during', within(15, 15))] },
    {
      text: 'during:1970-01-01T00:00:01Z..1970-01-01T01:00:02.5+01:00',
      means: [field('during', within(1000, 2500))],
    },
    {
      text: 'result.digest:abc result.energy.mean<0',
      means: [
        { isNegated: false, subject: { kind: 'result', path: ['digest'] }, anyOf: [is('abc')] },
        { isNegated: false, subject: { kind: 'result', path: ['energy', 'mean'] }, anyOf: [within(null, 0, true)] },
      ],
    },
  ])('$text is understood', ({ text, means }) => {
    expect(read(text)).toEqual(means);
  });

  it.each([
    { text: 'statsu:failed', at: [0, 6], says: 'did you mean "status"?' },
    { text: 'a partcles>1', at: [2, 10], says: 'did you mean "particles"?' },
    { text: 'http://x', at: [0, 4], says: 'no field and no parameter "http" - quotes make it a part of an id' },
    { text: 'status:', at: [7, 7], says: 'status needs a value: one of queued, running, succeeded' },
    { text: 'status: failed', at: [7, 7], says: 'status needs a value' },
    { text: 'status:failed,', at: [14, 14], says: 'status needs a value' },
    {
      text: 'status:done',
      at: [7, 11],
      says: 'status should be one of queued, running, succeeded, failed, cancelled, not done',
    },
    { text: 'status>failed', at: [6, 7], says: 'status takes : and !=, not >' },
    { text: 'priority:high', at: [9, 13], says: 'priority should be a number, or a span as 1..10, not high' },
    { text: 'particles>many', at: [10, 14], says: 'particles should be a number' },
    { text: 'particles>1,x', at: [12, 13], says: 'particles should be a number' },
    { text: 'particles > 1000', at: [10, 11], says: 'written without spaces' },
    { text: 'suspect:maybe', at: [8, 13], says: 'suspect should be yes or no, not maybe' },
    { text: 'during:yesterday', at: [7, 16], says: 'during should be a moment' },
    { text: 'during:2026-01-31T12:00:00', at: [7, 26], says: 'with its zone' },
    { text: 'duration:2..1', at: [9, 13], says: 'the span runs backwards: 2..1' },
    { text: 'a -', at: [2, 3], says: 'a minus negates what follows it' },
    { text: 'id:"abc', at: [3, 7], says: 'the quote that begins here does not end' },
    { text: '"abc"d', at: [5, 6], says: 'after the closing quote' },
    { text: 'result:1', at: [0, 6], says: 'result.NAME' },
    { text: 'result.:1', at: [0, 7], says: 'no field and no parameter "result."' },
    { text: 'constructor:1', at: [0, 11], says: 'no field and no parameter "constructor"' },
    { text: 'x '.repeat(65), at: [128, 129], says: 'at most 64 terms' },
    { text: 'x'.repeat(4001), at: [4000, 4001], says: 'at most 4000 characters' },
  ])('$text is refused with its place', ({ text, at, says }) => {
    const error = refusal(() => read(text));
    expect(error.message).toContain(says);
    expect([error.fault.start, error.fault.end]).toEqual(at);
  });

  it('takes every name for a parameter where it does not know them', () => {
    expect(parseSearch('speed>1', null).terms).toEqual([parameter('speed', within(1, null, true))]);
  });

  it('is read or refused within its bounds, whatever it is', () => {
    const piece = fc.constantFrom(
      ...['status', 'particles', 'result.x', 'during', ':', '=', '!=', '>', '<=', '..', ',', '"', '\\', '-', ' ', '1'],
      ...['failed', 'é', '\u{1f600}', '\n', 'yes', '1e999', '__proto__'],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          for (const { anyOf } of read(text)) expect(anyOf.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof SearchError)) throw error;
          const { start, end } = error.fault;
          expect(0 <= start && start <= end && end <= text.length).toBe(true);
          expect(error.message).not.toContain('undefined');
        }
      }),
      { numRuns: 3_000, seed: 6 },
    );
  });

  it('has any text as a value once it is quoted', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [term] = read(`worker:${quoted(text)}`) as [Term];
        expect(term.anyOf).toEqual([is(text)]);
      }),
      { numRuns: 1_000, seed: 6 },
    );
  });
});

describe('an order', () => {
  it.each([
    { text: 'duration', means: { subject: { kind: 'field', name: 'duration' }, isDescending: false } },
    { text: '-particles', means: { subject: { kind: 'parameter', path: ['particles'] }, isDescending: true } },
    { text: 'result.energy', means: { subject: { kind: 'result', path: ['energy'] }, isDescending: false } },
  ])('$text is understood', ({ text, means }) => {
    expect(parseOrder(text, PARAMETERS)).toEqual(means);
  });

  it.each([
    { text: '', says: 'ordered by one field or parameter' },
    { text: '-', says: 'ordered by one field or parameter' },
    { text: 'during', says: 'ordered by one field or parameter' },
    { text: 'duration,id', says: 'ordered by one field or parameter' },
    { text: 'duraton', says: 'did you mean "duration"?' },
  ])('$text is refused', ({ text, says }) => {
    expect(refusal(() => parseOrder(text, PARAMETERS)).message).toContain(says);
  });
});

function refusal(run: () => unknown): SearchError {
  try {
    run();
  } catch (error) {
    if (error instanceof SearchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
