/** A motes of its own for a test: an orchestrator and workers as processes, with a folder that is removed at the end. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../client/client.ts';
import type { Outbox, Ping } from '../../wire/invocation.ts';
import type { RegistrationAnswer } from '../../wire/registration.ts';
import { FaultProxy } from './fault-proxy.ts';
import { freePort } from './ports.ts';
import { type Exit, ORCHESTRATOR_MAIN, RoleProcess, type RoleProcessOptions, WORKER_MAIN } from './role-process.ts';
import { until } from './until.ts';

/** Long enough for a restart on a busy machine. */
const PATIENCE_MS = 60_000;

export interface ClusterOptions {
  /** How many workers; each has one slot unless `workerArgs` says otherwise. */
  readonly workers: number;
  readonly orchestratorArgs?: readonly string[];
  readonly workerArgs?: readonly string[];
  /** Puts a proxy that can misbehave on each way to and from the orchestrator. */
  readonly proxied?: boolean;
  /** What all requests must carry. */
  readonly token?: string;
  /** An existing folder for the orchestrator's data; it is kept. */
  readonly data?: string;
}

/** One role over its lives: it keeps name, port and arguments. */
export class Member {
  readonly name: string;
  readonly port: number;
  readonly #options: Pick<RoleProcessOptions, 'script' | 'args'>;
  #process: RoleProcess | null = null;

  constructor(name: string, port: number, options: Pick<RoleProcessOptions, 'script' | 'args'>) {
    this.name = name;
    this.port = port;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Its present life. @throws Error before the first */
  get process(): RoleProcess {
    if (!this.#process) throw new Error(`${this.name} was not started`);
    return this.#process;
  }

  get hasLived(): boolean {
    return this.#process !== null;
  }

  /** Begins a life without waiting for anything. */
  launch(more: Pick<RoleProcessOptions, 'nodeArgs' | 'wrapper'> = {}): RoleProcess {
    this.#process = new RoleProcess({ name: this.name, ...this.#options, ...more });
    return this.#process;
  }

  /** Begins a life and waits until it serves. */
  async start(more: Pick<RoleProcessOptions, 'nodeArgs' | 'wrapper'> = {}): Promise<RoleProcess> {
    const started = this.launch(more);
    await started.ready;
    return started;
  }

  /** Ends its life, if it has one. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit | null> {
    return this.#process ? this.#process.end(signal) : null;
  }
}

/** A worker with the two ways between it and the orchestrator. */
export class WorkerMember extends Member {
  readonly ways: readonly FaultProxy[];

  constructor(name: string, port: number, options: Pick<RoleProcessOptions, 'script' | 'args'>, ways: FaultProxy[]) {
    super(name, port, options);
    this.ways = ways;
  }

  /** What it runs of a ledger, and what it holds for it. */
  async outbox(ledgerId: string): Promise<Outbox> {
    const answer = await fetch(`${this.url}/outbox?ledger_id=${ledgerId}`, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as Outbox;
  }
}

export class Cluster {
  readonly folder: string;
  readonly data: string;
  readonly orchestrator: Member;
  readonly workers: readonly WorkerMember[];
  readonly client: Client;
  /** Between the client and the orchestrator. */
  readonly clientWays: readonly FaultProxy[];

  private constructor(
    parts: Pick<Cluster, 'folder' | 'data' | 'orchestrator' | 'workers' | 'clientWays'>,
    token?: string,
  ) {
    this.folder = parts.folder;
    this.data = parts.data;
    this.orchestrator = parts.orchestrator;
    this.workers = parts.workers;
    this.clientWays = parts.clientWays;
    const port = parts.clientWays[0]?.port ?? parts.orchestrator.port;
    const url = `http://127.0.0.1:${port}`;
    this.client = new Client({ url, token: token ?? null, patience: { forMs: PATIENCE_MS } });
  }

  /** Lays everything out; nothing runs yet. */
  static async prepare(options: ClusterOptions): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'motes-e2e-'));
    const data = options.data ?? folder;
    const port = await freePort();
    const args = ['--port', String(port), '--network', 'none', '--data', data, ...tokenArgs(options)];
    args.push(...(options.orchestratorArgs ?? []));
    const workers: WorkerMember[] = [];
    for (let number = 1; number <= options.workers; number += 1)
      workers.push(await prepareWorker(`w${number}`, port, options));
    const orchestrator = new Member('orchestrator', port, { script: ORCHESTRATOR_MAIN, args });
    const clientWays = options.proxied ? [await FaultProxy.open(port)] : [];
    return new Cluster({ folder, data, orchestrator, workers, clientWays }, options.token);
  }

  /** Starts everything, and waits until all workers are online. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.prepare(options);
    await cluster.orchestrator.start();
    await Promise.all(cluster.workers.map((worker) => worker.start()));
    await cluster.untilOnline(cluster.workers.length);
    return cluster;
  }

  async untilOnline(workers: number): Promise<void> {
    await until(`${workers} workers online`, async () => (await this.client.status()).online_workers >= workers);
  }

  /** Submits tasks as one run; the orchestrator may be away meanwhile. */
  async submit(tasks: readonly object[], idempotencyKey: string = crypto.randomUUID()): Promise<string> {
    const text = JSON.stringify({ tasks });
    const answer = await this.client.executeTasks({ text, contentType: 'application/json' }, { idempotencyKey });
    return answer.run_id;
  }

  /** The files of states that were too large for a message. */
  checkpointFiles(): string[] {
    const folder = join(this.data, 'data', 'checkpoints');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** The ledger's id, as a worker learns it: by the heartbeat that the first one would send next. */
  async ledgerId(): Promise<string> {
    const [{ name, url }] = this.workers as [WorkerMember];
    const ping = (await (await fetch(`${url}/ping`)).json()) as Ping;
    const { host, port } = (await this.client.workers())[name]!;
    const { instance, protocol, slots, slot_memory_bytes, functions, draining } = ping;
    const same = { id: name, host, port, instance, protocol, slots, slot_memory_bytes, functions, draining };
    const init = { method: 'POST', body: JSON.stringify(same), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${this.orchestrator.url}/workers`, init);
    return ((await answer.json()) as RegistrationAnswer).ledger_id;
  }

  /** Ends everything, however it is; removes the folder. */
  async stop(): Promise<void> {
    await this.client.close();
    await Promise.all([this.orchestrator, ...this.workers].map((member) => member.end('SIGKILL')));
    const ways = [...this.clientWays, ...this.workers.flatMap((worker) => worker.ways)];
    await Promise.all(ways.map((way) => way.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function prepareWorker(name: string, orchestratorPort: number, options: ClusterOptions): Promise<WorkerMember> {
  const port = await freePort();
  const ways = options.proxied ? [await FaultProxy.open(orchestratorPort), await FaultProxy.open(port)] : [];
  const [out, back] = ways;
  const args = ['--id', name, '--port', String(port), '--slots', '1', ...tokenArgs(options)];
  args.push('--orchestrator', `http://127.0.0.1:${out?.port ?? orchestratorPort}`);
  if (back) args.push('--advertise-host', '127.0.0.1', '--advertise-port', String(back.port));
  return new WorkerMember(name, port, { script: WORKER_MAIN, args: [...args, ...(options.workerArgs ?? [])] }, ways);
}

function tokenArgs({ token }: ClusterOptions): string[] {
  return token === undefined ? [] : ['--token', token];
}
