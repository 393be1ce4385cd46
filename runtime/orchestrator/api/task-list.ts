import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { Problem } from '../../wire/problem.ts';

/** The entries of a submission as they were written, and where each stands. */
export interface TaskList {
  readonly entries: readonly unknown[];
  /** Where a JSON pointer leads in the text, as `, line 7, column 5`; empty where that is not known (JSON). */
  locate(pointer: string): string;
}

/** YAML may repeat an anchored node; more than this many times is an attack or an accident. */
const MAX_ALIASES = 100;

/**
 * Reads `tasks:` from YAML or JSON text.
 * @param source how messages call the text: a file's name, or "the body"
 * @throws Problem `invalid_body`, `invalid_yaml` (with line and column), `invalid_task` or `no_tasks`
 */
export function readTaskList(text: string, format: 'json' | 'yaml', source: string): TaskList {
  if (text.trim() === '') throw new Problem('no_tasks', `${source} is empty - it should hold a list \`tasks:\``);
  return format === 'json' ? readJson(text, source) : readYaml(text, source);
}

function readJson(text: string, source: string): TaskList {
  try {
    return { entries: tasksOf(JSON.parse(text), source), locate: () => '' };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('invalid_body', `${source} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function readYaml(text: string, source: string): TaskList {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Problem('invalid_yaml', `${source}, line ${line}, column ${col}: ${error.message}`);
  }
  return { entries: tasksOf(toValue(document, source), source), locate: (pointer) => locate(document, lines, pointer) };
}

function toValue(document: Document.Parsed, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new Problem('invalid_yaml', `${source}: ${(cause as Error).message}`, { cause });
  }
}

function tasksOf(value: unknown, source: string): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('invalid_task', `${source} should be a mapping with a list \`tasks:\``, { pointer: '' });
  }
  const stray = Object.keys(value).find((key) => key !== 'tasks');
  if (stray !== undefined)
    throw new Problem('invalid_task', `${source} has an unknown field "${stray}"; only \`tasks\` is known`, {
      pointer: `/${stray}`,
    });
  const { tasks } = value as { tasks?: unknown };
  if (tasks === null || tasks === undefined)
    throw new Problem('no_tasks', `${source} has no tasks - list them below \`tasks:\``, { pointer: '/tasks' });
  if (!Array.isArray(tasks))
    throw new Problem('invalid_task', `\`tasks\` in ${source} should be a list`, { pointer: '/tasks' });
  if (tasks.length === 0)
    throw new Problem('no_tasks', `\`tasks\` in ${source} is an empty list`, { pointer: '/tasks' });
  return tasks;
}

/** Follows a pointer as deep as the document goes: a missing field is found at its parent. */
function locate(document: Document.Parsed, lines: LineCounter, pointer: string): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = path.length; depth > 0; depth -= 1) {
    const offset = offsetOf(document, path.slice(0, depth));
    if (offset === null) continue;
    const { line, col } = lines.linePos(offset);
    return `, line ${line}, column ${col}`;
  }
  return '';
}

/** Where a key starts, or a list's item. */
function offsetOf(document: Document.Parsed, path: string[]): number | null {
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const key = parent.items.find((pair) => String(pair.key) === path.at(-1))?.key;
    return isNode(key) ? (key.range?.[0] ?? null) : null;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
