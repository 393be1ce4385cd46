import { Pool } from 'undici';
import * as v from 'valibot';
import { clientTls, explainTlsFailure } from '../http/tls-client.ts';
import { Problem, ProblemSchema, problemFromDocument } from '../wire/problem.ts';

/** Where an orchestrator is, and how long to wait for it. */
export interface HttpClientOptions {
  readonly url: string;
  /** Sent as `Authorization: Bearer`; null sends nothing. */
  readonly token?: string | null;
  /** The certificates that an https server may show, as PEM; the system's authorities without. */
  readonly ca?: string | null;
  /** For a whole exchange, beyond what the request itself asks the server to wait. Default 10 s. */
  readonly timeoutMs?: number;
  /** Sockets at once. Default 16. */
  readonly connections?: number;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with a slash; already encoded. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the server was asked to wait; added to the deadline. */
  readonly extraWaitMs?: number;
  /** Ends the exchange early; its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
}

/** A successful answer: its body parsed from JSON, not yet checked. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** Nobody answered, or somebody on the way said that nobody does: worth trying again. */
export class NoAnswer extends Problem {}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONNECTIONS = 16;
/** No answer of an orchestrator comes near; a stream without end must not fill the memory. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** What a proxy says when the server behind it is away. */
const GATEWAY_STATUSES = new Set([502, 503, 504]);

/** JSON over HTTP to one server: deadlines on everything, failures as `Problem`s. */
export class HttpClient {
  readonly url: string;
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  /** @throws Problem `invalid_query` when the URL is none. */
  constructor(options: HttpClientOptions) {
    const base = parseBaseUrl(options.url);
    this.url = base.href.replace(/\/+$/, '');
    this.#basePath = base.pathname.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#headers = { accept: 'application/json', ...(options.token && { authorization: `Bearer ${options.token}` }) };
    this.#pool = new Pool(base.origin, {
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      connect: { timeout: this.#timeoutMs, allowH2: false, ...clientTls(options.ca) },
      // The signal of each exchange is its deadline: the pool's own timers would cut long polls short.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * One exchange.
   * @throws NoAnswer when nobody answered in time.
   * @throws Problem the server's own, or `unavailable` where the answer is not one of an orchestrator.
   */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    const timeoutMs = this.#timeoutMs + (request.extraWaitMs ?? 0);
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        method: request.method,
        path: this.#basePath + request.path,
        headers: { ...this.#headers, ...request.headers },
        body: request.body ?? null,
        signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
      });
      const text = await readBounded(body);
      return this.#interpret(statusCode, headers, text, request.path);
    } catch (thrown) {
      request.signal?.throwIfAborted();
      if (thrown instanceof Problem) throw thrown;
      throw this.#noAnswer(thrown, deadline.aborted ? timeoutMs : null);
    }
  }

  /**
   * The body of an answer, piece by piece, however long it is.
   * @throws NoAnswer or Problem as `exchange` does; NoAnswer when nothing comes for as long as an exchange may take
   */
  async *download(path: string): AsyncGenerator<Uint8Array> {
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        ...{ method: 'GET', path: this.#basePath + path, headers: this.#headers },
        ...{ headersTimeout: this.#timeoutMs, bodyTimeout: this.#timeoutMs },
      });
      if (statusCode === 200) yield* body;
      else throw this.#interpret(statusCode, headers, await readBounded(body), path);
    } catch (thrown) {
      if (thrown instanceof Problem) throw thrown;
      throw this.#noAnswer(thrown, null);
    }
  }

  #interpret(status: number, headers: HttpAnswer['headers'], text: string, path: string): HttpAnswer {
    const body = parseJson(text);
    if (status >= 200 && status < 300 && body !== undefined) return { status, headers, body };
    if (v.is(ProblemSchema, body)) throw problemFromDocument(body);
    if (GATEWAY_STATUSES.has(status)) throw new NoAnswer('unavailable', `${this.url} answers ${status}: ${START_HINT}`);
    throw new Problem('unavailable', foreignAnswer(this.url + path, `${status} ${excerpt(text)}`));
  }

  #noAnswer(thrown: unknown, timeoutMs: number | null): Problem {
    const why = timeoutMs === null ? causeOf(thrown) : `no answer within ${timeoutMs / 1000} s`;
    const tls = explainTlsFailure(thrown);
    if (tls !== null) return new Problem('unavailable', `cannot talk to ${this.url}: ${tls}`, { cause: thrown });
    return new NoAnswer('unavailable', `cannot reach an orchestrator at ${this.url} (${why}) - ${START_HINT}`, {
      cause: thrown,
    });
  }

  /** Cuts what is still open. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

const START_HINT = 'start one with `motes up`, or say where it is with --url or MOTES_URL';

/** What to say of an answer that no orchestrator gives. */
export function foreignAnswer(url: string, what: string): string {
  return `${url} answers, but not as a motes orchestrator of this version: ${what} - is another program on this port?`;
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new Problem(
    'invalid_query',
    `"${text}" is not the URL of an orchestrator: give one like http://localhost:5000`,
  );
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Problem('unavailable', `the answer is over ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** The system's code for why a connection failed; both addresses of `localhost` fail as one AggregateError. */
function causeOf(thrown: unknown): string {
  const error = thrown as { code?: unknown; errors?: { code?: unknown }[]; message?: string };
  return String(error.code ?? error.errors?.[0]?.code ?? error.message ?? thrown);
}
