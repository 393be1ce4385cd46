/** What may come next in a search: fields, parameters, and the values that are known. */
import { FIELD_NAMES } from '../../search/query.ts';
import { TASK_STATUSES } from '../../wire/task.ts';

export interface Known {
  readonly parameters: readonly string[];
  readonly types: readonly string[];
  readonly workers: readonly string[];
  readonly runs: readonly string[];
}

export interface Suggestions {
  /** The part of the text that one of them would take the place of. */
  readonly start: number;
  readonly end: number;
  readonly texts: readonly string[];
}

const MOST = 8;
const NONE: Suggestions = { start: 0, end: 0, texts: [] };

/** What fits to the word in which the caret stands. */
export function suggest(text: string, caret: number, known: Known): Suggestions {
  const start = Math.max(text.lastIndexOf(' ', caret - 1), text.lastIndexOf('\t', caret - 1)) + 1;
  const word = text.slice(start, caret);
  const [, minus = '', name, value] = /^(-?)(\w+)[:=](?:.*,)?([^,"]*)$/.exec(word) ?? [];
  if (name !== undefined && value !== undefined)
    return matching(valuesOf(name, known), value, { start: caret - value.length, end: caret });
  const begun = /^(-?)([\w.]+)$/.exec(word);
  if (!begun) return NONE;
  const fields = FIELD_NAMES.map((field) => `${field}:`);
  const parameters = known.parameters.map((parameter) => `${parameter}=`);
  const place = { start: start + (begun[1] ?? minus).length, end: caret };
  return matching([...fields, ...parameters, 'result.'], begun[2]!, place);
}

function matching(all: readonly string[], begun: string, place: { start: number; end: number }): Suggestions {
  const wanted = begun.toLowerCase();
  const texts = all.filter((one) => one.toLowerCase().startsWith(wanted) && one !== begun).slice(0, MOST);
  return texts.length === 0 ? NONE : { ...place, texts };
}

function valuesOf(name: string, { types, workers, runs }: Known): readonly string[] {
  switch (name) {
    case 'status':
      return TASK_STATUSES;
    case 'type':
      return types;
    case 'worker':
      return workers;
    case 'run':
      return ['newest', ...runs];
    case 'suspect':
      return ['yes', 'no'];
    case 'error':
      return ERRORS;
    default:
      return [];
  }
}

/** The codes with which a task can fail. */
const ERRORS = ['function_error', 'timeout', 'worker_lost', 'unavailable', 'overload', 'cancelled', 'memory_exceeded'];
