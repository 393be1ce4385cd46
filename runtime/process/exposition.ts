/** What Prometheus reads at `/metrics`. Values are taken from the process when somebody asks, and not kept here. */
import { collectDefaultMetrics, type Metric, type MetricValue, Registry } from 'prom-client';
import type { Distribution } from './distribution.ts';
import { isRestricted } from './permissions.ts';

type Labels = Readonly<Record<string, string>>;
/** A value for each set of labels. */
export type Readings = Iterable<readonly [labels: Labels, value: number]>;

interface Sample {
  /** Where it is not the metric's own. */
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** prom-client's gauges whose names end like a counter's, against Prometheus' rules; they tell nothing of motes. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

const RESIDENT = 'process_resident_memory_bytes';
/** What it reads from /proc, which not every system has and a worker's permissions do not allow: then it would tell 0. */
const MEMORY = [RESIDENT, 'process_virtual_memory_bytes', 'process_heap_bytes'];
const FILES = ['process_open_fds', 'process_max_fds'];

/** What one process tells. Names begin with `motes_`, beside those that every Node process has. */
export class Exposition {
  readonly #registry = new Registry();

  /** @param version of motes */
  constructor(version: string) {
    collectDefaultMetrics({ register: this.#registry });
    const unwanted = [...MISNAMED, ...MEMORY, ...(isRestricted() ? FILES : [])];
    for (const name of unwanted) this.#registry.removeSingleMetric(name);
    this.gauge(RESIDENT, 'Resident memory size in bytes.', () => [[{}, process.memoryUsage.rss()]]);
    this.gauge('motes_build_info', 'The version of motes; always 1.', () => [[{ version }, 1]]);
  }

  /** Values that go up and down. */
  gauge(name: string, help: string, read: () => Readings | Promise<Readings>): void {
    this.#add(name, help, 'gauge', async () => Array.from(await read(), toSample));
  }

  /** Counts that only grow while this process lives. */
  counter(name: string, help: string, read: () => Readings): void {
    this.#add(name, help, 'counter', async () => Array.from(read(), toSample));
  }

  /** Distributions of seconds. */
  histogram(name: string, help: string, read: () => Iterable<readonly [Labels, Distribution]>): void {
    this.#add(name, help, 'histogram', async () =>
      [...read()].flatMap(([labels, distribution]) => samplesOf(name, labels, distribution)),
    );
  }

  /**
   * The library's own metrics are counted in, by labels that are hashed each time; these are only read. So it is given what
   * it asks of a metric when it writes one.
   */
  #add(name: string, help: string, type: string, read: () => Promise<Sample[]>): void {
    const get = async () => ({ name, help, type, aggregator: 'sum', values: (await read()) as MetricValue<string>[] });
    this.#registry.registerMetric({ name, get } as unknown as Metric);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of it, with current values. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function toSample([labels, value]: readonly [Labels, number]): Sample {
  return { labels, value };
}

/** Buckets hold all that is below their bound, as Prometheus has them. */
function samplesOf(name: string, labels: Labels, { bounds, counts, sum }: Distribution): Sample[] {
  let count = 0;
  const buckets = counts.map((more, index) => {
    count += more;
    const le = index < bounds.length ? String(bounds[index]) : '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
