import { describe, expect, it } from 'vitest';
import { formatAgo, formatRate, formatSeconds, printable, shorten, styled } from './format.ts';
import { readableLogLine } from './log-line.ts';
import { MemoryStream } from './testing/memory-terminal.ts';

describe('formatSeconds', () => {
  it.each([
    [null, ''],
    [undefined, ''],
    [0, '0.000 s'],
    [0.0414, '0.041 s'],
    [0.99951, '1.000 s'],
    [1, '1.00 s'],
    [59.99, '59.99 s'],
    [59.996, '1 min 00 s'],
    [61.2, '1 min 01 s'],
    [3599.7, '1 h 00 min'],
    [3720, '1 h 02 min'],
  ])('%j s as %j', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('formatRate', () => {
  it.each([
    [48_509.9, '48.5 k steps/s'],
    [3.4898e9, '3.49 G steps/s'],
    [1.5e6, '1.50 M steps/s'],
    [12.34, '12.3 steps/s'],
    [undefined, ''],
    ['fast', ''],
    [Number.NaN, ''],
  ])('%j as %j', (rate, text) => {
    expect(formatRate(rate, 'steps/s')).toBe(text);
  });
});

describe('formatAgo', () => {
  it.each([
    [null, 'never'],
    [99.8, 'now'],
    [97, '3 s ago'],
    [101, 'now'],
    [100 - 75, '1 min 15 s ago'],
  ])('%j as %j', (then, text) => {
    expect(formatAgo(then, 100_000)).toBe(text);
  });
});

describe('texts from elsewhere', () => {
  it('cannot drive the terminal', () => {
    expect(printable('a\u001b[2Jb\r\nc\u009bd')).toBe('a\uFFFD[2Jb c\uFFFDd');
  });

  it('are cut with a sign that they were', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef');
    expect(shorten('abcdefg', 6)).toBe('abcde…');
  });

  it('have no colour on a pipe', () => {
    expect(styled(new MemoryStream(false), 'red', 'x')).toBe('x');
  });
});

describe('readableLogLine', () => {
  it.each([
    { name: 'plain text', line: 'hello', text: 'hello' },
    { name: 'broken JSON', line: '{"msg":', text: '{"msg":' },
    { name: 'JSON that is no log line', line: '{"a":1}', text: '{"a":1}' },
    { name: 'a message', line: '{"level":30,"time":"t","name":"w","msg":"ready"}', text: 'ready' },
    { name: 'fields', line: '{"level":30,"msg":"started","task":"a","attempt":2}', text: 'started  task=a attempt=2' },
    { name: 'an error', line: '{"msg":"a request failed","err":{"message":"boom"}}', text: 'a request failed: boom' },
  ])('shows $name', ({ line, text }) => {
    expect(readableLogLine(line)).toBe(text);
  });
});
