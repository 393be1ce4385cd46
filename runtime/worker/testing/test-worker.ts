import type { Hono } from 'hono';
import type { InvocationEvent, InvokeRequest } from '../../wire/invocation.ts';
import { createWorkerApp } from '../app.ts';
import { Drain } from '../drain.ts';
import { Host, type HostOptions } from '../host.ts';
import { testDeclarations } from './functions.ts';

/** A worker in this process, with real threads and the functions of the tests. */
export interface TestWorker {
  readonly host: Host;
  readonly app: Hono;
  readonly drain: Drain;
  readonly log: string[];
  /** Sends a request as a local client does. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** `POST /invoke` of one as JSON. */
  invoke(request: InvokeRequest, init?: RequestInit): Promise<Response>;
  /** `POST /invoke` of many as NDJSON. */
  stream(requests: readonly (InvokeRequest | string)[]): Promise<EventReader>;
  close(): Promise<void>;
}

const GRACE_MS = 400;

/** Starts one, with two slots unless said otherwise, and waits for its threads. */
export async function startTestWorker(options: Partial<HostOptions> & { token?: string } = {}): Promise<TestWorker> {
  const log: string[] = [];
  const host = new Host({
    declarations: testDeclarations,
    findDeclaration: (type) => testDeclarations.find(({ name }) => name === type) ?? null,
    versions: { echo: 'echo-version' },
    kernels: {},
    slots: 2,
    slotMemoryBytes: 2 ** 30,
    checkpointIntervalMs: 0,
    threadUrl: new URL('./thread.ts', import.meta.url),
    onLog: (invocation, level, message) => log.push(`${level} ${invocation?.label ?? '-'} ${message}`),
    ...options,
  });
  const drain = new Drain(host, GRACE_MS, { info: (message) => log.push(message) });
  const app = createWorkerApp({
    ...{ host, workerId: () => 'tester', instance: 'c0ffee00-0000-4000-8000-000000000000', version: '0' },
    guard: { token: options.token ?? null },
    onDrain: () => drain.begin(),
    onError: (error) => log.push(`error ${error}`),
  });
  const request: TestWorker['request'] = async (path, init) =>
    app.request(path, { ...init, headers: { host: 'localhost', ...(init?.headers as Record<string, string>) } });
  await host.pool.ready();
  return {
    ...{ host, app, drain, log, request },
    invoke: (body, init) => request('/invoke', { method: 'POST', body: JSON.stringify(body), ...init }),
    stream: async (requests) => {
      const body = requests.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');
      const headers = { 'content-type': 'application/x-ndjson' };
      return new EventReader(await request('/invoke', { method: 'POST', body, headers }));
    },
    close: () => host.close(),
  };
}

/** An attempt of the tests' own ledger. */
export function attempt(taskId: string, type: string, more: Partial<InvokeRequest> = {}): InvokeRequest & Key {
  return { type, parameters: {}, ledger_id: 'ledger', run_id: 'run', task_id: taskId, attempt: 1, ...more } as never;
}

type Key = { ledger_id: string; run_id: string; task_id: string; attempt: number };

/** Reads the events of an NDJSON answer, one after the other. */
export class EventReader {
  readonly response: Response;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  readonly #decoder = new TextDecoder();
  #text = '';
  #events: InvocationEvent[] = [];

  constructor(response: Response) {
    this.response = response;
  }

  /** The next event that fits; those before it are dropped. Undefined at the end of the stream. */
  async next(fits: (event: InvocationEvent) => boolean = () => true): Promise<InvocationEvent | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event && fits(event)) return event;
      if (event) continue;
      this.#reader ??= this.response.body!.getReader();
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      const lines = (this.#text + this.#decoder.decode(value, { stream: true })).split('\n');
      this.#text = lines.pop()!;
      this.#events = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    }
  }

  /** All that is left, without the heartbeats, which come when they come. */
  async rest(): Promise<InvocationEvent[]> {
    const events: InvocationEvent[] = [];
    for (let event = await this.next(); event; event = await this.next())
      if (event.event !== 'heartbeat') events.push(event);
    return events;
  }

  /** Goes away, as a client that hangs up. */
  async hangUp(): Promise<void> {
    await (this.#reader ?? this.response.body!).cancel();
  }
}

/** Resolves once `holds` does; looks again at every turn of the event loop. The test's own timeout is its deadline. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
