/** The files of `configs/` that monitoring is made of, and what can be wrong with them before anything runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { findCompose } from '../../../scripts/docker/docker.ts';
import { run } from '../../../scripts/docker/run.ts';

export const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
export const PROMETHEUS_FILE = join(PROJECT, 'configs', 'prometheus.yml');
export const ALERTS_FILE = join(PROJECT, 'configs', 'prometheus-alerts.yml');
const GRAFANA = join(PROJECT, 'configs', 'grafana');
/** The variable by which a reader chooses. */
const DATA_SOURCE = `\${datasource}`;
const OVERLAY = 'docker-compose.metrics.yml';

/** One query of the dashboard. */
export interface Query {
  readonly panel: string;
  readonly expression: string;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { name: string; type: string; current: { value: unknown } }[] };
}

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}

const dashboard = JSON.parse(readFileSync(join(GRAFANA, 'dashboards', 'motes.json'), 'utf8')) as Dashboard;

/** What the dashboard asks, with Grafana's variables as they are on a first look, for a Prometheus that scrapes each second. */
export function dashboardQueries(): Query[] {
  const values = { $__rate_interval: '30s', $__range: '5m', $function: '.*' };
  return dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => {
      let expression = expr;
      for (const [name, value] of Object.entries(values)) expression = expression.replaceAll(name, value);
      return { panel: title, expression };
    }),
  );
}

/** `configs/prometheus.yml` for an orchestrator elsewhere, in more of a hurry. */
export function prometheusConfig(orchestratorUrl: string): string {
  const text = readFileSync(PROMETHEUS_FILE, 'utf8').replaceAll('orchestrator:5000', new URL(orchestratorUrl).host);
  const config = parse(text.replaceAll('refresh_interval: 10s', 'refresh_interval: 1s'));
  return JSON.stringify({
    ...config,
    global: { ...config.global, scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [ALERTS_FILE],
  });
}

export function dashboardFaults(): string[] {
  const ids = dashboard.panels.map(({ id }) => id);
  const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
  const source = parse(readFileSync(join(GRAFANA, 'provisioning', 'datasources', 'prometheus.yml'), 'utf8'));
  const variable = dashboard.templating.list.find(({ type }) => type === 'datasource');
  return [
    ...(new Set(ids).size === ids.length ? [] : ['two panels have one id']),
    ...(targets.every(({ datasource }) => datasource.uid === DATA_SOURCE) ? [] : ['a query has another data source']),
    ...(variable?.current.value === source.datasources[0].uid ? [] : ['its data source is not the provisioned one']),
  ];
}

/** The overlay by itself: ports on loopback only, images of one version, files that are there. */
export function overlayFaults(): string[] {
  const overlay = parse(readFileSync(join(PROJECT, OVERLAY), 'utf8'), { merge: true });
  const services = Object.entries(overlay.services as Record<string, Service>);
  return services.flatMap(([name, { image, ports, volumes }]) => [
    ...(/:v?\d+\.\d+\.\d+\}?$/.test(image) ? [] : [`${name}: the image ${image} is of no certain version`]),
    ...ports
      .filter((port) => !port.startsWith('127.0.0.1:'))
      .map((port) => `${name}: the port ${port} is open to others`),
    ...volumes
      .map((volume) => volume.split(':')[0]!)
      .filter((path) => (path.startsWith('./') ? !existsSync(join(PROJECT, path)) : !(path in overlay.volumes)))
      .map((path) => `${name}: there is no ${path}`),
  ]);
}

/** What compose says of the overlay over the compose file; null where there is no compose. */
export function composeFaults(): string[] | null {
  const [program, ...first] = findCompose() ?? [];
  if (program === undefined) return null;
  const files = ['-f', 'docker-compose.yml', '-f', OVERLAY];
  const shown = parse(run(program, [...first, ...files, 'config'], { cwd: PROJECT })) as { services: object };
  const missing = ['orchestrator', 'worker1', 'prometheus', 'grafana'].filter((name) => !(name in shown.services));
  return missing.map((name) => `compose shows no service ${name}`);
}
