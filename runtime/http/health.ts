/** `/livez` and `/readyz`, in the manner of well-known servers: `ok`, or what is not; with `?verbose` a line for each check. */
import type { Context, Hono } from 'hono';
import type { LoopDelay } from '../process/loop-delay.ts';

/** Something that must be so. */
export interface HealthCheck {
  readonly name: string;
  /** What is wrong, in words; null where nothing is. To throw is to say it. */
  fault(): string | null | Promise<string | null>;
}

/** Whoever asks is told within this time, also where a check hangs. */
const DEADLINE_MS = 2_000;
/** With an event loop that is held up for longer a worker counts as offline. */
const LONGEST_DELAY_MS = 5_000;

const PING: HealthCheck = { name: 'ping', fault: () => null };

/** A process that answers lives: what else is wrong with it, another start would not mend. */
export function addHealthRoutes(app: Hono, readiness: readonly HealthCheck[]): void {
  app.get('/livez', (c) => answer(c, 'livez', [PING]));
  app.get('/readyz', (c) => answer(c, 'readyz', [PING, ...readiness]));
}

/** Whether the event loop gets round often enough. */
export function loopCheck(delay: Pick<LoopDelay, 'longestMs'>): HealthCheck {
  return {
    name: 'event_loop',
    fault: () =>
      delay.longestMs <= LONGEST_DELAY_MS ? null : `it was held up for ${(delay.longestMs / 1000).toFixed(1)} s`,
  };
}

async function answer(c: Context, what: string, checks: readonly HealthCheck[]): Promise<Response> {
  const faults = await Promise.all(checks.map(faultOf));
  const isFine = faults.every((fault) => fault === null);
  if (isFine && c.req.query('verbose') === undefined) return c.text('ok\n');
  const lines = checks.map(({ name }, index) =>
    faults[index] === null ? `[+]${name} ok\n` : `[-]${name}: ${faults[index]}\n`,
  );
  return c.text(`${lines.join('')}${what} check ${isFine ? 'passed' : 'failed'}\n`, isFine ? 200 : 503);
}

async function faultOf(check: HealthCheck): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`it did not answer within ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
  try {
    return await Promise.race([check.fault(), late]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    clearTimeout(timer);
  }
}
