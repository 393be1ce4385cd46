/** Answers from the history: the attempts of a span, or how dense they are where they are too many. */
import type { Timeline, TimelineAttempts } from '../../wire/timeline.ts';
import { AskedTogether } from '../asked-together.ts';
import { inTurns } from '../in-turns.ts';
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

/** A density of a quarter of a million attempts takes some ten milliseconds, in turns: it is as good for so long. */
const FRESH_MS = 1_000;
const ANSWERS_KEPT = 8;

/** Answers of a history; the same question about very many, asked again at once, is answered once. */
export class Timelines {
  readonly #history: AttemptHistory;
  readonly #now: () => number;
  readonly #answers = new Map<string, Timeline>();
  readonly #making = new AskedTogether<Timeline>();

  constructor(history: AttemptHistory, now: () => number) {
    this.#history = history;
    this.#now = now;
  }

  async answer(query: TimelineQuery): Promise<Timeline> {
    const question = JSON.stringify(query);
    const known = this.#answers.get(question);
    const now = this.#now();
    if (known && now - known.at < FRESH_MS && now >= known.at) return known;
    const answer = await this.#making.ask(question, () => timelineOf(this.#history, now, query));
    this.#answers.delete(question);
    if (answer.density) this.#answers.set(question, answer);
    if (this.#answers.size > ANSWERS_KEPT) this.#answers.delete(this.#answers.keys().next().value!);
    return answer;
  }
}

async function timelineOf(history: AttemptHistory, now: number, query: TimelineQuery): Promise<Timeline> {
  history.refresh();
  const { runId, limit, buckets } = query;
  const extent = runId === null ? history.extent(now) : await extentOf(history, now, runId);
  const from = query.from ?? Math.min(extent?.first ?? now, query.to ?? now);
  const to = query.to ?? Math.max(now, from);
  const found: number[][] = [];
  for await (const places of inTurns(history.placesIn(from, to, runId))) found.push(places);
  const total = found.reduce((sum, places) => sum + places.length, 0);
  const isMany = total > limit;
  return {
    ...{ at: now, from, to, extent, total, missing_before: history.missingBefore },
    // Some may have been dropped since they were found.
    attempts: isMany
      ? null
      : columnsOf(
          history,
          found.flat().filter((place) => place >= history.first),
        ),
    density: isMany ? await densityOf(history, found, { from, to, now, buckets }) : null,
  };
}

async function extentOf(history: AttemptHistory, now: number, runId: string): Promise<Timeline['extent']> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const places of inTurns(history.placesIn(Number.NEGATIVE_INFINITY, Number.MAX_VALUE, runId)))
    for (const place of places) {
      first = Math.min(first, history.startedAt(place));
      last = Math.max(last, Math.min(now, history.endedAt(place)));
    }
  return first === Number.POSITIVE_INFINITY ? null : { first, last: Math.max(first, last) };
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
