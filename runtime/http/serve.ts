import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ServerTls } from '../process/tls-files.ts';
import { Problem } from '../wire/problem.ts';
import { Connections } from './connections.ts';
import { answerPlainHttp } from './plain-on-tls.ts';
import { SERVER_LIMITS, type ServerLimits } from './server-limits.ts';

/** A socket that listens. */
export interface Listening {
  /** The port in use: the one asked for, or the one that the system chose for 0. */
  readonly port: number;
  readonly url: string;
  /** Stops listening, lets answers that are on their way end for so long (default 0), and cuts what is still open. */
  close(graceMs?: number): Promise<void>;
}

/** Where and how to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Speaks TLS where it is given. */
  readonly tls?: ServerTls | null;
  /** What of the usual limits is to be otherwise. */
  readonly limits?: Partial<ServerLimits>;
}

type Fetch = Pick<Hono, 'fetch'>;

/**
 * Serves an app on a TCP port, within limits: of time, so that nobody holds a connection without using it; of size; and
 * of number.
 * @throws Error `EADDRINUSE` or `EACCES` when the port cannot be had, with a message that says so.
 */
export function listen(app: Fetch, options: ListenOptions): Promise<Listening> {
  const { host, port, tls } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  return new Promise((resolve, reject) => {
    const server = serve(serverSetting(app, options, limits), (address) => {
      server.off('error', refused);
      resolve({
        port: address.port,
        url: serverUrl(host, address.port, tls != null),
        close: (graceMs = 0) => closeServer(server, connections, graceMs),
      });
    }) as Server;
    if (tls) answerPlainHttp(server, limits.headersMs);
    const connections = new Connections(server, limits);
    limitTimes(server, limits);
    const refused = (cause: NodeJS.ErrnoException): void => reject(explainRefusal(cause, host, port));
    server.once('error', refused);
  });
}

function serverSetting(app: Fetch, { host, port, tls }: ListenOptions, limits: ServerLimits) {
  const common = { fetch: admitting(app), hostname: host, port };
  const serverOptions = { maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: limits.checkIntervalMs };
  if (!tls) return { ...common, serverOptions };
  return {
    ...common,
    createServer: createTlsServer,
    serverOptions: { ...serverOptions, ...tls, handshakeTimeout: limits.headersMs },
  };
}

/** Turns away what no client of good will sends, before anybody interprets it. */
function admitting(app: Fetch) {
  return (request: Request, env: unknown): Response | Promise<Response> => {
    const problem = flawOf((env as HttpBindings).incoming);
    return problem ? refuse(problem) : app.fetch(request, env as HttpBindings);
  };
}

function flawOf(incoming: IncomingMessage): Problem | null {
  const target = incoming.url ?? '';
  // A proxy's way to ask: then it is this name that counts, and it must not differ from the one that is checked.
  if (target[0] !== '/' && URL.parse(target)?.host !== incoming.headers.host?.toLowerCase())
    return new Problem('malformed_request', 'the host of the request line is not that of the Host header');
  return null;
}

function refuse(problem: Problem): Response {
  const headers = { 'content-type': 'application/problem+json', connection: 'close' };
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function limitTimes(server: Server, limits: ServerLimits): void {
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxHeadersCount = limits.headers;
  server.timeout = limits.stalledMs;
  // Without this, Node would cut whoever waits for an answer, too.
  server.on('request', (_, response: ServerResponse) => response.on('timeout', cutIfStalled));
}

/** Nothing has moved for long: to wait for an answer is everybody's right, to leave a request or an answer half is not. */
function cutIfStalled(this: ServerResponse, socket: Socket): void {
  // What has come and is not read yet is waiting for us, not for the client.
  const owesBody = !this.req.complete && this.req.readableLength === 0;
  if (owesBody || socket.writableLength > 0) socket.destroy();
}

function explainRefusal(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'the port is in use - stop what listens there, or choose another --port'
      : cause.message;
  return Object.assign(new Error(`cannot listen on ${host}:${port}: ${why}`, { cause }), { code: cause.code });
}

function closeServer(server: ServerType, connections: Connections, graceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => connections.destroy(), graceMs);
    server.close((error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
    if (graceMs === 0) connections.destroy();
  });
}

/** A host as it stands in a URL: IPv6 addresses in brackets, and loopback for the unspecified address. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** The URL of a server, by whether it speaks TLS. */
export function serverUrl(host: string, port: number, tls: boolean | undefined): string {
  return `${tls ? 'https' : 'http'}://${urlHost(host)}:${port}`;
}
