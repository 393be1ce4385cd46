import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../testing/memory-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'motes-token-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = /^[A-Za-z0-9_-]{43}\n$/;

describe('motes token', () => {
  it('prints a token, another each time', async () => {
    const [one, other] = [await cli(['token']), await cli(['token'])];
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(TOKEN), stderr: '' });
    expect(other.stdout).not.toBe(one.stdout);
  });

  it('prints JSON', async () => {
    expect(JSON.parse((await cli(['token', '--json'])).stdout)).toEqual({ token: expect.stringMatching(/^.{43}$/) });
  });

  it('writes a file that only its user may read, and does not print what is in it', async () => {
    const path = join(folder, 'token');
    const { code, stdout } = await cli(['token', '--file', path]);
    const token = readFileSync(path, 'utf8');
    expect(code).toBe(0);
    expect(token).toMatch(TOKEN);
    expect(stdout).not.toContain(token.trim());
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('does not replace a token that is there', async () => {
    const path = join(folder, 'kept');
    await cli(['token', '--file', path]);
    const before = readFileSync(path, 'utf8');
    expect(await cli(['token', '--file', path, '--json'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/kept: it is there already - remove it first/),
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('says why a file cannot be written', async () => {
    expect(await cli(['token', '--file', join(folder, 'no', 'token')])).toMatchObject({ code: 2, stdout: '' });
  });
});
