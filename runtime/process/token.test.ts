import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newToken, readToken } from './token.ts';

const folder = mkdtempSync(join(tmpdir(), 'motes-token-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'token');
  writeFileSync(path, content);
  return path;
}

describe('a new token', () => {
  it('has 256 bits, each time others, and travels in a header', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readToken({ token: tokens[0]! })).toBe(tokens[0]);
  });
});

describe('the token', () => {
  it('is the one that is given, or that of the file, without its line end', () => {
    expect(readToken({ token: 'given', tokenFile: file('filed\n') })).toBe('given');
    expect(readToken({ tokenFile: file('filed\r\n') })).toBe('filed');
  });

  it('is none where none is given', () => {
    expect(readToken({})).toBeNull();
    expect(readToken({ token: '', tokenFile: '' })).toBeNull();
  });

  const wrong: { name: string; flags: () => { token?: string; tokenFile?: string }; message: RegExp }[] = [
    { name: 'an empty file', flags: () => ({ tokenFile: file(' \n') }), message: /is empty.*`motes token`/ },
    { name: 'no file', flags: () => ({ tokenFile: join(folder, 'no') }), message: /no such file.*`motes token`/ },
    { name: 'two lines', flags: () => ({ tokenFile: file('a\nb') }), message: /token in .* has spaces/ },
    { name: 'a space', flags: () => ({ token: 'a b' }), message: /no HTTP header can carry/ },
    { name: 'what is not ASCII', flags: () => ({ token: 'señal' }), message: /no HTTP header can carry/ },
  ];
  for (const { name, flags, message } of wrong)
    it(`is refused: ${name}`, () => {
      expect(() => readToken(flags())).toThrow(message);
    });
});
