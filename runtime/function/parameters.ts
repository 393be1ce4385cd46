import { closest, distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import type { Fault } from '../wire/problem.ts';
import type { FunctionDeclaration } from './declaration.ts';

/** Parameters as a function takes them, or everything that is wrong with what was given. */
export type CheckedParameters =
  | { readonly ok: true; readonly parameters: Record<string, unknown> }
  | { readonly ok: false; readonly faults: Fault[] };

/**
 * Checks parameters as a user gave them: unknown names, one parameter in two spellings, types and bounds.
 * Pointers of the faults start at the parameters' own object, as in `/parameters/seed`.
 */
export function checkParameters(
  declaration: FunctionDeclaration,
  given: Readonly<Record<string, unknown>>,
): CheckedParameters {
  const faults: Fault[] = [];
  const named: Record<string, unknown> = {};
  const spelledAs: Record<string, string> = {};
  for (const [spelling, value] of Object.entries(given)) {
    const name = parameterNamed(declaration, spelling);
    if (name === null) faults.push(unknownParameter(declaration, spelling, value));
    else if (name in named) faults.push(repeatedParameter(spelledAs[name]!, spelling, name));
    else {
      named[name] = value;
      spelledAs[name] = spelling;
    }
  }
  const parsed = v.safeParse(declaration.parameters, named);
  if (!parsed.success) faults.push(...parsed.issues.map((issue) => wrongParameter(issue, spelledAs)));
  return parsed.success && faults.length === 0 ? { ok: true, parameters: parsed.output } : { ok: false, faults };
}

function parameterNamed(declaration: FunctionDeclaration, spelling: string): string | null {
  if (Object.hasOwn(declaration.parameters.entries, spelling)) return spelling;
  return Object.hasOwn(declaration.parameterSpellings, spelling) ? declaration.parameterSpellings[spelling]! : null;
}

function unknownParameter(declaration: FunctionDeclaration, spelling: string, value: unknown): Fault {
  const names = [...Object.keys(declaration.parameters.entries), ...Object.keys(declaration.parameterSpellings)];
  return {
    code: 'unknown_parameter',
    detail: `${declaration.name} has no parameter "${spelling}" (given ${show(value)})${didYouMean(spelling, names)} It takes ${names.join(', ') || 'none'}`,
    pointer: pointerTo(spelling),
  };
}

function repeatedParameter(first: string, second: string, name: string): Fault {
  return {
    code: 'repeated_parameter',
    detail: `"${first}" and "${second}" are two spellings of one parameter, ${name}: give one of them`,
    pointer: pointerTo(second),
  };
}

function wrongParameter(issue: v.BaseIssue<unknown>, spelledAs: Record<string, string>): Fault {
  const path = issue.path?.map((item) => String(item.key)) ?? [];
  const spelled = path.map((key, depth) => (depth === 0 ? (spelledAs[key] ?? key) : key));
  return {
    code: 'invalid_parameter',
    detail: path.length > 0 ? `${spelled.join('.')} ${issue.message} (given ${show(issue.input)})` : issue.message,
    pointer: pointerTo(...spelled),
  };
}

/** ` - did you mean "x"?` for the nearest candidate, or a full stop where none is near. */
export function didYouMean(given: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return '.';
  const nearest = closest(given.toLowerCase(), candidates as string[]);
  return distance(given.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3)
    ? ` - did you mean "${nearest}"?`
    : '.';
}

/** A user's value as a message shows it: JSON where that says all, cut at 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A JSON pointer (RFC 6901) below `/parameters`. */
function pointerTo(...path: string[]): string {
  return ['/parameters', ...path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}
