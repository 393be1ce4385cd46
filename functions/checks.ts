/** Verdicts that travel with a result: what ought to hold, by how much it was missed, and how much is allowed. */
import * as v from 'valibot';
import { type Check, CheckSchema } from '../runtime/wire/check.ts';

/** The field of a result that carries its verdicts; a result with a failed one is *suspect*. */
export const checksField = v.pipe(
  v.array(CheckSchema),
  v.description('Conservation laws and the like, as verdicts; a result with a failed one is suspect.'),
);

/** The verdict on a size that should be small. A NaN fails. */
export function checkAtMost(name: string, value: number, bound: number): Check {
  const size = Math.abs(value);
  return { name, value: size, bound, ok: size <= bound };
}
