/** From what a user submitted to tasks that the ledger can take: everything is checked before anything runs. */
import { setImmediate } from 'node:timers/promises';
import * as v from 'valibot';
import type { FunctionDeclaration } from '../../function/declaration.ts';
import { checkParameters, didYouMean, show } from '../../function/parameters.ts';
import { type Fault, Problem } from '../../wire/problem.ts';
import { LIMITS, LONGEST_TIMEOUT_MS, type TaskRequest, TaskRequestSchema } from '../../wire/task.ts';
import type { NewTaskRow } from '../ledger/ledger-rows.ts';
import type { TaskList } from './task-list.ts';

/** What submissions are checked against. */
export interface SubmissionRules {
  /** By name and other names; undefined for an unknown one. */
  findFunction(type: string): FunctionDeclaration | undefined;
  /** For "did you mean". */
  readonly functionNames: readonly string[];
  /** Whether a blob was uploaded. */
  holdsBlob(sha256: string): boolean;
  /** What one invocation may hold. */
  slotMemoryBytes(): number;
  /** The least that a function can be expected to take for so much work, in milliseconds. */
  leastMs(functionName: string, cost: number): number;
}

/** Faults that one answer lists at most. */
const MAX_FAULTS = 20;
/** Tasks checked before other work gets its turn. */
const TASKS_PER_TURN = 200;

/**
 * Checks all entries of a list.
 * @returns rows for the ledger, in the order given
 * @throws Problem with all faults found (20 at most), each naming its task, its field and what is allowed
 */
export async function checkSubmission(list: TaskList, rules: SubmissionRules): Promise<NewTaskRow[]> {
  const { entries } = list;
  if (entries.length > LIMITS.submissionTasks) {
    throw new Problem(
      'too_many_tasks',
      `${entries.length} tasks were given, ${LIMITS.submissionTasks} are allowed - split them into several submissions`,
    );
  }
  const rows: NewTaskRow[] = [];
  const faults: Fault[] = [];
  const places = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    if (index % TASKS_PER_TURN === TASKS_PER_TURN - 1) await setImmediate();
    const checked = checkTask(entry, rules);
    const id = taskIdOf(entry);
    const where = { at: `/tasks/${index}`, name: id === undefined ? `task ${index + 1}` : `task "${id}"`, id };
    if (id !== undefined) {
      const first = places.get(id);
      if (first !== undefined) checked.faults.push(duplicateId(first, index));
      else places.set(id, index);
    }
    if (checked.row) rows.push(checked.row);
    faults.push(...checked.faults.map((fault) => placed(fault, where, list)));
    if (faults.length >= MAX_FAULTS) break;
  }
  if (faults.length > 0) throw Problem.fromFaults(faults.slice(0, MAX_FAULTS));
  return rows;
}

/**
 * Checks one line of a stream of tasks.
 * @param number its place, from 1
 * @throws Problem naming the line and what is wrong
 */
export function checkLine(line: string, number: number, rules: SubmissionRules): NewTaskRow {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch (cause) {
    throw new Problem('invalid_body', `line ${number} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const { row, faults } = checkTask(entry, rules);
  if (row && faults.length === 0) return row;
  const id = taskIdOf(entry);
  const name = id === undefined ? `line ${number}` : `line ${number}, task "${id}"`;
  throw Problem.fromFaults(
    faults.map((fault) => ({ ...fault, detail: `${name}: ${fault.detail}`, ...(id !== undefined && { task_id: id }) })),
  );
}

function taskIdOf(entry: unknown): string | undefined {
  const id = (entry as { id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function placed(fault: Fault, where: { at: string; name: string; id: string | undefined }, list: TaskList): Fault {
  const pointer = where.at + (fault.pointer ?? '');
  return {
    code: fault.code,
    detail: `${where.name}${list.locate(pointer)}: ${fault.detail}`,
    pointer,
    ...(where.id !== undefined && { task_id: where.id }),
  };
}

function duplicateId(first: number, second: number): Fault {
  return {
    code: 'duplicate_task_id',
    detail: `tasks ${first + 1} and ${second + 1} have the same id - ids must be unique within a submission`,
    pointer: '/id',
  };
}

/** Checks one task by itself; `row` is null where it is not well formed. */
export function checkTask(entry: unknown, rules: SubmissionRules): { row: NewTaskRow | null; faults: Fault[] } {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return {
      row: null,
      faults: [
        { code: 'invalid_task', detail: `should be a mapping with id and type (given ${show(entry)})`, pointer: '' },
      ],
    };
  }
  const faults = unknownFields(entry);
  const parsed = v.safeParse(TaskRequestSchema, entry);
  if (!parsed.success) {
    faults.push(...parsed.issues.map(wrongField));
    return { row: null, faults };
  }
  const task = parsed.output;
  const declaration = rules.findFunction(task.type);
  if (!declaration) {
    faults.push(unknownFunction(task.type, rules.functionNames));
    return { row: null, faults };
  }
  const checked = checkParameters(declaration, task.parameters ?? {});
  if (!checked.ok) return { row: null, faults: [...faults, ...checked.faults] };
  faults.push(...missingBlobs(declaration.inputs(checked.parameters), rules));
  const memory = declaration.memory(checked.parameters);
  if (memory > rules.slotMemoryBytes()) faults.push(tooMuchMemory(declaration.name, memory, rules.slotMemoryBytes()));
  const row = toRow(task, declaration, checked.parameters, memory);
  const leastMs = rules.leastMs(row.function, row.cost);
  if (!task.force && leastMs > (row.timeout_ms ?? LONGEST_TIMEOUT_MS)) faults.push(outOfReach(row, leastMs));
  return { row, faults };
}

function unknownFields(entry: object): Fault[] {
  const known = Object.keys(TaskRequestSchema.entries);
  const strays = Object.keys(entry).filter((key) => !known.includes(key));
  return strays.map((key) => ({
    code: 'invalid_task',
    detail: `a task has no field "${key}"${didYouMean(key, known)} It has ${known.join(', ')}`,
    pointer: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  }));
}

function wrongField(issue: v.BaseIssue<unknown>): Fault {
  const path = issue.path?.map((item) => String(item.key)) ?? [];
  const isMissing = issue.input === undefined;
  return {
    code: 'invalid_task',
    detail: isMissing
      ? `${path.join('.')} is missing: it ${issue.message}`
      : `${path.join('.')} ${issue.message} (given ${show(issue.input)})`,
    pointer: path.map((part) => `/${part}`).join(''),
  };
}

function unknownFunction(type: string, names: readonly string[]): Fault {
  return {
    code: 'unknown_function',
    detail: `there is no function "${type}"${didYouMean(type, names)} There are ${names.join(', ')}`,
    pointer: '/type',
  };
}

function missingBlobs(names: readonly string[], { holdsBlob }: SubmissionRules): Fault[] {
  return names
    .filter((name) => !holdsBlob(name))
    .map((name) => ({
      code: 'missing_blob',
      detail: `there is no blob ${name} here - upload the file first, with \`motes upload\``,
      pointer: '/parameters',
    }));
}

function tooMuchMemory(name: string, bytes: number, allowedBytes: number): Fault {
  const mib = (value: number): string => `${Math.ceil(value / 1024 ** 2)} MiB`;
  return {
    code: 'memory_exceeded',
    detail: `${name} would need about ${mib(bytes)} with these parameters, a slot may use ${mib(allowedBytes)} - ask for less, or give workers a larger --slot-memory`,
    pointer: '/parameters',
  };
}

function outOfReach({ function: name, timeout_ms }: NewTaskRow, leastMs: number): Fault {
  const limit = timeout_ms === null ? 'more than a week is not taken unasked' : `its timeout_ms is ${timeout_ms}`;
  return {
    code: 'deadline_unreachable',
    detail: `${name} would take ${aboutAsLongAs(leastMs)} at the least with these parameters, and ${limit} - ask for less${timeout_ms === null ? '' : ', give it longer'}, or set force: true to try all the same`,
    pointer: timeout_ms === null ? '/parameters' : '/timeout_ms',
  };
}

const UNITS = [
  ['years', 365.25 * 86_400_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

function aboutAsLongAs(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= 2 * size) ?? ['ms', 1];
  return `about ${Math.round(ms / unitMs)} ${unit}`;
}

function toRow(
  task: TaskRequest,
  declaration: FunctionDeclaration,
  parameters: Record<string, unknown>,
  memory: number,
): NewTaskRow {
  return {
    id: task.id,
    type: task.type,
    function: declaration.name,
    parameters: JSON.stringify(task.parameters ?? {}),
    description: task.description ?? null,
    priority: task.priority ?? 5,
    cost: declaration.cost(parameters),
    memory,
    retries: task.retries ?? 3,
    retry_on: JSON.stringify(task.retry_on),
    timeout_ms: task.timeout_ms ?? null,
  };
}
