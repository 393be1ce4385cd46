/** Which rows are chosen: some, or all that match. */
import type { Task } from '../../wire/task.ts';

export type Chosen = Pick<Task, 'run_id' | 'id'>;

export interface Selection {
  readonly tasks: ReadonlyMap<string, Chosen>;
  /** The row from which a span is chosen with shift. */
  readonly anchor: number | null;
}

export const NOTHING: Selection = { tasks: new Map(), anchor: null };

export function keyOf({ run_id, id }: Chosen): string {
  return `${run_id}/${id}`;
}

/** The rows from the anchor to this one; this one alone where there is no anchor. */
export function spanTo(index: number, { anchor }: Selection): { from: number; to: number } {
  const other = anchor ?? index;
  return { from: Math.min(other, index), to: Math.max(other, index) + 1 };
}

/** Chooses these rows, or no longer; the next span begins at the row `anchor`. */
export function choosing({ tasks }: Selection, rows: readonly Chosen[], isChosen: boolean, anchor: number): Selection {
  const next = new Map(tasks);
  for (const { run_id, id } of rows) {
    const key = keyOf({ run_id, id });
    if (isChosen) next.set(key, { run_id, id });
    else next.delete(key);
  }
  return { tasks: next, anchor };
}
