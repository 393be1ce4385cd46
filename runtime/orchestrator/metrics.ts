/**
 * What Prometheus reads at the orchestrator's `/metrics`. No label is an id, so that the number of series is bounded: by
 * functions, statuses and causes. Not even a worker's name is one: each worker tells of itself, and Prometheus marks what it
 * tells with the name (`GET /metrics/targets`); told here as well, every value would be there twice.
 */
import type { Distribution, Tally } from '../process/distribution.ts';
import { Exposition, type Readings } from '../process/exposition.ts';
import { WORKER_CONDITIONS } from '../wire/orchestrator-api.ts';
import { TASK_STATUSES } from '../wire/task.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { Estimates } from './dispatch/estimates.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { RemoteLedger } from './ledger/ledger-host.ts';
import type { Meter } from './meter.ts';

/** Where current values come from when somebody asks. */
export interface MetricsSources {
  readonly version: string;
  readonly meter: Meter;
  /** How long the ledger's commits took. */
  readonly commits: Distribution;
  readonly ledger: Pick<RemoteLedger, 'countsByFunction'>;
  readonly fleet: Pick<Fleet, 'list' | 'condition'>;
  readonly dispatcher: Pick<Dispatcher, 'countAt'>;
  readonly estimates: Pick<Estimates, 'unitsPerSecond'>;
  /** Bytes that are free where the ledger is. */
  freeBytes(): Promise<number>;
}

export function createMetrics(sources: MetricsSources): Exposition {
  const exposition = new Exposition(sources.version);
  addTasks(exposition, sources);
  addFleet(exposition, sources);
  addStorage(exposition, sources);
  return exposition;
}

function addTasks(exposition: Exposition, { ledger, meter }: MetricsSources): void {
  exposition.gauge('motes_tasks', 'Tasks in the ledger, by function and status.', async () => {
    const rows = await ledger.countsByFunction();
    return rows.flatMap((row) =>
      TASK_STATUSES.map((status) => [{ function: row.function, status }, row[status]] as const),
    );
  });
  exposition.histogram(
    'motes_attempt_duration_seconds',
    'From the start of an attempt to its end, its wait at the worker included, by function and outcome.',
    () => meter.attempts.entries(),
  );
  exposition.counter('motes_task_retries_total', 'Tasks queued again after an attempt failed, by its cause.', () =>
    byLabel('cause', meter.retries),
  );
  exposition.counter('motes_lease_losses_total', 'Attempts taken from a worker that was lost, by how it was.', () =>
    byLabel('cause', meter.losses),
  );
  exposition.counter('motes_superseded_results_total', 'Results that came after their attempt had been ended.', () => [
    [{}, meter.superseded],
  ]);
  exposition.counter(
    'motes_divergences_total',
    'Superseded results whose bits differ from the recorded ones: should stay 0.',
    () => [[{}, meter.divergences]],
  );
  exposition.counter('motes_suspect_results_total', 'Recorded results with a failed check.', () => [
    [{}, meter.suspects],
  ]);
}

function addFleet(exposition: Exposition, { fleet, dispatcher, estimates }: MetricsSources): void {
  exposition.gauge('motes_workers', 'Workers, by condition.', () => {
    const counts = new Map<string, number>([...WORKER_CONDITIONS, 'offline'].map((condition) => [condition, 0]));
    for (const worker of fleet.list()) {
      const condition = worker.online ? fleet.condition(worker) : 'offline';
      counts.set(condition, counts.get(condition)! + 1);
    }
    return [...counts].map(([condition, count]) => [{ condition }, count]);
  });
  const online = () => fleet.list().filter((worker) => worker.online);
  exposition.gauge('motes_slots', 'Slots of the workers that are online.', () => [
    [{}, online().reduce((sum, { slots }) => sum + slots, 0)],
  ]);
  exposition.gauge('motes_slots_used', 'Slots for which their worker has an attempt.', () => [
    [{}, online().reduce((sum, { id, slots }) => sum + Math.min(slots, dispatcher.countAt(id)), 0)],
  ]);
  exposition.gauge(
    'motes_expected_cost_units_per_second',
    "What one slot is expected to do of a function's cost in a second, learned from finished attempts.",
    () => [...estimates.unitsPerSecond()].map(([name, speed]) => [{ function: name }, speed]),
  );
}

function addStorage(exposition: Exposition, { commits, freeBytes }: MetricsSources): void {
  exposition.histogram('motes_ledger_commit_duration_seconds', 'Commits of the ledger, their fsync included.', () => [
    [{}, commits],
  ]);
  exposition.gauge('motes_ledger_free_bytes', 'Bytes that are free on the disk of the ledger.', async () => [
    [{}, await freeBytes()],
  ]);
}

function byLabel(label: string, tally: Tally): Readings {
  return [...tally.counts].map(([name, count]) => [{ [label]: name }, count]);
}
