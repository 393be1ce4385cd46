/** Sign-ins of browsers: a cookie that no script can read stands for the token that was typed once. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** How long a sign-in is good. */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

/**
 * What a cookie says is until when it is good, signed with a key that is made of the token: it is no token itself, is
 * still good after a restart, and no longer once the token is another.
 */
export class Sessions {
  readonly #key: Buffer;
  /** The name of the cookie. Browsers share cookies between the ports of a host: each token has its own name there. */
  readonly cookie: string;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(token: string, now: () => number) {
    this.#key = derive(token, 'key', 32);
    this.cookie = `motes_session_${derive(token, 'name', 4).toString('hex')}`;
    this.#now = now;
  }

  /** Signs the browser in that sent this request. */
  begin(c: Context): void {
    const until = String(this.#now() + SESSION_SECONDS * 1000);
    const value = `${until}.${this.#sign(until).toString('base64url')}`;
    setCookie(c, this.cookie, value, { ...attributes(c), maxAge: SESSION_SECONDS });
  }

  /** Takes the browser's cookie away. */
  end(c: Context): void {
    deleteCookie(c, this.cookie, attributes(c));
  }

  /** Whether the request carries a cookie of ours that is still good. */
  holds(c: Context): boolean {
    const [until = '', signature = ''] = getCookie(c, this.cookie)?.split('.') ?? [];
    const [given, expected] = [Buffer.from(signature, 'base64url'), this.#sign(until)];
    return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) > this.#now();
  }

  #sign(until: string): Buffer {
    return createHmac('sha256', this.#key).update(until).digest();
  }
}

function derive(token: string, what: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', token, '', `motes session ${what}`, bytes));
}

function attributes(c: Context) {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: isByTls(c) } as const;
}

/** By our own TLS, or by that of a proxy before us: then the page that asks says so. */
function isByTls(c: Context): boolean {
  return c.req.url.startsWith('https:') || (c.req.header('origin')?.startsWith('https:') ?? false);
}
