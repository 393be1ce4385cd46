/** What Prometheus reads at a worker's `/metrics`. No label is an id: functions, states and outcomes are few. */
import type { Tally } from '../process/distribution.ts';
import { Exposition, type Readings } from '../process/exposition.ts';
import type { Host } from './host.ts';

/** @param version of motes */
export function createWorkerMetrics(host: Host, version: string): Exposition {
  const exposition = new Exposition(version);
  addWork(exposition, host);
  addRoom(exposition, host);
  return exposition;
}

function addWork(exposition: Exposition, { meter }: Host): void {
  exposition.histogram(
    'motes_worker_invocation_duration_seconds',
    'How long functions ran, by function and outcome, the self-test included.',
    () => meter.invocations.entries(),
  );
  exposition.counter(
    'motes_worker_cost_units_total',
    "Work of invocations that succeeded, in the unit of the function's cost.",
    () => byFunction(meter.costUnits),
  );
  exposition.counter('motes_worker_compute_seconds_total', 'Seconds that this work took.', () =>
    byFunction(meter.seconds),
  );
}

function addRoom(exposition: Exposition, { invocations, outbox, options, meter }: Host): void {
  exposition.gauge('motes_worker_slots', 'How many invocations can run at once.', () => [[{}, options.slots]]);
  exposition.gauge('motes_worker_slots_used', 'Slots that compute.', () => [
    [{}, Math.min(options.slots, invocations.running.length)],
  ]);
  exposition.gauge('motes_worker_invocations', 'Invocations that are here and not ended, by state.', () => [
    [{ state: 'running' }, invocations.running.length],
    [{ state: 'waiting' }, invocations.waiting],
  ]);
  exposition.gauge('motes_worker_outbox_entries', 'Outcomes that no orchestrator has acknowledged yet.', () => [
    [{}, outbox.size],
  ]);
  exposition.counter('motes_worker_thread_failures_total', 'Function threads that ended by themselves.', () => [
    [{}, meter.threadFailures],
  ]);
}

function byFunction(tally: Tally): Readings {
  return [...tally.counts].map(([name, count]) => [{ function: name }, count]);
}
