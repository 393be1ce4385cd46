/** The orchestrator's HTTP surface, as a value: only `main.ts` serves it. */
import { Hono } from 'hono';
import { declarations } from '../../../functions/catalogue.ts';
import { boundBodies } from '../../http/body-budget.ts';
import { handleErrors } from '../../http/errors.ts';
import { guard } from '../../http/guard.ts';
import { Sessions } from '../../http/sessions.ts';
import type { OrchestratorDependencies } from './dependencies.ts';
import { openPaths } from './operations.ts';
import { addArtifactRoutes } from './routes/artifacts.ts';
import { addBlobRoutes } from './routes/blobs.ts';
import { addEventRoutes } from './routes/events.ts';
import { addFleetRoutes } from './routes/fleet.ts';
import { addFrameRoutes } from './routes/frames.ts';
import { addMonitoringRoutes } from './routes/monitoring.ts';
import { addOpenApiRoute } from './routes/openapi.ts';
import { addPageRoutes } from './routes/page.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSubmissionRoutes } from './routes/submissions.ts';
import { addTaskRoutes } from './routes/tasks.ts';
import { addTimelineRoute } from './routes/timeline.ts';

/** Everything that the orchestrator answers. */
export function createOrchestratorApp(deps: OrchestratorDependencies): Hono {
  const app = new Hono();
  handleErrors(app, deps.logError);
  const sessions = deps.guard.token === null ? null : new Sessions(deps.guard.token, deps.now);
  app.use(guard({ ...deps.guard, sessions, openPaths }), boundBodies());
  addMonitoringRoutes(app, deps);
  app.get('/functions', (c) => c.json({ functions: deps.functions }));
  const functions = declarations.filter(({ internal }) => !internal);
  addOpenApiRoute(app, { version: deps.version, functions, cookie: sessions?.cookie ?? null });
  addPageRoutes(app, deps);
  addSessionRoutes(app, deps, sessions);
  addFleetRoutes(app, deps);
  addSubmissionRoutes(app, deps);
  addRunRoutes(app, deps);
  addTaskRoutes(app, deps);
  addArtifactRoutes(app, deps);
  addFrameRoutes(app, deps);
  addEventRoutes(app, deps);
  addTimelineRoute(app, deps);
  addBlobRoutes(app, deps);
  return app;
}
