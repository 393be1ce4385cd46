import { availableParallelism } from 'node:os';
import { type ChildLogs, openChildLogs } from './child-logs.ts';
import { ChildRole, describeExit, type Ready } from './child-role.ts';
import { CommandError } from './failure.ts';
import { roleScript, workerProgram } from './role-scripts.ts';

/** An orchestrator and workers to run as child processes on loopback. */
export interface LocalClusterOptions {
  readonly workers: number;
  /** 0 lets the system choose. */
  readonly orchestratorPort: number;
  /** Of the first worker, the others follow; 0 lets the system choose each. */
  readonly firstWorkerPort: number;
  /** Slots of every worker; null divides the processors among them. */
  readonly slots: number | null;
  /** More arguments for the orchestrator: its folders and files. */
  readonly orchestratorArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** How long a child may take to start, and to stop. */
  readonly startDeadlineMs: number;
  readonly stopGraceMs: number;
  /** How often in a row a child that died is started again before the cluster gives up. */
  readonly mostRestarts: number;
  /** Told of deaths and restarts. */
  onNote(text: string): void;
  /** How long a worker that is told to end may go on with what it runs; null leaves it to the worker. */
  readonly workerGraceSeconds: number | null;
  /** The workers' output is kept here, a file each; the orchestrator writes its own. */
  readonly logFolder: string;
  /** What a child prints. */
  onLine?(name: string, line: string): void;
  /** Where the roles' programs are; tests put others there. */
  readonly scripts?: { readonly orchestrator: string; readonly worker: string };
}

/** A child that serves. */
export interface Member {
  readonly name: string;
  readonly url: string;
  readonly pid: number | undefined;
  /** 0 for the orchestrator. */
  readonly slots: number;
}

interface Place {
  readonly name: string;
  readonly script: string;
  readonly nodeArgs: readonly string[];
  readonly slots: number;
  /** With the port known after the first start, so that a restarted child is where it was. */
  args(port: number): string[];
  port: number;
  child: ChildRole | null;
  ready: Ready | null;
  deaths: number;
}

const ORCHESTRATOR = 'orchestrator';
const LOOPBACK = '127.0.0.1';
const FIRST_RESTART_MS = 250;
const LONGEST_RESTART_MS = 30_000;
/** A child that served so long has started well: its earlier deaths no longer count. */
const SOUND_AFTER_MS = 10_000;

/** Divides processors among workers as evenly as it goes, at least one slot each. */
export function divideSlots(processors: number, workers: number): number[] {
  const [each, left] = [Math.floor(processors / workers), processors % workers];
  return Array.from({ length: workers }, (_, index) => Math.max(1, each + (index < left ? 1 : 0)));
}

/**
 * Child processes that make up a motes of one machine. A child that dies is started again, with growing pauses, until
 * `stop`.
 */
export class LocalCluster {
  /** Rejected when a child died too often to be started again; never fulfilled. */
  readonly broken: Promise<never>;
  readonly #options: LocalClusterOptions;
  readonly #places: Place[] = [];
  readonly #logs: ChildLogs;
  readonly #timers = new Set<NodeJS.Timeout>();
  #giveUp!: (reason: Error) => void;
  #stopping = false;

  constructor(options: LocalClusterOptions) {
    this.#options = options;
    this.#logs = openChildLogs(options.logFolder);
    this.broken = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.broken.catch(() => {});
  }

  /** Starts the orchestrator. @throws CommandError with its last words when it cannot. */
  async startOrchestrator(): Promise<Member> {
    const { orchestratorPort, orchestratorArgs, scripts } = this.#options;
    const program = { script: scripts?.orchestrator ?? roleScript('orchestrator'), nodeArgs: [] };
    const place: Place = {
      ...newPlace(ORCHESTRATOR, program, 0, orchestratorPort),
      args: (port) => ['--host', LOOPBACK, '--port', String(port), '--network', 'none', ...orchestratorArgs],
    };
    this.#places.push(place);
    return this.#launch(place);
  }

  /** Starts the workers, all at once, for the orchestrator at this URL. @throws CommandError when one cannot. */
  startWorkers(orchestratorUrl: string): Promise<Member[]> {
    const { workers, firstWorkerPort, slots, workerGraceSeconds, scripts, env } = this.#options;
    const program = scripts ? { script: scripts.worker, nodeArgs: [] } : workerProgram([env.MOTES_TOKEN_FILE]);
    const grace = workerGraceSeconds === null ? [] : ['--grace', String(workerGraceSeconds)];
    const divided = divideSlots(availableParallelism(), workers);
    const places = divided.map((share, index): Place => {
      const name = `worker${index + 1}`;
      const slotCount = slots ?? share;
      const fixed = ['--id', name, '--host', LOOPBACK, '--slots', String(slotCount), '--orchestrator', orchestratorUrl];
      return {
        ...newPlace(name, program, slotCount, firstWorkerPort === 0 ? 0 : firstWorkerPort + index),
        args: (port) => [...fixed, '--port', String(port), ...grace],
      };
    });
    this.#places.push(...places);
    return Promise.all(places.map((place) => this.#launch(place)));
  }

  /** How many workers it has. */
  get workers(): number {
    return this.#options.workers;
  }

  /** Everybody who serves now. */
  get members(): Member[] {
    return this.#places.filter((place) => place.ready !== null).map(memberOf);
  }

  /** Stops the workers, then the orchestrator, which can thus record what they hand back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const [orchestrator, ...workers] = this.#places;
    await Promise.all(workers.map((place) => place.child?.stop(this.#options.stopGraceMs)));
    await orchestrator?.child?.stop(this.#options.stopGraceMs);
    await this.#logs.close();
  }

  /** Ends all at once, for users who will not wait. */
  kill(): void {
    this.#stopping = true;
    for (const place of this.#places) place.child?.kill();
  }

  async #launch(place: Place): Promise<Member> {
    if (this.#stopping) throw new CommandError('the cluster is stopping');
    const { env, startDeadlineMs } = this.#options;
    const { name, script, nodeArgs, port } = place;
    const child = new ChildRole({
      name,
      script,
      nodeArgs,
      args: place.args(port),
      env: onLoopback(env),
      startDeadlineMs,
      onLine: (line) => {
        if (name !== ORCHESTRATOR) this.#logs.append(name, line);
        this.#options.onLine?.(name, line);
      },
    });
    place.child = child;
    try {
      place.ready = await child.ready;
    } catch (thrown) {
      child.kill();
      throw thrown;
    }
    place.port = place.ready.port;
    this.#restartOnDeath(place, child);
    return memberOf(place);
  }

  #restartOnDeath(place: Place, child: ChildRole): void {
    const sound = this.#later(SOUND_AFTER_MS, () => {
      place.deaths = 0;
    });
    void child.exited.then((exit) => {
      clearTimeout(sound);
      place.ready = null;
      if (!this.#stopping) this.#restart(place, `${place.name} died (${describeExit(exit)})`);
    });
  }

  #restart(place: Place, why: string): void {
    place.deaths += 1;
    if (place.deaths > this.#options.mostRestarts) {
      this.#giveUp(new CommandError(`${why}, after ${place.deaths - 1} restarts`));
      return;
    }
    const delayMs = Math.min(FIRST_RESTART_MS * 2 ** (place.deaths - 1), LONGEST_RESTART_MS);
    this.#options.onNote(`${why}: starting it again in ${delayMs / 1000} s`);
    this.#later(delayMs, () => {
      this.#launch(place).then(
        () => this.#options.onNote(`${place.name} is back`),
        (thrown: Error) => {
          if (!this.#stopping) this.#restart(place, thrown.message);
        },
      );
    });
  }

  #later(delayMs: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }
}

function newPlace(
  name: string,
  program: Pick<Place, 'script' | 'nodeArgs'>,
  slots: number,
  port: number,
): Omit<Place, 'args'> {
  return { name, ...program, slots, port, child: null, ready: null, deaths: 0 };
}

/** Nothing leaves this machine, so TLS that the environment sets up for others would only ask for certificates. */
function onLoopback(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MOTES_TLS_CERT: _cert, MOTES_TLS_KEY: _key, MOTES_TLS_CA: _ca, ...rest } = env;
  return rest;
}

function memberOf(place: Place): Member {
  return { name: place.name, url: place.ready?.url ?? '', pid: place.child?.pid, slots: place.slots };
}
