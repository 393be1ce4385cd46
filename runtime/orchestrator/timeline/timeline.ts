/** Answers from the history: the attempts of a span, or how dense they are where they are too many. */
import type { Timeline, TimelineAttempts } from '../../wire/timeline.ts';
import type { AttemptHistory } from './attempt-history.ts';
import { densityOf } from './density.ts';
import { Names } from './names.ts';

export interface TimelineQuery {
  /** Null: of all runs. */
  readonly runId: string | null;
  /** Milliseconds since 1970; null: from the first attempt, to now. */
  readonly from: number | null;
  readonly to: number | null;
  /** So many attempts are told one by one. */
  readonly limit: number;
  /** Into so many pieces of time a density is divided. */
  readonly buckets: number;
}

/** Of a quarter of a million attempts this takes a few milliseconds. */
export function timelineOf(history: AttemptHistory, now: number, query: TimelineQuery): Timeline {
  history.refresh();
  const { runId, limit, buckets } = query;
  const extent = extentOf(history, now, runId);
  const from = query.from ?? Math.min(extent?.first ?? now, query.to ?? now);
  const to = query.to ?? Math.max(now, from);
  const places = placesIn(history, { runId, from, to });
  const isMany = places.length > limit;
  return {
    ...{ at: now, from, to, extent, total: places.length, missing_before: history.missingBefore },
    attempts: isMany ? null : columnsOf(history, places),
    density: isMany ? densityOf(history, places, { from, to, now, buckets }) : null,
  };
}

/** Whether a place is of a run. Neighbours mostly are of one, so that the names are seldom compared. */
function ofRun(history: AttemptHistory, runId: string | null): (place: number) => boolean {
  let last: string | null = null;
  let isWanted = runId === null;
  return (place) => {
    if (runId === null) return true;
    const name = history.runIdAt(place);
    if (name !== last) [last, isWanted] = [name, name === runId];
    return isWanted;
  };
}

function extentOf(history: AttemptHistory, now: number, runId: string | null): Timeline['extent'] {
  const isWanted = ofRun(history, runId);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let place = history.first; place < history.next; place += 1) {
    if (!isWanted(place)) continue;
    first = Math.min(first, history.startedAt(place));
    last = Math.max(last, Math.min(now, history.endedAt(place)));
  }
  return first === Number.POSITIVE_INFINITY ? null : { first, last: Math.max(first, last) };
}

function placesIn(
  history: AttemptHistory,
  { runId, from, to }: { runId: string | null; from: number; to: number },
): number[] {
  const isWanted = ofRun(history, runId);
  const places: number[] = [];
  for (let place = history.first; place < history.next; place += 1)
    if (history.startedAt(place) <= to && history.endedAt(place) >= from && isWanted(place)) places.push(place);
  return places;
}

function columnsOf(history: AttemptHistory, places: readonly number[]): TimelineAttempts {
  const [runs, workers, types] = [new Names(), new Names(), new Names()];
  const column = <Value>(read: (place: number) => Value): Value[] => places.map(read);
  const placesWhere = (isSo: (place: number) => boolean): number[] =>
    places.flatMap((place, index) => (isSo(place) ? [index] : []));
  return {
    run: column((place) => runs.indexOf(history.runIdAt(place))),
    id: column((place) => history.taskIdAt(place)),
    attempt: column((place) => history.attemptAt(place)),
    worker: column((place) => workers.indexOf(history.workers.list[history.workerAt(place)]!)),
    type: column((place) => types.indexOf(history.types.list[history.typeAt(place)]!)),
    status: column((place) => history.statusAt(place)),
    started: column((place) => history.startedAt(place)),
    begun: column((place) => finite(history.begunAt(place))),
    ended: column((place) => finite(history.endedAt(place))),
    copies: placesWhere((place) => history.isCopyAt(place)),
    resumed: placesWhere((place) => history.isResumedAt(place)),
    errors: places.flatMap((place, index) => {
      const error = history.errorAt(place);
      return error === null ? [] : [[index, error] as [number, string]];
    }),
    checkpoints: places.flatMap((place, index) =>
      history.checkpointsAt(place).map((at) => [index, at] as [number, number]),
    ),
    ...{ runs: runs.list, workers: workers.list, types: types.list },
  };
}

/** To a hundredth of a millisecond: more is only longer. */
function finite(time: number): number | null {
  return Number.isFinite(time) ? Math.round(time * 100) / 100 : null;
}
