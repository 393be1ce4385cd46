/** What Prometheus reads at `/metrics`: counts of what happened, never ids. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { CounterChange } from './ledger/ledger-rows.ts';
import type { FinishEffect } from './ledger/ledger-types.ts';

/** Where current values come from when somebody asks. */
export interface MetricsSources {
  counts(): Promise<CounterChange>;
  workers(): Readonly<Record<string, 'online' | 'offline'>>;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #outcomes: Counter<'status'>;
  readonly #superseded: Counter;
  readonly #divergences: Counter;

  constructor(sources: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#outcomes = new Counter({
      name: 'motes_task_outcomes_total',
      help: 'Attempts that ended, by what became of their task: queued means that it is tried again.',
      labelNames: ['status'],
      registers,
    });
    this.#superseded = new Counter({
      name: 'motes_superseded_results_total',
      help: 'Results that came after their attempt had been ended.',
      registers,
    });
    this.#divergences = new Counter({
      name: 'motes_divergences_total',
      help: 'Superseded results whose bits differ from the recorded ones: should stay 0.',
      registers,
    });
    addGauge(registers, 'motes_tasks', 'Tasks in the ledger, by status.', async () => await sources.counts());
    addGauge(registers, 'motes_workers', 'Workers, by status.', async () => {
      const statuses = Object.values(sources.workers());
      const online = statuses.filter((status) => status === 'online').length;
      return { online, offline: statuses.length - online };
    });
  }

  /** Counts what was recorded. */
  count(effects: readonly FinishEffect[]): void {
    for (const { taskStatus, superseded, divergent } of effects) {
      if (superseded) this.#superseded.inc();
      else this.#outcomes.inc({ status: taskStatus });
      if (divergent) this.#divergences.inc();
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition, with current values. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A gauge whose values by status are read when somebody asks. */
function addGauge(
  registers: Registry[],
  name: string,
  help: string,
  read: () => Promise<Partial<Record<string, number>>>,
): void {
  new Gauge({
    ...{ name, help, registers, labelNames: ['status'] as const },
    async collect() {
      for (const [status, value] of Object.entries(await read())) this.set({ status }, value ?? 0);
    },
  });
}
