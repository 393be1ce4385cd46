/** Does to a cluster what a plan says. */
import type { Cluster, Member } from './cluster.ts';
import type { Step } from './fault-plan.ts';

/** How late a delayed way lets every piece pass. */
const DELAY_MS = 80;

/**
 * Carries out one step. A process that starts is not waited for: it may be hit again while it does.
 * @returns what can only be waited for later: the end of a process that drains
 */
export async function inject(cluster: Cluster, { action, target }: Step): Promise<void> {
  if (action === 'cut' || action === 'freeze' || action === 'delay' || action === 'heal') {
    for (const way of cluster.workers.find(({ name }) => name === target.name)!.ways) {
      if (action === 'delay') way.delay(DELAY_MS);
      else way[action]();
    }
    return;
  }
  const member = memberOf(cluster, target.name);
  if (action === 'kill') await member.end('SIGKILL');
  else if (action === 'terminate') await member.end('SIGTERM');
  else if (action === 'stop') member.process.signal('SIGSTOP');
  else if (action === 'continue') member.process.signal('SIGCONT');
  else await member.start();
}

function memberOf(cluster: Cluster, name: string): Member {
  return name === cluster.orchestrator.name
    ? cluster.orchestrator
    : cluster.workers.find((worker) => worker.name === name)!;
}
