/** Tasks as text, and back: YAML, of which JSON is a part. */
import { type Document, isMap, isNode, parseDocument, stringify } from 'yaml';
import type { TaskEntry } from './task-form.ts';

/** More tasks than these are written a line each: nobody reads a thousand blocks. */
const MOST_BLOCKS = 20;
/** YAML may repeat an anchored node; the orchestrator takes no more either. */
const MAX_ALIASES = 100;

export interface TasksText {
  /** What stands below `tasks:`; null where the text does not parse, or is something else. */
  readonly tasks: readonly unknown[] | null;
  /** Where in the text a JSON pointer leads, as deep as it is known; null where it leads nowhere. */
  locate(pointer: string): number | null;
}

/** Tasks as they may be sent. */
export function writeTasks(tasks: readonly TaskEntry[]): string {
  if (tasks.length <= MOST_BLOCKS) return stringify({ tasks }, { lineWidth: 0 });
  return `tasks:\n${tasks.map((task) => `  - ${JSON.stringify(task)}\n`).join('')}`;
}

/** Reads what somebody wrote; it never throws: what is wrong the orchestrator tells. */
export function readTasks(text: string): TasksText {
  const document = parseDocument(text, { prettyErrors: false });
  const locate = (pointer: string): number | null => locateIn(document, pointer);
  if (document.errors.length > 0) return { tasks: null, locate: () => document.errors[0]!.pos[0] };
  return { tasks: listIn(document), locate };
}

function listIn(document: Document.Parsed): readonly unknown[] | null {
  try {
    const tasks = (document.toJS({ maxAliasCount: MAX_ALIASES }) as { tasks?: unknown } | null)?.tasks;
    return Array.isArray(tasks) ? tasks : null;
  } catch {
    return null;
  }
}

function locateIn(document: Document.Parsed, pointer: string): number | null {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = path.length; depth > 0; depth -= 1) {
    const offset = offsetOf(document, path.slice(0, depth));
    if (offset !== null) return offset;
  }
  return null;
}

/** Where a key begins, or an item of a list. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const node = isMap(parent)
    ? parent.items.find(({ key }) => String(key) === path.at(-1))?.key
    : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
