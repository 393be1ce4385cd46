import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AttemptKey, type Ping, PROTOCOL_VERSION } from '../../wire/invocation.ts';
import type { Registration } from '../../wire/registration.ts';

/** How it answers `POST /invoke`, once the attempts are read. */
export type Misbehaviour = (attempts: readonly AttemptKey[], response: ServerResponse) => void;

export interface FakeWorkerOptions {
  readonly id: string;
  readonly slots?: number;
  readonly misbehave: Misbehaviour;
}

/** A worker that registers as a real one does, and then does not do what it should. */
export class FakeWorker {
  /** Attempts that it was given. */
  readonly given: AttemptKey[] = [];
  readonly #options: FakeWorkerOptions;
  readonly #server: Server;
  readonly #instance = crypto.randomUUID();

  private constructor(options: FakeWorkerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(options: FakeWorkerOptions): Promise<FakeWorker> {
    const worker = new FakeWorker(options);
    worker.#server.listen(0, '127.0.0.1');
    await once(worker.#server, 'listening');
    return worker;
  }

  /** Registers once; the answer as it came. */
  register(orchestratorUrl: string, change: Partial<Registration> = {}): Promise<Response> {
    const { port } = this.#server.address() as AddressInfo;
    const { protocol, slots, slot_memory_bytes, functions, draining, instance } = this.#ping();
    const registration = { protocol, slots, slot_memory_bytes, functions, draining, instance, port };
    const body = JSON.stringify({ id: this.#options.id, ...registration, ...change });
    return fetch(`${orchestratorUrl}/workers`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString();
    if (request.url === '/ping') response.end(JSON.stringify(this.#ping()));
    else if (request.url?.startsWith('/outbox?'))
      response.end(JSON.stringify({ instance: this.#instance, running: [], finished: [] }));
    else if (request.url === '/invoke') this.#invoke(text, response);
    else response.end('{}');
  }

  #invoke(text: string, response: ServerResponse): void {
    const lines = text.split('\n').filter((line) => line !== '');
    const attempts = lines.map((line) => JSON.parse(line) as AttemptKey);
    this.given.push(...attempts);
    this.#options.misbehave(attempts, response);
  }

  #ping(): Ping {
    return {
      ...{ status: 'online', worker_id: this.#options.id, timestamp: '', current_task: null, current_tasks: [] },
      ...{ instance: this.#instance, protocol: PROTOCOL_VERSION, slots: this.#options.slots ?? 1 },
      ...{ slot_memory_bytes: 2 ** 30, waiting: 0, draining: false, functions: { noop: '1', benchmark_wasm: '1' } },
    };
  }
}

/** An event's line without end of its invocation. */
export function eventLine(event: string, key: AttemptKey, seq: number): string {
  const { ledger_id, run_id, task_id, attempt } = key;
  return `${JSON.stringify({ event, ledger_id, run_id, task_id, attempt, seq })}\n`;
}
