/** The transport that pushes attempts to workers over HTTP. */
import { type Dispatcher, Pool } from 'undici';
import * as v from 'valibot';
import { isProblemDocument } from '../../http/errors.ts';
import { readNdjson, toNdjson } from '../../http/ndjson.ts';
import { clientTls, explainTlsFailure } from '../../http/tls-client.ts';
import { FrameStreamReader } from '../../wire/frame-stream.ts';
import {
  type AttemptKey,
  type InvocationEvent,
  InvocationEventSchema,
  OutboxSchema,
  PingSchema,
} from '../../wire/invocation.ts';
import { asProblem, Problem, problemFromDocument } from '../../wire/problem.ts';
import type { OnEvents, Transport, WorkerAddress } from '../transport.ts';
import { isUsualEvent } from './usual-events.ts';

/** Times in milliseconds, and what requests carry. */
export interface HttpTransportOptions {
  readonly token: string | null;
  /** The certificates that workers with TLS may show, as PEM; the system's authorities without. */
  readonly ca?: string | null;
  readonly pingTimeoutMs: number;
  /** A stream that is silent for so long means that its worker is lost: workers send a heartbeat each second. */
  readonly leaseMs: number;
}

/** How long a short request (cancel, acknowledge, outbox) may take. */
const REQUEST_TIMEOUT_MS = 5_000;
/** A stream of frames says something every two seconds, if only that there is nothing to say. */
const FRAMES_SILENT_MS = 10_000;
/** How long a few megabytes of an artifact may take. */
const ARTIFACT_TIMEOUT_MS = 30_000;
/** How long a blob may take on its way. */
const BLOB_TIMEOUT_MS = 120_000;
/** What a worker answers of what is not there, or not any more. */
const GONE: readonly string[] = ['unknown_invocation', 'already_ended'];
/** A result or checkpoint is one line. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Makes the HTTP transport; connections to each worker are pooled and kept open. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const pools = new Map<string, Pool>();
  const headers = options.token === null ? {} : { authorization: `Bearer ${options.token}` };
  const connect = { timeout: options.pingTimeoutMs, allowH2: false, ...clientTls(options.ca) };

  function poolOf(worker: WorkerAddress): Pool {
    let pool = pools.get(worker.url);
    if (!pool) {
      // As many connections as streams: the dispatcher bounds those by the worker's slots.
      pool = new Pool(worker.url, { connections: null, connect });
      pools.set(worker.url, pool);
    }
    return pool;
  }

  /** The answer, whatever it says. */
  function ask(
    worker: WorkerAddress,
    path: string,
    more: Partial<Dispatcher.RequestOptions>,
  ): Promise<Dispatcher.ResponseData> {
    return reach(worker, () =>
      poolOf(worker).request({
        method: 'GET',
        path,
        ...more,
        headers: { ...headers, ...(more.headers as Record<string, string>) },
      }),
    );
  }

  async function request(
    worker: WorkerAddress,
    path: string,
    more: Partial<Dispatcher.RequestOptions> = {},
  ): Promise<Dispatcher.ResponseData> {
    const response = await ask(worker, path, more);
    if (response.statusCode < 400) return response;
    throw await problemOf(worker, response);
  }

  async function getJson<Schema extends v.GenericSchema>(
    worker: WorkerAddress,
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<v.InferOutput<Schema>> {
    const response = await request(worker, path, { signal });
    const parsed = v.safeParse(schema, JSON.parse(await textOf(response)));
    if (parsed.success) return parsed.output;
    throw new Problem(
      'unavailable',
      `${worker.id} at ${worker.url} does not answer as a motes worker does (${path}: ${parsed.issues[0].message})`,
    );
  }

  async function stream(
    worker: WorkerAddress,
    path: string,
    more: Partial<Dispatcher.RequestOptions>,
    onEvents: OnEvents,
  ): Promise<void> {
    const accept = { accept: 'application/x-ndjson', ...(more.headers as Record<string, string>) };
    const response = await request(worker, path, {
      ...more,
      headers: accept,
      bodyTimeout: options.leaseMs,
      headersTimeout: options.leaseMs,
    });
    try {
      for await (const values of readNdjson(response.body, MAX_LINE_BYTES)) onEvents(values.map(toEvent));
    } catch (cause) {
      response.body.destroy();
      throw new Problem('worker_lost', `the connection to ${worker.id} broke: ${(cause as Error).message}`, { cause });
    }
  }

  return {
    ping(worker, signal) {
      const timeout = AbortSignal.timeout(options.pingTimeoutMs);
      return reach(worker, () =>
        getJson(worker, '/ping', PingSchema, signal ? AbortSignal.any([timeout, signal]) : timeout),
      );
    },
    deliver(worker, attempts, onEvents) {
      const body = toNdjson(attempts);
      return stream(
        worker,
        '/invoke',
        { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } },
        onEvents,
      );
    },
    follow(worker, ledgerId, onEvents) {
      return stream(worker, `/outbox?ledger_id=${encodeURIComponent(ledgerId)}`, {}, onEvents);
    },
    outbox(worker, ledgerId) {
      return getJson(
        worker,
        `/outbox?ledger_id=${encodeURIComponent(ledgerId)}`,
        OutboxSchema,
        AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      );
    },
    async acknowledge(worker, attempts) {
      const body = JSON.stringify({ attempts });
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const response = await request(worker, '/outbox/ack', {
        method: 'POST',
        body,
        signal,
        headers: { 'content-type': 'application/json' },
      });
      await response.body.dump();
    },
    async readArtifact(worker, attempt, name, offset) {
      const path = `${invocationPath(attempt)}/artifacts/${encodeURIComponent(name)}?offset=${offset}`;
      const response = await request(worker, path, { signal: AbortSignal.timeout(ARTIFACT_TIMEOUT_MS) });
      return reach(worker, () => response.body.bytes());
    },
    async holdsBlob(worker, sha256) {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      // The answer to a HEAD has no body that could tell a problem.
      const { statusCode, body } = await ask(worker, `/blobs/${sha256}`, { method: 'HEAD', signal });
      await body.dump();
      return statusCode === 200;
    },
    async sendBlob(worker, sha256, bytes, content) {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
      const signal = AbortSignal.timeout(BLOB_TIMEOUT_MS);
      const response = await request(worker, `/blobs/${sha256}`, { method: 'PUT', body: content, headers, signal });
      await response.body.dump();
    },
    async readBlob(worker, sha256) {
      const { body } = await request(worker, `/blobs/${sha256}`, { signal: AbortSignal.timeout(BLOB_TIMEOUT_MS) });
      return body;
    },
    async readFrame(worker, attempt) {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const response = await request(worker, `${invocationPath(attempt)}/frame`, { signal }).catch(nullWhereGone);
      const bytes = response && (await reach(worker, () => response.body.bytes()));
      return bytes && bytes.length > 0 ? bytes : null;
    },
    async *watchFrames(worker, attempt, signal) {
      const timeouts = { headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: FRAMES_SILENT_MS };
      const path = `${invocationPath(attempt)}/frames`;
      const response = await request(worker, path, { signal, ...timeouts }).catch(nullWhereGone);
      if (!response) return;
      const reader = new FrameStreamReader();
      const pieces = response.body[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { value, done } = await reach(worker, () => pieces.next());
          if (done) return;
          yield* reader.take(value as Uint8Array);
        }
      } finally {
        response.body.destroy();
      }
    },
    async cancel(worker, attempt) {
      const response = await request(worker, invocationPath(attempt), {
        method: 'DELETE',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      }).catch(nullWhereGone);
      await response?.body.dump();
    },
    async drain(worker) {
      const response = await request(worker, '/drain', {
        method: 'POST',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await response.body.dump();
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

function invocationPath(key: AttemptKey): string {
  return ['/invocations', key.ledger_id, key.run_id, key.task_id, String(key.attempt)]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

/** @throws Problem `worker_lost` for a line that is no event: such a worker cannot be trusted with the stream. */
function toEvent(value: unknown): InvocationEvent {
  if (isUsualEvent(value)) return value;
  const parsed = v.safeParse(InvocationEventSchema, value);
  if (parsed.success) return parsed.output;
  throw new Error(`it sent a line that is no event (${parsed.issues[0].message})`);
}

/** Turns a connection's errors into `unavailable`; problems pass. */
async function reach<T>(worker: WorkerAddress, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const error = cause as Error & { code?: string };
    const why = explainTlsFailure(cause) ?? `${error.code ?? error.name}: ${error.message}`;
    throw new Problem('unavailable', `${worker.id} at ${worker.url} cannot be reached (${why})`, { cause });
  }
}

async function problemOf(worker: WorkerAddress, response: Dispatcher.ResponseData): Promise<Problem> {
  try {
    const body: unknown = JSON.parse(await textOf(response));
    if (isProblemDocument(body)) return problemFromDocument(body);
  } catch (error) {
    return asProblem(error, 'unavailable');
  }
  return new Problem('unavailable', `${worker.id} at ${worker.url} answered ${response.statusCode}`);
}

async function textOf(response: Dispatcher.ResponseData): Promise<string> {
  if (Number(response.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    response.body.destroy();
    throw new RangeError(`an answer over ${MAX_BODY_BYTES} bytes`);
  }
  return response.body.text();
}

/** To whoever cancels, or only looks, an attempt that is gone is no error. */
function nullWhereGone(error: unknown): null {
  if (error instanceof Problem && GONE.includes(error.code)) return null;
  throw error;
}
