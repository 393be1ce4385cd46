import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { logSetting } from './logger.ts';

const LOGGER = fileURLToPath(new URL('./logger.ts', import.meta.url));

/** What a process logs of a message; it goes to the process's own standard error, past any test's hands. */
function logged(message: string, isText: boolean): string {
  const program = `
    import { createLogger } from ${JSON.stringify(LOGGER)};
    const [message, isText] = JSON.parse(process.argv[1]);
    const logger = createLogger({ name: 'test', level: 'info', isText, isColored: isText });
    logger.info({ task: message, err: new Error(message) }, message);
  `;
  const args = ['--input-type=module-typescript', '-e', program, JSON.stringify([message, isText])];
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr;
}

describe('a log', () => {
  it.each([
    { to: 'a terminal', isTTY: true, logFormat: 'auto', isText: true, isColored: true },
    { to: 'a file', isTTY: false, logFormat: 'auto', isText: false, isColored: false },
    { to: 'a file that people read', isTTY: false, logFormat: 'text', isText: true, isColored: false },
    { to: 'a terminal that a program reads', isTTY: true, logFormat: 'json', isText: false, isColored: false },
  ] as const)('to $to', ({ isTTY, logFormat, isText, isColored }) => {
    expect(logSetting({ logLevel: 'info', logFormat }, { isTTY })).toEqual({ level: 'info', isText, isColored });
  });
});

describe('a log as text', () => {
  it('shows control characters as what they are not', () => {
    const text = logged('before \u001b]0;owned\u0007\u009b2J\b\r after \\u001b', true);
    expect(text).toContain('before \uFFFD]0;owned\uFFFD\uFFFD2J\uFFFD\uFFFD after \\u001b');
    // The logger's own colours stay.
    expect(text.replaceAll(/\p{Cc}\[\d+m/gu, '').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('a log as JSON', () => {
  it('has what was said', () => {
    expect(JSON.parse(logged('a\u001bb', false))).toMatchObject({ msg: 'a\u001bb', task: 'a\u001bb' });
  });
});
