import { readFileSync } from 'node:fs';

/**
 * The shared token, from an option or from the file that holds it; null where neither is given.
 * @throws Error when the file cannot be read or is empty
 */
export function readToken(flags: { token?: string; tokenFile?: string }): string | null {
  if (flags.token !== undefined && flags.token !== '') return flags.token;
  if (flags.tokenFile === undefined || flags.tokenFile === '') return null;
  const token = readFileSync(flags.tokenFile, 'utf8').trim();
  if (token === '') throw new Error(`the token file ${flags.tokenFile} is empty`);
  return token;
}
