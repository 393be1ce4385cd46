import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** The address of the other end; IPv4 in IPv6 as IPv4. */
export function remoteAddress(c: Context): string {
  return (getConnInfo(c).remote.address ?? '127.0.0.1').replace(/^::ffff:/, '');
}
