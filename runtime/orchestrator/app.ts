/** The orchestrator's HTTP surface, as a value: only `main.ts` serves it. */
import { Hono } from 'hono';
import { boundBodies } from '../http/body-budget.ts';
import { handleErrors } from '../http/errors.ts';
import { type GuardOptions, guard } from '../http/guard.ts';
import type { Transport } from '../transport/transport.ts';
import type { FunctionListing } from '../wire/invocation.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Fleet } from './fleet.ts';
import type { RemoteLedger } from './ledger-host.ts';
import type { Metrics } from './metrics.ts';
import { addFleetRoutes } from './routes/fleet.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addSubmissionRoutes } from './routes/submissions.ts';
import type { RunWaiters } from './run-waiters.ts';
import type { SubmissionRules } from './submission.ts';

export interface OrchestratorDependencies {
  readonly ledgerId: string;
  readonly ledger: RemoteLedger;
  readonly dispatcher: Pick<Dispatcher, 'tasksQueued' | 'attemptsCancelled' | 'currentTasks' | 'progressOf' | 'view'>;
  readonly transport: Pick<Transport, 'drain'>;
  readonly fleet: Fleet;
  readonly waiters: RunWaiters;
  readonly metrics: Metrics;
  readonly rules: SubmissionRules;
  readonly functions: readonly FunctionListing[];
  /** Reads the task file anew. @throws Problem `task_file_not_found` */
  readonly readTaskFile: () => Promise<{ text: string; name: string }>;
  readonly newRunId: () => string;
  readonly now: () => number;
  readonly guard: GuardOptions;
  readonly version: string;
  /** How often workers are asked to register again. */
  readonly heartbeatMs: number;
  /** False once the ledger has failed. */
  readonly isReady: () => boolean;
  readonly logError: (error: unknown, path: string) => void;
}

/** Everything that the orchestrator answers. */
export function createOrchestratorApp(deps: OrchestratorDependencies): Hono {
  const app = new Hono();
  handleErrors(app, deps.logError);
  app.use(guard(deps.guard), boundBodies());
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (deps.isReady() ? c.text('ok\n') : c.text('the ledger cannot be written\n', 503)));
  app.get('/metrics', async (c) =>
    c.body(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType }),
  );
  app.get('/functions', (c) => c.json({ functions: deps.functions }));
  addFleetRoutes(app, deps);
  addSubmissionRoutes(app, deps);
  addRunRoutes(app, deps);
  return app;
}
