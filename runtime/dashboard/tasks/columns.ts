/** The columns for parameters: one for each that the tasks in sight have. */
import type { FunctionListing } from '../../wire/invocation.ts';
import type { Task } from '../../wire/task.ts';
import { functionNamed } from '../state/functions.ts';

export interface ParameterColumn {
  /** The parameter's own name. */
  readonly name: string;
  readonly title: string;
}

type Known = Pick<FunctionListing, 'name' | 'also_named' | 'parameters' | 'parameter_spellings'>;
type Property = { readonly default?: unknown; readonly title?: string };

/** A value of a parameter, whatever its user called it; `isDefault` where he gave none. */
export function parameterOf(
  task: Task,
  name: string,
  functions: readonly Known[],
): { value: unknown; isDefault: boolean } {
  const known = functionNamed(functions, task.type);
  const spelling = Object.keys(task.parameters).find((given) => ownName(given, known) === name);
  const given = spelling === undefined ? undefined : task.parameters[spelling];
  if (given !== undefined && given !== null) return { value: given, isDefault: false };
  return { value: propertiesOf(known)[name]?.default, isDefault: true };
}

/** Those columns that are here already stay where they are; of the new ones those whose values differ come first, then those that somebody gave. */
export function columnsOf(
  tasks: readonly Task[],
  functions: readonly Known[],
  earlier: readonly ParameterColumn[] = [],
): ParameterColumn[] {
  const fresh = namesOf(tasks, functions).filter((name) => !earlier.some((column) => column.name === name));
  const ranked = fresh.map((name) => ({ name, rank: rankOf(name, tasks, functions) }));
  ranked.sort((a, b) => a.rank - b.rank);
  return [...earlier, ...ranked.map(({ name }) => ({ name, title: titleOf(name, functions) }))];
}

function namesOf(tasks: readonly Task[], functions: readonly Known[]): string[] {
  const names = new Set<string>();
  for (const task of tasks)
    for (const given of Object.keys(task.parameters)) names.add(ownName(given, functionNamed(functions, task.type)));
  for (const type of new Set(tasks.map((task) => task.type)))
    for (const name of Object.keys(propertiesOf(functionNamed(functions, type)))) names.add(name);
  return [...names];
}

/** 0 where values differ, 1 where one is given, 2 where all have the default. */
function rankOf(name: string, tasks: readonly Task[], functions: readonly Known[]): number {
  const values = new Set<string>();
  let isGiven = false;
  for (const task of tasks) {
    const { value, isDefault } = parameterOf(task, name, functions);
    if (!isDefault) isGiven = true;
    if (value !== undefined) values.add(JSON.stringify(value));
  }
  return values.size > 1 ? 0 : isGiven ? 1 : 2;
}

function titleOf(name: string, functions: readonly Known[]): string {
  return functions.map((known) => propertiesOf(known)[name]?.title).find((title) => title !== undefined) ?? name;
}

function ownName(spelling: string, known: Known | undefined): string {
  return known && Object.hasOwn(known.parameter_spellings, spelling) ? known.parameter_spellings[spelling]! : spelling;
}

function propertiesOf(known: Known | undefined): Readonly<Record<string, Property>> {
  return (known?.parameters.properties ?? {}) as Readonly<Record<string, Property>>;
}

/** A value in a cell. */
export function cellText(value: unknown, number: (value: number) => string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return number(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
