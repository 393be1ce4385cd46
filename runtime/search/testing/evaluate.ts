/** What a search means, said a second time and plainly: the oracle of the ledger's SQL. */
import { failedChecks } from '../../wire/check.ts';
import type { TaskDetail } from '../../wire/task.ts';
import type { Alternative, Search, Subject, Term } from '../query.ts';

/** What the oracle must be told, as the vocabulary of the orchestrator has it. */
export interface Knowledge {
  /** All spellings of a parameter; at least the one that was asked for. */
  spellings(name: string): readonly string[];
  /** What a parameter is where it is not given. */
  byDefault(type: string, name: string): unknown;
  /** A function's own name. */
  functionNamed(type: string): string;
}

/** Whether a search finds a task. */
export function finds({ terms }: Search, task: TaskDetail, knowledge: Knowledge): boolean {
  return terms.every((term) => term.isNegated !== term.anyOf.some((one) => holds(one, term, task, knowledge)));
}

function holds(one: Alternative, { subject }: Term, task: TaskDetail, knowledge: Knowledge): boolean {
  if (subject.kind === 'field' && subject.name === 'during') return one.kind === 'within' && wasActive(task, one);
  const value = scalarOf(subject, task, knowledge);
  if (value === null) return false;
  if (one.kind === 'contains') return String(value).toLowerCase().includes(one.text.toLowerCase());
  if (one.kind === 'is') {
    const isType = subject.kind === 'field' && subject.name === 'type';
    return (
      value === (isType ? knowledge.functionNamed(one.text) : one.text) ||
      (value === one.number && typeof value === 'number')
    );
  }
  if (typeof value !== 'number') return false;
  const { least, most, isStrict } = one;
  return isStrict
    ? (least === null || value > least) && (most === null || value < most)
    : (least === null || value >= least) && (most === null || value <= most);
}

function wasActive(task: TaskDetail, { least, most }: Extract<Alternative, { kind: 'within' }>): boolean {
  return task.history.some(
    ({ started_at, ended_at }) => started_at <= (most ?? Infinity) && (ended_at ?? Infinity) >= (least ?? 0),
  );
}

function scalarOf(subject: Subject, task: TaskDetail, knowledge: Knowledge): string | number | null {
  if (subject.kind !== 'field') {
    if (subject.kind === 'result') return scalar(at(task.result, subject.path));
    const [first = '', ...rest] = subject.path;
    const given = knowledge.spellings(first).map((spelling) => at(task.parameters, [spelling, ...rest]));
    const value = given.find((one) => one !== undefined && one !== null);
    return scalar(value ?? (rest.length === 0 ? knowledge.byDefault(task.type, first) : undefined));
  }
  switch (subject.name) {
    case 'run':
      return task.run_id;
    case 'worker':
      return task.worker_id;
    case 'error':
      return task.error?.code ?? null;
    case 'suspect':
      return Number(failedChecks(task.result).length > 0);
    case 'type':
      return knowledge.functionNamed(task.type);
    case 'during':
      return null;
    default:
      return task[subject.name];
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject && Object.hasOwn(inner, key) ? (inner as Record<string, unknown>)[key] : undefined;
  }, value);
}

/** Lists and objects equal nothing. */
function scalar(value: unknown): string | number | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
