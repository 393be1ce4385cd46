import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

/** A socket that listens. */
export interface Listening {
  /** The port in use: the one asked for, or the one that the system chose for 0. */
  readonly port: number;
  readonly url: string;
  /** Stops listening, lets answers that are on their way end for so long (default 0), and cuts what is still open. */
  close(graceMs?: number): Promise<void>;
}

/** How long a client may take for its headers and for its whole request, so that none can hold a socket for ever. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 300_000;
/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/**
 * Serves an app on a TCP port.
 * @throws Error `EADDRINUSE` or `EACCES` when the port cannot be had, with a message that says so.
 */
export function listen(app: Pick<Hono, 'fetch'>, options: { host: string; port: number }): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }, (address) => {
      server.off('error', refused);
      resolve({
        port: address.port,
        url: `http://${urlHost(options.host)}:${address.port}`,
        close: (graceMs = 0) => closeServer(server, graceMs),
      });
    }) as Server;
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    const refused = (cause: NodeJS.ErrnoException): void => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'the port is in use - stop what listens there, or choose another --port'
          : cause.message;
      reject(
        Object.assign(new Error(`cannot listen on ${options.host}:${options.port}: ${why}`, { cause }), {
          code: cause.code,
        }),
      );
    };
    server.once('error', refused);
  });
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close((error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
    if (graceMs === 0) server.closeAllConnections();
  });
}

/** A host as it stands in a URL: IPv6 addresses in brackets, and loopback for the unspecified address. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
