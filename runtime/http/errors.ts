import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asProblem, Problem, type ProblemDocument } from '../wire/problem.ts';
import { GUESS_EVERY_SECONDS } from './failure-budget.ts';

/** When to try again, in seconds, by status. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: GUESS_EVERY_SECONDS, 503: 1 };

/** Answers with `application/problem+json`. */
export function respondProblem(c: Context, problem: Problem): Response {
  const document = problem.toJSON();
  return c.body(JSON.stringify(document), document.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...(document.status === 401 && { 'www-authenticate': 'Bearer realm="motes"' }),
    ...(document.status in RETRY_AFTER && { 'retry-after': String(RETRY_AFTER[document.status]) }),
  });
}

/**
 * The one place that turns errors into responses: a problem as it is; anything else is logged and answered with a
 * 500 that tells nothing.
 */
export function handleErrors(app: Hono, logError: (error: unknown, path: string) => void): void {
  app.notFound((c) =>
    respondProblem(
      c,
      new Problem(
        'not_found',
        `there is nothing at ${c.req.method} ${c.req.path} - the orchestrator's /docs lists the API`,
      ),
    ),
  );
  app.onError((error, c) => {
    if (error instanceof Problem) return respondProblem(c, error);
    if (error instanceof HTTPException) return respondProblem(c, asProblem(error, 'invalid_body'));
    logError(error, c.req.path);
    return respondProblem(c, new Problem('internal', 'an unexpected error - the log has it'));
  });
}

/** True for the body of a problem answer. */
export function isProblemDocument(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;
}
