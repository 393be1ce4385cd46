/** Which rows are chosen: some, or all that match. */
import type { Task } from '../../wire/task.ts';
import { nameOf } from '../state/store.ts';

export type Chosen = Pick<Task, 'run_id' | 'id'>;

export interface Selection {
  readonly tasks: ReadonlyMap<string, Chosen>;
  /** The row from which a span is chosen with shift. */
  readonly anchor: number | null;
}

/** The orchestrator takes no more by their names. */
const MOST_CHOSEN = 10_000;

export const NOTHING: Selection = { tasks: new Map(), anchor: null };

/** The rows from the anchor to this one, as many as may be named at once; this one alone where there is no anchor. */
export function spanTo(index: number, { anchor }: Selection): { from: number; to: number } {
  const other = anchor ?? index;
  const end = Math.max(other - MOST_CHOSEN + 1, Math.min(other + MOST_CHOSEN - 1, index));
  return { from: Math.min(other, end), to: Math.max(other, end) + 1 };
}

/** Chooses these rows, or no longer; the next span begins at the row `anchor`. */
export function choosing({ tasks }: Selection, rows: readonly Chosen[], isChosen: boolean, anchor: number): Selection {
  const next = new Map(tasks);
  for (const { run_id, id } of rows) {
    const key = nameOf({ run_id, id });
    if (isChosen) next.set(key, { run_id, id });
    else next.delete(key);
  }
  return { tasks: next, anchor };
}
