import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../wire/problem.ts';
import type { Sessions } from './sessions.ts';

/** Who may call. */
export interface GuardOptions {
  /** The token that requests must carry; null where the operator chose loopback or `--auth none`. */
  readonly token: string | null;
  /** Host names that are ours, beside `localhost` and every literal address. */
  readonly hostNames?: readonly string[];
  /** Paths that answer without a token, as they are routed: `/livez`, `/assets/:name`. */
  readonly openPaths?: readonly string[];
  /** Browsers that signed in need no token. */
  readonly sessions?: Pick<Sessions, 'holds'> | null;
}

const DEFAULT_OPEN_PATHS = ['/livez'];

/**
 * Turns away strangers: a request without the token; a Host header that is not ours (DNS rebinding); a page of another
 * site (CSRF). A literal IP address is always ours: a rebinding page can only send a name.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  const hostNames = new Set(['localhost', ...(options.hostNames ?? []).map((name) => name.toLowerCase())]);
  const isOpen = pathCheck(options.openPaths ?? DEFAULT_OPEN_PATHS);
  const proofOf = options.token === null ? null : proofReader(options.token, options.sessions ?? null);
  return async (c, next) => {
    const proof = proofOf === null || isOpen(c.req.path) ? 'not needed' : proofOf(c);
    // First of all, so that whoever has no token learns nothing else.
    if (proof === null)
      throw new Problem('unauthorized', 'send `Authorization: Bearer TOKEN` with the token of MOTES_TOKEN');
    const host = c.req.header('host') ?? '';
    if (!isOurHost(host, hostNames))
      throw new Problem(
        'foreign_host',
        `"${host}" is not a name of this server - call it by its address, or allow the name with --host-name`,
      );
    const origin = c.req.header('origin');
    if (origin !== undefined && !isSameOrigin(origin, host))
      throw new Problem('foreign_origin', `a page from ${origin} may not call this server`);
    if (comesFromElsewhere(c.req.raw)) throw new Problem('foreign_origin', 'a page of another site asks for this');
    // A browser sends its cookie along with whatever asks for it, and says who asks.
    if (proof === 'session' && !isSafe(c) && origin === undefined && !c.req.header('sec-fetch-site'))
      throw new Problem('foreign_origin', 'a sign-in is for browsers - send `Authorization: Bearer TOKEN` instead');
    await next();
  };
}

function isOurHost(host: string, names: ReadonlySet<string>): boolean {
  const url = URL.parse(`http://${host}`);
  // Anything but a name and a port (a user, a path) is no Host header.
  if (url?.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') return false;
  const name = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(name) !== 0 || names.has(name);
}

function isSameOrigin(origin: string, host: string): boolean {
  return URL.parse(origin)?.host === host.toLowerCase();
}

/** What a page of another site fetches without an Origin header, say as an image. To follow a link is no fetch. */
function comesFromElsewhere(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return false;
  return request.method !== 'GET' || request.headers.get('sec-fetch-mode') !== 'navigate';
}

function isSafe(c: Context): boolean {
  return c.req.method === 'GET' || c.req.method === 'HEAD';
}

/** True for paths that fit one of the patterns. */
function pathCheck(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`));
  return (path) => expressions.some((expression) => expression.test(path));
}

/** What shows that a request may be answered; null where nothing does. Whoever sends a token means that one. */
function proofReader(
  token: string,
  sessions: Pick<Sessions, 'holds'> | null,
): (c: Context) => 'token' | 'session' | null {
  const isToken = tokenCheck(token);
  return (c) => {
    const header = c.req.header('authorization');
    if (header !== undefined) return isToken(/^Bearer (.+)$/i.exec(header)?.[1] ?? '') ? 'token' : null;
    return sessions?.holds(c) ? 'session' : null;
  };
}

/** Compares digests, so that neither length nor content of the token shows in the time taken. */
export function tokenCheck(token: string): (given: string) => boolean {
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Decides whether a server may listen on `host` with this token.
 * @throws Problem `unauthorized` on an address that others can reach without a token, saying how to get on.
 */
export function requireTokenBeyondLoopback(host: string, token: string | null, auth: 'token' | 'none'): void {
  if (auth === 'none' || token !== null || isLoopback(host)) return;
  throw new Problem(
    'unauthorized',
    `${host} can be reached by others, so a token is needed: make one with \`motes token\`, set MOTES_TOKEN (or MOTES_TOKEN_FILE) to it on every machine, or say --auth none`,
  );
}
