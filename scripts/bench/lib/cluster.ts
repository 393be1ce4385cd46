import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { RoleProcess } from './role-process.ts';

/** Longest time that a bench waits for a run. */
const WAIT_SECONDS = 300;
const ONLINE_DEADLINE_MS = 15_000;

/** A task as it is submitted. */
export interface BenchTask {
  readonly id: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly priority?: number;
}

export interface ClusterOptions {
  readonly workers: number;
  /** Slots of each worker. */
  readonly slots?: number;
  readonly orchestratorArgs?: readonly string[];
  readonly probed?: boolean;
  readonly nodeArgs?: readonly string[];
}

/** So many no-ops. */
export function noOps(count: number, parameters: Readonly<Record<string, unknown>> = {}): BenchTask[] {
  return Array.from({ length: count }, (_, index) => ({ id: `t${index}`, type: 'noop', parameters }));
}

/** An orchestrator and workers as processes on loopback, with a data folder that goes with them. */
export class Cluster {
  readonly folder: string;
  orchestrator!: RoleProcess;
  readonly workers: RoleProcess[] = [];
  readonly #options: ClusterOptions;
  #pool!: Pool;
  #runs = 0;

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'motes-bench-'));
  }

  /** Starts all of it and waits until the workers are online. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      await cluster.startOrchestrator();
      await Promise.all(Array.from({ length: options.workers }, (_, index) => cluster.startWorker(`w${index + 1}`)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Starts the orchestrator, again where an earlier one is gone: on the same data, and on its port if one is given. */
  async startOrchestrator(port = 0): Promise<void> {
    const { orchestratorArgs = [], probed = false, nodeArgs = [] } = this.#options;
    const args = ['--port', `${port}`, '--network', 'none', '--data', this.folder, ...orchestratorArgs];
    this.orchestrator = await RoleProcess.start({ role: 'orchestrator', args, probed, nodeArgs });
    await this.#pool?.destroy();
    this.#pool = new Pool(this.orchestrator.url, { connections: 128, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Starts a worker and waits until the orchestrator has it. */
  async startWorker(id: string): Promise<RoleProcess> {
    const { slots = 1, nodeArgs = [] } = this.#options;
    const args = ['--id', id, '--port', '0', '--slots', `${slots}`, '--orchestrator', this.orchestrator.url];
    const worker = await RoleProcess.start({ role: 'worker', args, nodeArgs });
    this.workers.push(worker);
    const giveUpAt = performance.now() + ONLINE_DEADLINE_MS;
    while ((await this.get<Record<string, { status: string }>>('/workers'))[id]?.status !== 'online') {
      if (performance.now() > giveUpAt) throw new Error(`the worker ${id} did not come online`);
      await wait(5);
    }
    return worker;
  }

  get<T>(path: string): Promise<T> {
    return this.#ask('GET', path);
  }

  /** Cancels a run, a task or whatever else a path names. */
  delete<T>(path: string): Promise<T> {
    return this.#ask('DELETE', path);
  }

  /** Submits tasks and returns at once: the run's id. */
  async submit(tasks: readonly BenchTask[]): Promise<string> {
    return (await this.#execute(tasks, 0)).run_id;
  }

  /** Submits tasks and waits until all are recorded. @throws Error unless all succeeded. */
  async run(tasks: readonly BenchTask[]): Promise<string> {
    const { run_id, status } = await this.#execute(tasks, WAIT_SECONDS);
    if (status !== 'succeeded') throw new Error(`the run ${run_id} is ${status}`);
    return run_id;
  }

  /** Waits for a run to end. @throws Error unless all of it succeeded. */
  async ended(runId: string): Promise<void> {
    const { status } = await this.get<{ status: string }>(`/runs/${runId}?wait=${WAIT_SECONDS}`);
    if (status !== 'succeeded') throw new Error(`the run ${runId} is ${status}`);
  }

  /** Where the tasks of a run were computed, and how long that took. */
  async measured(runId: string): Promise<{ id: string; workerId: string; elapsedMs: number }[]> {
    type Page = { tasks: { id: string; worker_id: string; measured: { elapsed_ms: number } }[]; next: number | null };
    const all: Page['tasks'] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: Page = await this.get(`/tasks?run_id=${runId}&after=${after}`);
      all.push(...page.tasks);
      after = page.next;
    }
    return all.map(({ id, worker_id, measured }) => ({ id, workerId: worker_id, elapsedMs: measured.elapsed_ms }));
  }

  /** Submits lines of NDJSON as one stream. */
  async stream(lines: AsyncIterable<string>): Promise<string> {
    const headers = { 'content-type': 'application/x-ndjson' };
    return (await this.#ask<{ run_id: string }>('POST', '/tasks', { body: lines, headers })).run_id;
  }

  #execute(tasks: readonly BenchTask[], waitSeconds: number): Promise<{ run_id: string; status: string }> {
    const headers = { 'content-type': 'application/json' };
    this.#runs += 1;
    // Names of its own: those that the orchestrator chooses may meet when thousands are made in one second.
    return this.#ask('POST', `/execute_tasks?wait=${waitSeconds}&run_id=bench-${this.#runs}`, {
      body: JSON.stringify({ tasks }),
      headers,
    });
  }

  async #ask<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    more: { body?: string | AsyncIterable<string>; headers?: Record<string, string> } = {},
  ): Promise<T> {
    const { statusCode, body } = await this.#pool.request({ method, path, ...more } as Parameters<Pool['request']>[0]);
    const text = await body.text();
    if (statusCode >= 400) throw new Error(`${method} ${path} answered ${statusCode}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Kills all processes and removes the folder. */
  async stop(): Promise<void> {
    await this.#pool?.destroy();
    await Promise.all([this.orchestrator, ...this.workers].map((role) => role?.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks again and again until the answer fits. @throws Error after half a minute. */
export async function until<T>(ask: () => T | Promise<T>, fits: (answer: T) => boolean, everyMs = 2): Promise<T> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > giveUpAt)
      throw new Error(`no fitting answer in half a minute, the last was ${JSON.stringify(answer)}`);
    await wait(everyMs);
  }
}
