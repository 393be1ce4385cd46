/** Does to a cluster what a plan says. */
import type { Cluster, Member } from './cluster.ts';
import type { Action, Step, Target } from './fault-plan.ts';

/** How late a delayed way lets every piece pass. */
const DELAY_MS = 80;

/**
 * Carries out steps. Those of one target follow each other: a process that drains is gone before its next life begins;
 * nothing waits for a process to be ready, so that it may be hit while it starts.
 */
export class Injector {
  readonly #cluster: Cluster;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Begins a step, behind those of the same target that were not over. */
  inject(step: Step): void {
    const { kind, name } = step.target;
    const key = `${kind} ${name}`;
    this.#last.set(
      key,
      Promise.resolve(this.#last.get(key)).then(() => this.#act(step)),
    );
  }

  /** Resolves when all steps are over and every process serves. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
    await Promise.all([this.#cluster.orchestrator, ...this.#cluster.workers].map(({ process: role }) => role.ready));
  }

  async #act({ action, target }: Step): Promise<void> {
    if (target.kind === 'ways' || target.kind === 'client') this.#disturbWays(action, target);
    else await this.#disturbProcess(action, this.#memberOf(target));
  }

  #disturbWays(action: Action, { kind, name }: Target): void {
    const { clientWays, workers } = this.#cluster;
    for (const way of kind === 'client' ? clientWays : workers.find((worker) => worker.name === name)!.ways) {
      if (action === 'delay') way.delay(DELAY_MS);
      else if (action === 'cut') way.cut();
      else if (action === 'freeze') way.freeze();
      else way.heal();
    }
  }

  async #disturbProcess(action: Action, member: Member): Promise<void> {
    if (action === 'kill') await member.end('SIGKILL');
    else if (action === 'terminate') await member.end('SIGTERM');
    else if (action === 'stop') member.process.signal('SIGSTOP');
    else if (action === 'continue') member.process.signal('SIGCONT');
    else member.launch();
  }

  #memberOf({ kind, name }: Target): Member {
    return kind === 'orchestrator'
      ? this.#cluster.orchestrator
      : this.#cluster.workers.find((worker) => worker.name === name)!;
  }
}
