/** What the orchestrator counts as it happens, in plain numbers: `metrics.ts` shows them to Prometheus. */
import { Tally, WorkDistributions } from '../process/distribution.ts';
import { type AttemptStatus, RETRY_CAUSES } from '../wire/task.ts';
import type { FinishEffect } from './ledger/ledger-types.ts';
import { type DispatcherMeter, LOSS_CAUSES, type LossCause } from './ports.ts';

export class Meter implements DispatcherMeter {
  readonly attempts = new WorkDistributions();
  readonly losses = new Tally(LOSS_CAUSES);
  readonly retries = new Tally([...RETRY_CAUSES, 'released']);
  superseded = 0;
  divergences = 0;
  suspects = 0;

  ended(functionName: string, outcome: AttemptStatus, seconds: number): void {
    this.attempts.observe(functionName, outcome, seconds);
  }

  lost(cause: LossCause): void {
    this.losses.add(cause);
  }

  /** Takes what was recorded. */
  recorded(effects: readonly FinishEffect[]): void {
    for (const { retried, superseded, divergent, suspect } of effects) {
      if (retried !== undefined) this.retries.add(retried);
      this.superseded += Number(superseded);
      this.divergences += Number(divergent);
      this.suspects += Number(suspect);
    }
  }
}
