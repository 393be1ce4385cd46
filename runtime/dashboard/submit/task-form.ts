/** A form is a function, what all its tasks share, and a text for each parameter; it stands for the tasks of their product. */
import { parse } from 'yaml';
import { LIMITS } from '../../wire/task.ts';
import type { Field } from './fields.ts';
import { partsOf, readSweep, showSweep } from './sweep.ts';

/** A task as it is submitted. */
export type TaskEntry = Readonly<Record<string, unknown>>;

export interface TaskForm {
  readonly type: string;
  /** Of the one task, or what the ids of several begin with. */
  readonly id: string;
  /** The other fields of a task, `priority` say. */
  readonly common: TaskEntry;
  /** By the parameter's name; what is empty or absent has its default. */
  readonly values: Readonly<Record<string, string>>;
}

/** What the form must know of a function. */
export interface FormFunction {
  readonly fields: readonly Field[];
  /** From other spellings of parameters to their names. */
  readonly spellings: Readonly<Record<string, string>>;
}

/** How many tasks the form stands for. */
export function countTasks(form: TaskForm, { fields }: FormFunction): number {
  return fields.reduce((count, field) => count * Math.max(1, valuesOf(form, field).length), 1);
}

/** The tasks that the form stands for, the last parameter varying fastest; null where they are more than are taken at once. */
export function tasksOf(form: TaskForm, { fields }: FormFunction): TaskEntry[] | null {
  const choices = fields
    .map((field) => ({ name: field.name, values: valuesOf(form, field) }))
    .filter(({ values }) => values.length > 0);
  const count = choices.reduce((product, { values }) => product * values.length, 1);
  if (count > LIMITS.submissionTasks) return null;
  return Array.from({ length: count }, (_, index) => ({
    id: idOf(form, index, count),
    type: form.type,
    ...(choices.length > 0 && { parameters: pick(choices, index) }),
    ...form.common,
  }));
}

/** The id of one of `count` tasks: the form's own, numbered where there are several. */
export function idOf(form: TaskForm, index: number, count: number): string {
  return count === 1 ? form.id : `${form.id}-${String(index + 1).padStart(String(count).length, '0')}`;
}

function pick(choices: readonly { name: string; values: readonly unknown[] }[], index: number): TaskEntry {
  const picked: Record<string, unknown> = {};
  let rest = index;
  for (const { name, values } of choices.toReversed()) {
    picked[name] = values[rest % values.length];
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(choices.map(({ name }) => [name, picked[name]]));
}

function valuesOf({ values }: TaskForm, field: Field): unknown[] {
  const text = (values[field.name] ?? '').trim();
  if (text === '') return [];
  if (field.kind === 'integer' || field.kind === 'number') return readSweep(text);
  if (field.kind === 'choice')
    return partsOf(text).map((part) => field.choices.find((choice) => String(choice) === part) ?? part);
  return [field.kind === 'text' ? text : readValue(text)];
}

function readValue(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/**
 * The form that stands for exactly these tasks; null where none does: several functions, ids of one's own, values that are no
 * product.
 */
export function formOf(
  tasks: readonly unknown[],
  findFunction: (type: string) => FormFunction | null,
): TaskForm | null {
  const entries = tasks.filter(isMapping);
  const [first] = entries;
  if (!first || entries.length !== tasks.length || typeof first.type !== 'string' || typeof first.id !== 'string')
    return null;
  const known = findFunction(first.type);
  if (!known) return null;
  const named = entries.map((entry) => withNames(entry, known.spellings));
  const { id: _id, type: _type, parameters: _parameters, ...common } = first;
  const form: TaskForm = {
    type: first.type,
    id: entries.length === 1 ? first.id : first.id.replace(/-0*1$/, ''),
    common,
    values: Object.fromEntries(known.fields.map((field) => [field.name, textOf(field, named)] as const)),
  };
  const again = countTasks(form, known) === entries.length ? tasksOf(form, known) : null;
  return again && canonical(again) === canonical(named) ? form : null;
}

/** Parameters by their own names; null (`parameters:` and nothing below) is none. */
function withNames(entry: TaskEntry, spellings: FormFunction['spellings']): TaskEntry {
  const { parameters, ...others } = entry;
  if (parameters === null || parameters === undefined) return others;
  if (!isMapping(parameters)) return entry;
  const named = Object.entries(parameters).map(([name, value]) => [spellings[name] ?? name, value] as const);
  return named.length === 0 ? others : { ...others, parameters: Object.fromEntries(named) };
}

function textOf(field: Field, tasks: readonly TaskEntry[]): string {
  const distinct = new Map<string, unknown>();
  for (const { parameters } of tasks) {
    const value = isMapping(parameters) ? parameters[field.name] : undefined;
    if (value !== undefined) distinct.set(JSON.stringify(value), value);
  }
  const values = [...distinct.values()];
  if (field.kind === 'value') return [...distinct.keys()].join(', ');
  return field.kind === 'choice' ? values.map(String).join(', ') : showSweep(values);
}

function isMapping(value: unknown): value is TaskEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As text that does not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isMapping(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
