/** What a request asks for of tasks: a search, a run, a status, an order. */
import { SearchError } from '../../search/fault.ts';
import { parseOrder, parseSearch } from '../../search/parse.ts';
import { Problem } from '../../wire/problem.ts';
import type { TaskStatus } from '../../wire/task.ts';
import type { Filter } from '../ledger/search-sql.ts';
import type { ListOrder } from '../search/task-searches.ts';
import type { Vocabulary } from '../search/vocabulary.ts';
import type { OrchestratorDependencies } from './dependencies.ts';

/** Which tasks somebody asks for; all of it must hold. */
export interface Selection {
  readonly q: string;
  readonly run_id?: string | undefined;
  readonly status?: TaskStatus | undefined;
}

/** @throws Problem `invalid_query` with the position of what is wrong, or `unknown_run` */
export async function filterOf(
  { q, run_id: run, status }: Selection,
  { vocabulary, ledger }: Pick<OrchestratorDependencies, 'vocabulary' | 'ledger'>,
): Promise<Filter> {
  const { terms } = withPosition('q', q, () => vocabulary.filterOf(parseSearch(q, vocabulary.parameters)));
  return {
    terms: [
      ...(run === undefined ? [] : [exactly('run', (await ledger.run(run)).run_id)]),
      ...(status === undefined ? [] : [hasStatus([status])]),
      ...terms,
    ],
  };
}

/** True of tasks of one of these statuses. */
export function hasStatus(statuses: readonly TaskStatus[]): Filter['terms'][number] {
  return exactly('status', ...statuses);
}

function exactly(name: 'run' | 'status', ...texts: readonly string[]): Filter['terms'][number] {
  const anyOf = texts.map((text) => ({ kind: 'is', text, number: null }) as const);
  return { isNegated: false, subject: { kind: 'field', name }, anyOf };
}

/** `duration` or `-duration`; null without one. @throws Problem `invalid_query` with the position of what is wrong */
export function orderOf(text: string | undefined, vocabulary: Vocabulary): ListOrder | null {
  if (text === undefined || text === '') return null;
  return withPosition('order', text, () => {
    const order = parseOrder(text, vocabulary.parameters);
    return { subject: vocabulary.orderOf(order), isDescending: order.isDescending };
  });
}

function withPosition<Value>(name: string, text: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    const { start, end } = error.fault;
    const given = JSON.stringify(text.slice(start, end));
    throw new Problem('invalid_query', `${name}, column ${start + 1}: ${error.message} (given ${given})`, {
      pointer: `/${name}`,
      position: { start, end },
    });
  }
}
