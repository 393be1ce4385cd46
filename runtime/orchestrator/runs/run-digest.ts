/** Sums up a run, task by task, in bounded memory. */
import type {
  NumericField,
  RunFunction,
  RunSummary,
  RunWorker,
  Scalar,
  VaryingParameter,
} from '../../wire/run-summary.ts';
import type { SurveyedTask } from '../ledger/survey.ts';
import { FailureGroups } from './failure-groups.ts';
import type { ParameterMeanings } from './parameter-meanings.ts';

/** Values of a parameter that are told one by one. */
const MOST_VALUES = 200;
const MOST_PARAMETERS = 100;
const MOST_FIELDS = 200;
const MOST_WORKERS = 1_000;
const MOST_VERSIONS = 20;

/** What is known of a parameter so far. */
interface Spread {
  /** By their JSON; no more are kept than one over what is told. */
  readonly values: Map<string, Scalar>;
  /** How many tasks of each function gave it. */
  readonly given: Map<string, number>;
  least: number;
  most: number;
  isNumeric: boolean;
}

interface Moments {
  tasks: number;
  sum: number;
  least: number;
  most: number;
}

export class RunDigest {
  readonly #meanings: ParameterMeanings;
  readonly #parameters = new Map<string, Spread>();
  readonly #fields = new Map<string, Moments>();
  readonly #workers = new Map<string, RunWorker>();
  readonly #functions = new Map<string, RunFunction>();
  readonly #failures = new FailureGroups();
  readonly #totals = { seconds: 0, retried: 0, suspects: 0, divergences: 0 };
  #firstStart = Number.POSITIVE_INFINITY;
  #lastEnd = Number.NEGATIVE_INFINITY;

  constructor(meanings: ParameterMeanings) {
    this.#meanings = meanings;
  }

  add(task: SurveyedTask): void {
    this.#addFunction(task);
    for (const [name, value] of this.#meanings.given(task)) this.#addParameter(task.function, name, value);
    for (const [name, value] of Object.entries(task.numbers)) this.#addField(name, value);
    this.#failures.add(task);
    this.#totals.retried += Number(task.attempts > 1);
    this.#totals.suspects += Number(task.isSuspect);
    this.#totals.divergences += Number(task.isDivergent);
    this.#addTimes(task);
  }

  #addFunction({ function: name, version }: SurveyedTask): void {
    const known = entryOf(this.#functions, name, Number.POSITIVE_INFINITY, () => ({ name, tasks: 0, versions: [] }))!;
    known.tasks += 1;
    if (version === null || known.versions.length >= MOST_VERSIONS || known.versions.includes(version)) return;
    known.versions.push(version);
  }

  #addParameter(functionName: string, name: string, value: Scalar): void {
    const spread = entryOf(this.#parameters, name, MOST_PARAMETERS, newSpread);
    if (!spread) return;
    spread.given.set(functionName, (spread.given.get(functionName) ?? 0) + 1);
    addValue(spread, value);
  }

  #addField(name: string, value: number): void {
    const none = { tasks: 0, sum: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
    const field = entryOf(this.#fields, name, MOST_FIELDS, () => none);
    if (!field) return;
    field.tasks += 1;
    field.sum += value;
    field.least = Math.min(field.least, value);
    field.most = Math.max(field.most, value);
  }

  #addTimes(task: SurveyedTask): void {
    const { startedAt, endedAt, status } = task;
    if (startedAt !== null) this.#firstStart = Math.min(this.#firstStart, startedAt);
    if (startedAt === null || endedAt === null) return;
    const seconds = (endedAt - startedAt) / 1000;
    this.#lastEnd = Math.max(this.#lastEnd, endedAt);
    const computed = computedSeconds(task) ?? seconds;
    this.#totals.seconds += computed;
    if (status === 'succeeded') this.#addField('duration', seconds);
    const { worker: id } = task;
    if (id === null) return;
    const worker = entryOf(this.#workers, id, MOST_WORKERS, () => ({ id, succeeded: 0, failed: 0, seconds: 0 }));
    if (!worker) return;
    worker.seconds += computed;
    if (status === 'succeeded' || status === 'failed') worker[status] += 1;
  }

  summary(): Omit<RunSummary, 'run' | 'is_current'> {
    return {
      first_start: finite(this.#firstStart),
      last_end: finite(this.#lastEnd),
      ...this.#totals,
      functions: [...this.#functions.values()],
      workers: [...this.#workers.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
      parameters: this.#varying(),
      fields: [...this.#fields].map(([name, moments]) => toField(name, moments)),
      ...this.#failures.list(),
    };
  }

  #varying(): VaryingParameter[] {
    return [...this.#parameters]
      .map(([name, spread]) => [name, this.#withDefaults(name, spread)] as const)
      .filter(([, { values }]) => values.size > 1)
      .map(([name, { values, isNumeric, least, most }]) => ({
        ...{ name, is_numeric: isNumeric, least: finite(least), most: finite(most) },
        values: values.size > MOST_VALUES ? null : [...values.values()].sort(byValue),
      }));
  }

  /** A task that did not give a parameter has its function's default; without one it has no value. */
  #withDefaults(name: string, spread: Spread): Spread {
    const whole = { ...spread, values: new Map(spread.values) };
    for (const { name: functionName, tasks } of this.#functions.values()) {
      const value = this.#meanings.byDefault(functionName, name);
      if (value !== undefined && (spread.given.get(functionName) ?? 0) < tasks) addValue(whole, value);
    }
    return whole;
  }
}

/** Numbers in their order, then texts in theirs. */
export function byValue(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  return String(a) < String(b) ? -1 : 1;
}

function newSpread(): Spread {
  const [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { values: new Map(), given: new Map(), least, most, isNumeric: true };
}

function addValue(spread: Spread, value: Scalar): void {
  if (spread.values.size <= MOST_VALUES) spread.values.set(JSON.stringify(value), value);
  if (typeof value === 'number') {
    spread.least = Math.min(spread.least, value);
    spread.most = Math.max(spread.most, value);
  } else spread.isNumeric = false;
}

/** Undefined where it is new and there are too many. */
function entryOf<Entry>(map: Map<string, Entry>, name: string, most: number, make: () => Entry): Entry | undefined {
  const known = map.get(name);
  if (known || map.size >= most) return known;
  const entry = make();
  map.set(name, entry);
  return entry;
}

function toField(name: string, { tasks, sum, least, most }: Moments): NumericField {
  return { name, tasks, least, most, mean: sum / tasks };
}

/** What the function says that it took; an attempt also waits for a slot at its worker. */
function computedSeconds({ numbers }: SurveyedTask): number | null {
  const elapsedMs = numbers['measured.elapsed_ms'];
  return elapsedMs === undefined ? null : elapsedMs / 1000;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
