import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { roleScript, workerProgram } from '../../../runtime/cli/role-scripts.ts';
import { cpuMs } from './process-stat.ts';

const START_DEADLINE_MS = 30_000;
const PROBE = new URL('./probe.ts', import.meta.url).href;

/** A role of motes to run as a process of its own. */
export interface RoleOptions {
  readonly role: 'orchestrator' | 'worker';
  readonly args: readonly string[];
  /** Loads `probe.ts` into it first, so that it answers `askProbe`. */
  readonly probed?: boolean;
  /** Further arguments of Node, `--cpu-prof` say. */
  readonly nodeArgs?: readonly string[];
}

/** What the probe in a process saw since it was last asked. */
export interface ProbeReport {
  /** Milliseconds that the event loop was late, beyond the probe's own interval. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
}

/** An orchestrator or a worker that serves. */
export class RoleProcess {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.pid = child.pid!;
    this.url = url;
  }

  /** @throws Error when it does not come up in time. */
  static async start({ role, args, probed = false, nodeArgs = [] }: RoleOptions): Promise<RoleProcess> {
    const program = role === 'worker' ? workerProgram([]) : { script: roleScript(role), nodeArgs: [] };
    const execArgv = [...program.nodeArgs, ...(probed ? ['--import', PROBE] : []), ...nodeArgs];
    const child = fork(program.script, [...args, '--log-level', 'silent'], {
      execArgv,
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const signal = AbortSignal.timeout(START_DEADLINE_MS);
    const exited = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the ${role} ended with ${code}`)));
    exited.catch(() => {});
    const [ready] = await Promise.race([once(child, 'message', { signal }), exited]);
    return new RoleProcess(child, (ready as { url: string }).url);
  }

  /** Milliseconds of processor time that it has taken, all threads together. */
  get cpuMs(): number {
    return cpuMs(this.pid);
  }

  /** Sends a signal: `SIGKILL`, or `SIGSTOP` and `SIGCONT` to slow it down. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What its probe saw since the last time. */
  async askProbe(): Promise<ProbeReport> {
    this.#child.send('motes-bench-probe');
    const [report] = await once(this.#child, 'message', { signal: AbortSignal.timeout(START_DEADLINE_MS) });
    return report as ProbeReport;
  }

  /** Kills it and waits for its end. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end and waits. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const isRunning = this.#child.exitCode === null && this.#child.signalCode === null;
    const exited = isRunning ? once(this.#child, 'exit') : null;
    this.#child.kill(signal);
    await exited;
  }
}

/** The environment without what would set options of the roles. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MOTES|WORKER)/.test(name)));
}
