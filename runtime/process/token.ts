import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SettingError, whyUnreadable } from './setting-error.ts';

const TOKEN_BYTES = 32;
/** What a header can carry without quotes. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** A new token: 256 random bits as base64url. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * The shared token, from an option or from the file that holds it; null where neither is given.
 * @throws SettingError when the file cannot be read or is empty, or no header could carry the token
 */
export function readToken(flags: { token?: string; tokenFile?: string }): string | null {
  if (flags.token !== undefined && flags.token !== '') return sendable(flags.token, 'the token');
  if (flags.tokenFile === undefined || flags.tokenFile === '') return null;
  const token = readTokenFile(flags.tokenFile);
  if (token === '') throw new SettingError(`the token file ${flags.tokenFile} is empty - ${HOW_TO_MAKE_ONE}`);
  return sendable(token, `the token in ${flags.tokenFile}`);
}

const HOW_TO_MAKE_ONE = '`motes token` makes one';

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new SettingError(`the token file ${path} cannot be read (${whyUnreadable(cause)}) - ${HOW_TO_MAKE_ONE}`, {
      cause,
    });
  }
}

function sendable(token: string, what: string): string {
  if (SENDABLE.test(token)) return token;
  throw new SettingError(`${what} has spaces or characters that no HTTP header can carry - ${HOW_TO_MAKE_ONE}`);
}
