/** What a worker counts as it happens, in plain numbers: `metrics.ts` shows them to Prometheus. */
import { Tally, WorkDistributions } from '../process/distribution.ts';
import type { InvocationInput, InvocationStatus } from './invocation.ts';

export class WorkerMeter {
  readonly invocations = new WorkDistributions();
  /** Work that was done, in each function's own unit of cost, and the seconds that it took: their quotient is its speed. */
  readonly costUnits = new Tally();
  readonly seconds = new Tally();
  threadFailures = 0;

  /** @param elapsedMs null where it never began */
  ended({ type, cost, resumeFrom }: InvocationInput, status: InvocationStatus, elapsedMs: number | null): void {
    if (elapsedMs === null) return;
    this.invocations.observe(type, status, elapsedMs / 1000);
    // Nobody knows what part of the work one did that went on from a checkpoint.
    if (status !== 'succeeded' || resumeFrom !== null) return;
    this.costUnits.add(type, cost);
    this.seconds.add(type, elapsedMs / 1000);
  }
}
