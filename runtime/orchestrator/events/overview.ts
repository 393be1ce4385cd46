/** Everything at a glance, from what the orchestrator has in memory and the ledger's counters. */

import type { Overview, WorkerGlance } from '../../wire/overview.ts';
import type { TaskCounts } from '../../wire/task.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { Estimates } from '../dispatch/estimates.ts';
import { expectedMs } from '../dispatch/estimates.ts';
import type { SchedulingView } from '../dispatch/scheduler.ts';
import type { Fleet, FleetWorker } from '../fleet/fleet.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { FinishEffect } from '../ledger/ledger-types.ts';
import { Rate } from './rate.ts';

export interface OverviewOptions {
  readonly ledger: Pick<RemoteLedger, 'counts' | 'newestEvent' | 'activeRuns'>;
  readonly fleet: Pick<Fleet, 'list' | 'condition'>;
  readonly dispatcher: Pick<Dispatcher, 'live' | 'view'>;
  readonly estimates: Pick<Estimates, 'relativeSpeed'>;
  readonly version: string;
  readonly now: () => number;
}

const RUNS_SHOWN = 20;
/** What is expected of a task may be off by so much. */
const DOUBT = 0.25;

/** Puts the overview together; asked at most four times a second, however many look. */
export class Overviews {
  readonly #options: OverviewOptions;
  readonly #rate = new Rate();
  #divergences = 0;
  #suspects = 0;

  constructor(options: OverviewOptions) {
    this.#options = options;
  }

  /** Takes what was recorded. */
  count(effects: readonly FinishEffect[]): void {
    for (const { divergent, suspect } of effects) {
      this.#divergences += Number(divergent);
      this.#suspects += Number(suspect);
    }
  }

  async now(): Promise<Overview> {
    const { ledger, dispatcher, version, now } = this.#options;
    // Asked first: what comes between is told again rather than not at all.
    const [last_event, tasks, active_runs] = await Promise.all([
      ledger.newestEvent(),
      ledger.counts(),
      ledger.activeRuns(RUNS_SHOWN),
    ]);
    const at = now();
    this.#rate.note(at, tasks.succeeded + tasks.failed + tasks.cancelled);
    const rate = this.#rate.perSecond();
    return {
      ...{ at, version, last_event, tasks, rate, active_runs },
      eta: estimateEnd(tasks, rate, dispatcher.view()),
      workers: this.#workers(),
      ...{ divergences: this.#divergences, suspects: this.#suspects },
    };
  }

  #workers(): WorkerGlance[] {
    const loads = new Map<string, { running: number; waiting: number }>();
    for (const { workerId, begunAt } of this.#options.dispatcher.live()) {
      const load = loads.get(workerId) ?? { running: 0, waiting: 0 };
      if (begunAt === null) load.waiting += 1;
      else load.running += 1;
      loads.set(workerId, load);
    }
    return this.#options.fleet.list().map((worker) => this.#glance(worker, loads.get(worker.id)));
  }

  #glance(worker: FleetWorker, load: { running: number; waiting: number } | undefined): WorkerGlance {
    const { id, online, fault, slots, lastSeenAt } = worker;
    const speed = this.#options.estimates.relativeSpeed(id);
    return {
      ...{ id, status: online ? 'online' : 'offline', condition: this.#options.fleet.condition(worker), fault, slots },
      ...{ running: load?.running ?? 0, waiting: load?.waiting ?? 0 },
      speed: speed === null ? null : Number(speed.toPrecision(2)),
      last_seen: lastSeenAt,
    };
  }
}

/**
 * Seconds until all has ended: by the work that is left, where all that waits is known, and by the rate of late. What
 * differs makes the range.
 */
export function estimateEnd(tasks: TaskCounts, rate: number | null, view: SchedulingView): Overview['eta'] {
  const left = tasks.queued + tasks.running;
  const slots = view.workers.reduce((sum, worker) => sum + worker.slots, 0);
  if (left === 0 || slots === 0) return null;
  const running = view.workers.flatMap((worker) => worker.remainingMs);
  const longestMs = Math.max(0, ...running);
  const guesses = [];
  if (view.queued.length >= tasks.queued) {
    const fastest = (name: string, cost: number): number =>
      Math.min(...view.workers.map((worker) => expectedMs(view.speedOf(name, worker.id), cost)));
    const queuedMs = view.queued.reduce((sum, task) => sum + fastest(task.function, task.cost), 0);
    const workMs = queuedMs + running.reduce((sum, ms) => sum + ms, 0);
    guesses.push(Math.max(longestMs, workMs / slots) / 1000);
  }
  if (rate !== null && rate > 0) guesses.push(left / rate);
  if (guesses.length === 0) return null;
  const least = Math.min(...guesses);
  const most = Math.max(...guesses, longestMs / 1000);
  return { least: rounded(least * (1 - DOUBT)), most: rounded(most * (1 + DOUBT)) };
}

/** To two digits: more would only flicker. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(2));
}
