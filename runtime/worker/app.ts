import { Hono } from 'hono';
import { listFunctions } from '../function/listing.ts';
import { boundBodies } from '../http/body-budget.ts';
import { handleErrors } from '../http/errors.ts';
import { type GuardOptions, guard } from '../http/guard.ts';
import { addHealthRoutes, loopCheck } from '../http/health.ts';
import { type Ping, PROTOCOL_VERSION } from '../wire/invocation.ts';
import { localTimestamp } from '../wire/timestamp.ts';
import { addBlobRoutes } from './blob-routes.ts';
import { addExecuteRoute } from './execute-route.ts';
import { addFrameRoutes } from './frame-routes.ts';
import type { Host } from './host.ts';
import { addArtifactRoute, addInvokeRoutes } from './invoke-routes.ts';
import { createWorkerMetrics } from './metrics.ts';
import { addOutboxRoutes } from './outbox-routes.ts';
import { readinessChecks } from './readiness.ts';

export interface WorkerAppOptions {
  readonly host: Host;
  /** Asked each time: an orchestrator may give the worker another. */
  readonly workerId: () => string;
  /** A new UUID at each start of the worker. */
  readonly instance: string;
  /** Of motes. */
  readonly version: string;
  readonly guard: GuardOptions;
  /** Called by `POST /drain`. */
  readonly onDrain: () => void;
  readonly onError: (error: unknown, path: string) => void;
}

/** The worker's HTTP face, as a value. */
export function createWorkerApp(options: WorkerAppOptions): Hono {
  const { host } = options;
  const app = new Hono();
  handleErrors(app, options.onError);
  app.use(guard(options.guard), boundBodies());
  app.get('/ping', (c) => c.json(ping(options)));
  addHealthRoutes(app, [...readinessChecks(host), loopCheck(host.loopDelay)]);
  const metrics = createWorkerMetrics(host, options.version);
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  const functions = listFunctions(host.options.declarations, host.options.versions);
  app.get('/functions', (c) => c.json({ functions }));
  app.post('/drain', (c) => {
    options.onDrain();
    return c.json({ draining: true, unfinished: host.invocations.unfinished }, 202);
  });
  addInvokeRoutes(app, host);
  addArtifactRoute(app, host);
  addFrameRoutes(app, host);
  addBlobRoutes(app, host);
  addOutboxRoutes(app, host, options.instance);
  addExecuteRoute(app, host, options.workerId);
  return app;
}

function ping({ host, workerId, instance, version }: WorkerAppOptions): Ping {
  const { invocations } = host;
  const labels = invocations.running.map((invocation) => invocation.label);
  return {
    status: 'online',
    worker_id: workerId(),
    timestamp: localTimestamp(Date.now()),
    current_task: labels[0] ?? null,
    current_tasks: labels,
    instance,
    protocol: PROTOCOL_VERSION,
    version,
    slots: host.options.slots,
    slot_memory_bytes: host.options.slotMemoryBytes,
    waiting: invocations.waiting,
    draining: invocations.draining,
    fault: invocations.fault,
    functions: { ...host.options.versions },
  };
}
