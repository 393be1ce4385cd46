/** For those who watch over the orchestrator: `/livez`, `/readyz`, `/metrics`, and where the workers' metrics are. */
import type { Hono } from 'hono';
import { addHealthRoutes } from '../../../http/health.ts';
import type { MetricsTargets } from '../../../wire/orchestrator-api.ts';
import type { FleetWorker } from '../../fleet/fleet.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';

export function addMonitoringRoutes(app: Hono, deps: OrchestratorDependencies): void {
  addHealthRoutes(app, deps.readiness);
  app.get('/metrics', async (c) =>
    c.body(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType }),
  );
  // Workers that are away are listed, too: that they do not answer is what an alert is made of.
  app.get('/metrics/targets', (c) => c.json(deps.fleet.list().map(targetOf) satisfies MetricsTargets));
}

function targetOf({ id, url }: FleetWorker): MetricsTargets[number] {
  const { host, protocol } = new URL(url);
  return { targets: [host], labels: { worker: id, __scheme__: protocol.slice(0, -1) } };
}
