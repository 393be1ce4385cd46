import type { Measured } from '../wire/invocation.ts';

/**
 * What depends on machine and build: `elapsed_ms` to the microsecond, `<amount>_per_second` to six digits for every
 * amount of work, and `function_version`.
 */
export function measure(
  elapsedMs: number,
  amounts: Readonly<Record<string, number>> | undefined,
  functionVersion: string,
): Measured {
  const measured: Record<string, unknown> = { elapsed_ms: Math.round(elapsedMs * 1000) / 1000 };
  // A clock that stood still would make the speed infinite, which JSON cannot hold.
  const seconds = Math.max(elapsedMs, 0.001) / 1000;
  for (const name in amounts) measured[`${name}_per_second`] = Number((amounts[name]! / seconds).toPrecision(6));
  measured.function_version = functionVersion;
  return measured;
}
