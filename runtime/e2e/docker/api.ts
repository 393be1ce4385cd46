/** The orchestrator as users call it: plain HTTP. */
import type { Status, Worker } from '../../wire/orchestrator-api.ts';
import type { Run, Task } from '../../wire/task.ts';
import { need } from './suite.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const LONGEST_POLL_S = 5;

/** What the suite asks of a task. */
export interface TaskSpec {
  readonly id: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, number>>;
}

export class Api {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** @throws Error with the answer's text when it is not a success */
  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.fetch(path, init);
    const text = await response.text();
    need(response.ok, `${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    return fetch(`${this.url}${path}`, { ...init, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  }

  status(): Promise<Status> {
    return this.json('/status');
  }

  workers(): Promise<Record<string, Worker>> {
    return this.json('/workers');
  }

  /** @returns the run's id */
  async submit(tasks: readonly TaskSpec[]): Promise<string> {
    const body = JSON.stringify({ tasks });
    const headers = { 'content-type': 'application/json' };
    return (await this.json<{ run_id: string }>('/execute_tasks', { method: 'POST', body, headers })).run_id;
  }

  /** Waits for a run's end, also over a restart of the orchestrator. */
  async ended(runId: string, deadlineMs: number): Promise<Run> {
    for (const end = Date.now() + deadlineMs; Date.now() < end; ) {
      const run = await this.json<Run>(`/runs/${runId}?wait=${LONGEST_POLL_S}`).catch(() => null);
      if (run !== null && run.status !== 'active' && run.status !== 'receiving') return run;
    }
    throw new Error(`the run ${runId} did not end within ${deadlineMs / 1000} s`);
  }

  async tasks(runId: string): Promise<Task[]> {
    return (await this.json<{ tasks: Task[] }>(`/tasks?run_id=${runId}&limit=500`)).tasks;
  }
}

/** Tasks of 500 disks on the compiled kernel: half a second for 50 000 steps. */
export function longTasks(count: number, steps: number): TaskSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `long_${index + 1}`,
    type: 'benchmark_wasm',
    parameters: { particles: 500, steps, seed: index + 1 },
  }));
}
