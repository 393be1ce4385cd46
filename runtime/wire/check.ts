import * as v from 'valibot';

/** One verdict that travels with a result, in its field `checks`. */
export const CheckSchema = v.strictObject({
  name: v.pipe(v.string(), v.description('What was checked: `momentum`, `energy_drift`.')),
  value: v.pipe(v.number(), v.description('What was found, as a size: 0 is perfect.')),
  bound: v.pipe(v.number(), v.description('The most that is allowed.')),
  ok: v.pipe(v.boolean(), v.description('Whether the value is within the bound.')),
});
export type Check = v.InferOutput<typeof CheckSchema>;

/** The checks of a result that failed; a result with one is *suspect*. What is no check is passed over. */
export function failedChecks(result: Readonly<Record<string, unknown>> | null): Check[] {
  const checks = result?.checks;
  if (!Array.isArray(checks)) return [];
  return checks.filter((check): check is Check => v.is(CheckSchema, check) && !check.ok);
}
