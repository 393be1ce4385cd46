/** Verdicts that travel with a result: what ought to hold, by how much it was missed, and how much is allowed. */
import * as v from 'valibot';

const CheckSchema = v.strictObject({
  name: v.pipe(v.string(), v.description('What was checked: `momentum`, `energy_drift`.')),
  value: v.pipe(v.number(), v.description('What was found, as a size: 0 is perfect.')),
  bound: v.pipe(v.number(), v.description('The most that is allowed.')),
  ok: v.pipe(v.boolean(), v.description('Whether the value is within the bound.')),
});

/** One verdict. */
export type Check = v.InferOutput<typeof CheckSchema>;

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
