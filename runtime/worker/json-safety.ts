import { Problem } from '../wire/problem.ts';

/**
 * Turns a result into JSON, refusing what JSON would silently change: NaN and infinities become null there, typed
 * arrays objects, functions nothing. A property that is undefined is left out, as in JSON.
 * @throws Problem `function_error` that names the place as a JSON pointer.
 */
export function stringifyResult(result: unknown): string {
  if (typeof result !== 'object' || result === null || Array.isArray(result))
    throw new Problem('function_error', `the function must give back named fields, but gave ${describe(result)}`);
  const path: string[] = [];
  check(result, path);
  return JSON.stringify(result);
}

const MAX_DEPTH = 100;

function check(value: unknown, path: string[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) throw refusal(value, path);
      return;
    case 'object':
      if (value !== null) checkInside(value, path);
      return;
    default:
      throw refusal(value, path);
  }
}

function checkInside(value: object, path: string[]): void {
  const prototype = Object.getPrototypeOf(value);
  const isArray = Array.isArray(value);
  if ((!isArray && prototype !== Object.prototype && prototype !== null) || path.length >= MAX_DEPTH)
    throw refusal(value, path);
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined && !isArray) continue;
    path.push(key);
    check(inner, path);
    path.pop();
  }
}

function refusal(value: unknown, path: readonly string[]): Problem {
  return new Problem(
    'function_error',
    `the result's field /${path.join('/')} is ${describe(value)}, which JSON cannot hold`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object of class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
