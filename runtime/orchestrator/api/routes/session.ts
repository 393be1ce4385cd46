/** `/session`: browsers sign in with the token, and get a cookie that stands for it. */
import type { Hono } from 'hono';
import { readJson } from '../../../http/body.ts';
import { FailureBudget } from '../../../http/failure-budget.ts';
import { tokenCheck } from '../../../http/guard.ts';
import type { Sessions } from '../../../http/sessions.ts';
import { Problem } from '../../../wire/problem.ts';
import { SessionSchema } from '../../../wire/session.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { remoteAddress } from '../remote-address.ts';

const SESSION_BYTES = 16 * 1024;

/** @param sessions null where no token is asked for: then everybody is signed in already */
export function addSessionRoutes(app: Hono, deps: OrchestratorDependencies, sessions: Sessions | null): void {
  const isToken = deps.guard.token === null ? () => true : tokenCheck(deps.guard.token);
  const failures = new FailureBudget(deps.now);
  app.post('/session', async (c) => {
    const address = remoteAddress(c);
    if (!failures.allows(address))
      throw new Problem('too_many_guesses', 'too many wrong tokens came from this address - try again in a moment');
    const { token } = await readJson(c, SessionSchema, SESSION_BYTES);
    if (!isToken(token)) {
      failures.note(address);
      throw new Problem('unauthorized', 'this is not the token - MOTES_TOKEN on the orchestrator holds it');
    }
    sessions?.begin(c);
    return c.body(null, 204);
  });
  app.delete('/session', (c) => {
    sessions?.end(c);
    return c.body(null, 204);
  });
}
