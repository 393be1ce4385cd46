import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../wire/problem.ts';

/** Takes so many bytes of what request bodies may fill. @throws Problem `overload` when that is too much */
type HoldBytes = (bytes: number) => void;

const HOLD = 'holdBodyBytes';

/** All request bodies that an app holds in memory at once. */
export const BODY_BUDGET_BYTES = 256 * 1024 * 1024;

/** Bounds what the bodies of all requests in progress hold in memory together; each is given back with its answer. */
export function boundBodies(maxBytes: number = BODY_BUDGET_BYTES): MiddlewareHandler {
  let heldByAll = 0;
  return async (c, next) => {
    let held = 0;
    c.set(HOLD, (bytes: number) => {
      if (heldByAll + bytes > maxBytes)
        throw new Problem('overload', 'too much is being sent at once - try again in a moment');
      heldByAll += bytes;
      held += bytes;
    });
    try {
      await next();
    } finally {
      heldByAll -= held;
    }
  };
}

/** Counts bytes of this request's body. @throws Problem `overload` */
export function holdBodyBytes(c: Context, bytes: number): void {
  (c.get(HOLD) as HoldBytes | undefined)?.(bytes);
}
