import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { PastAttemptRow } from '../ledger/ledger-rows.ts';
import type { AttemptHistory } from './attempt-history.ts';

/** Small enough that the ledger's thread is held for some milliseconds. */
const ROWS_A_PAGE = 500;

/**
 * Fills a history with what the ledger has from before, the newest first, while attempts start and end. Begin with it
 * when all that was running is tracked: everything else that is running then started here.
 */
export async function loadHistory(
  history: AttemptHistory,
  ledger: Pick<RemoteLedger, 'attemptsBefore'>,
): Promise<void> {
  let position: Pick<PastAttemptRow, 'task' | 'attempt'> = { task: Number.MAX_SAFE_INTEGER, attempt: 0 };
  // Those that are here already are told from those of before by their names: looked up, not searched for.
  const known = new Map<string, number>();
  let seen = history.next;
  for (let place = history.first; place < seen; place += 1) known.set(nameOf(history, place), place);
  for (;;) {
    const page = await ledger.attemptsBefore(position.task, position.attempt, ROWS_A_PAGE);
    for (; seen < history.next; seen += 1) known.set(nameOf(history, seen), seen);
    for (const row of page) {
      const place = known.get(`${row.run_id}\n${row.attempt}\n${row.id}`);
      if (place !== undefined) history.note(place, row);
      else if (history.hasRoom) history.prepend(row);
      else {
        history.missBefore(row.ended_at ?? row.started_at);
        return;
      }
    }
    if (page.length < ROWS_A_PAGE) return;
    position = page.at(-1)!;
  }
}

function nameOf(history: AttemptHistory, place: number): string {
  return `${history.runIdAt(place)}\n${history.attemptAt(place)}\n${history.taskIdAt(place)}`;
}
