/** Metrics, alerts, dashboard and health with a real Prometheus that scrapes a real `motes up`. See `--help`. */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { Report } from '../chaos/report.ts';
import { until } from '../chaos/until.ts';
import {
  ALERTS_FILE,
  composeFaults,
  dashboardFaults,
  dashboardQueries,
  overlayFaults,
  PROMETHEUS_FILE,
  prometheusConfig,
} from './configs.ts';
import { LocalMotes } from './local-motes.ts';
import { Prometheus, type Series } from './prometheus.ts';
import { disturb, keepBusy } from './trouble.ts';

const HELP = `Usage: node runtime/e2e/metrics/main.ts

Starts \`motes up\` and lets it have trouble: failures, retries, deadlines, a killed worker. Meanwhile Debian's Prometheus (an installed
one, or its package unpacked into a temporary folder) scrapes it as configs/prometheus.yml says. Checks names and forms with promtool,
every query of the Grafana dashboard, every alert, the health of both roles, and that lines of the logs say what they are about. Ends
with "N passed, N failed"; exit code 1 when something failed.
`;

/** What the trouble must have left behind: each of these has to be above 0. */
const COUNTED = [
  'motes_attempt_duration_seconds_count{outcome="succeeded",function="noop"}',
  'motes_attempt_duration_seconds_count{outcome="failed",function="faulty"}',
  'motes_attempt_duration_seconds_count{outcome="timed_out"}',
  'motes_attempt_duration_seconds_count{outcome="lost"}',
  'motes_task_retries_total{cause="function_error"}',
  'motes_task_retries_total{cause="worker_lost"}',
  'motes_lease_losses_total{cause=~"unreachable|forgotten"}',
  'motes_worker_thread_failures_total',
  'motes_worker_cost_units_total{function="benchmark_wasm"}',
  'motes_ledger_commit_duration_seconds_count',
  'motes_tasks{status="failed"}',
];

/** A number that is none, of a quotient without anything below it, draws nothing. */
function hasData(series: readonly Series[]): boolean {
  return series.some(({ value: [, value] }) => value !== 'NaN');
}

/** Ids and names that must be in no exposition. */
function namesIn(text: string, names: readonly string[]): string[] {
  return names.filter((name) => text.includes(`"${name}`)).map((name) => `${name} is told`);
}

async function checkExpositions(report: Report, motes: LocalMotes, prometheus: Prometheus, run: string): Promise<void> {
  const names = [run, 'fine-', 'throws-', ...motes.workers.map(({ name }) => name)];
  for (const { name, url } of [{ name: 'orchestrator', ...motes.orchestrator }, ...motes.workers]) {
    const text = await motes.text(url, '/metrics');
    report.check(
      `promtool finds nothing wrong with the metrics of ${name}`,
      prometheus.check(['check', 'metrics'], text),
    );
    report.check(`no id is told by ${name}`, namesIn(text, names));
  }
}

async function checkScrape(report: Report, motes: LocalMotes, prometheus: Prometheus): Promise<void> {
  await report.attempt('orchestrator and workers are scraped, workers under their names', async () => {
    await until('three targets', async () => (await prometheus.query('up == 1')).length === 3);
    const workers = await prometheus.query('up{job="motes-workers"}');
    assert.deepEqual(
      workers.map(({ metric }) => metric.worker).sort(),
      motes.workers.map(({ name }) => name),
    );
  });
  for (const expression of COUNTED)
    await report.attempt(`there is ${expression}`, async () => {
      await until(expression, async () => hasData(await prometheus.query(`sum(${expression}) > 0`)));
    });
  for (const { panel, expression } of dashboardQueries())
    await report.attempt(`the dashboard has something to show: ${panel}: ${expression}`, async () => {
      await until('data', async () => hasData(await prometheus.query(expression)), 30_000);
    });
  await report.attempt('every alert can be evaluated', async () => {
    const rules = await until('rules', async () => {
      const all = await prometheus.rules();
      return all.every(({ health }) => health !== 'unknown') ? all : null;
    });
    assert.ok(rules.length >= 10);
    for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
  });
}

async function checkHealth(report: Report, motes: LocalMotes): Promise<void> {
  const [worker] = motes.workers as [(typeof motes.workers)[number]];
  await report.attempt('both roles are ready, and list why', async () => {
    for (const [url, checks] of [
      [motes.orchestrator.url, ['ping', 'ledger', 'disk', 'dispatcher', 'event_loop']],
      [worker.url, ['ping', 'self_test', 'slots', 'outbox', 'accepting', 'event_loop']],
    ] as const) {
      const lines = checks.map((name) => `[+]${name} ok\n`);
      assert.equal(await motes.text(url, '/readyz?verbose'), `${lines.join('')}readyz check passed\n`);
      assert.equal(await motes.text(url, '/livez'), 'ok\n');
    }
  });
  await report.attempt('a worker that drains is not ready, and says why', async () => {
    await motes.client.drain(worker.name);
    const response = await fetch(`${worker.url}/readyz`);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /^\[-\]accepting: it drains/m);
  });
}

/** Lines about an attempt name all that it is known by. */
function logFaults(motes: LocalMotes, name: string, isAboutAttempt: RegExp, fields: readonly string[]): string[] {
  const lines = motes.log(name).filter(({ msg }) => isAboutAttempt.test(String(msg)));
  if (lines.length === 0) return [`no line of ${name} is about an attempt`];
  return lines.filter((line) => fields.some((field) => line[field] === undefined)).map((line) => JSON.stringify(line));
}

function checkLogs(report: Report, motes: LocalMotes): void {
  const fields = ['run', 'task', 'attempt', 'worker'];
  const faults = logFaults(motes, 'orchestrator', /^attempt |^re-attached|^a copy|^divergence/, fields);
  report.check("lines of the orchestrator's log that are about an attempt say which", faults);
  for (const { name } of motes.workers)
    report.check(
      `lines of ${name}'s log that are about an attempt say which`,
      logFaults(motes, name, /^ended as/, [...fields, 'function']),
    );
}

async function checkRunning(report: Report, prometheus: Prometheus): Promise<void> {
  const motes = await LocalMotes.start();
  try {
    await prometheus.start(prometheusConfig(motes.orchestrator.url));
    report.say(`motes at ${motes.orchestrator.url}, with trouble`);
    const run = await disturb(motes);
    const stop = keepBusy(motes);
    await checkScrape(report, motes, prometheus).finally(stop);
    await checkExpositions(report, motes, prometheus, run);
    await checkHealth(report, motes);
    checkLogs(report, motes);
  } finally {
    // First, so that it does not miss what it scrapes.
    await prometheus.stop();
    await motes.stop();
  }
}

async function main(): Promise<number> {
  const report = new Report();
  const prometheus = new Prometheus();
  try {
    report.check('promtool takes configs/prometheus.yml', prometheus.check(['check', 'config', PROMETHEUS_FILE]));
    report.check('promtool takes configs/prometheus-alerts.yml', prometheus.check(['check', 'rules', ALERTS_FILE]));
    report.check('the dashboard fits its data source', dashboardFaults());
    report.check('the compose overlay opens nothing to others, and what it mounts is there', overlayFaults());
    const faults = composeFaults();
    if (faults) report.check('compose takes the overlay', faults);
    else report.skip('compose takes the overlay', 'there is no compose command');
    await report.attempt('a motes under load is scraped', () => checkRunning(report, prometheus));
  } finally {
    await prometheus.stop();
  }
  return report.end();
}

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) process.stdout.write(HELP);
else process.exit(await main());
