import { type ReadonlySignal, useSignal } from '@preact/signals';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { now } from '../state/clock.ts';
import { addressOf } from '../state/url.ts';
import { count, span as lengthText, moment, t } from '../text/text.ts';
import type { AttemptAt } from './attempts.ts';
import type { Feed } from './feed.ts';
import type { Stage } from './stage.ts';

const SHOWN = 200;

interface TableProps {
  readonly stage: Stage;
  readonly feed: Feed;
  readonly version: ReadonlySignal<number>;
}

/** The attempts that are seen, as a table: the same for those who do not look at pictures. */
export function AttemptTable(props: TableProps) {
  const isOpen = useSignal(false);
  return (
    <details
      class="timeline-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t('timeline.asTable')}</summary>
      {isOpen.value && <Table {...props} />}
    </details>
  );
}

function Table({ stage, feed, version }: TableProps) {
  version.value;
  now.value;
  stage.mode.value;
  const seen = attemptsSeen(stage, feed);
  return (
    <Scroll label={t('timeline.asTable')}>
      <table>
        <caption>
          {t('timeline.tableCount', { shown: count(Math.min(SHOWN, seen.length)), count: count(seen.length) })}
        </caption>
        <thead>
          <tr>
            {(['task', 'attempt', 'type', 'worker', 'state', 'begun', 'length', 'error'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`timeline.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {seen.slice(0, SHOWN).map((attempt) => (
            <Row key={`${attempt.runId}/${attempt.id}/${attempt.attempt}`} attempt={attempt} at={feed.now} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function attemptsSeen({ seen }: Stage, { attempts }: Feed): AttemptAt[] {
  const places = attempts.lanes.workers.flatMap(({ lanes }) =>
    lanes.flatMap((lane) => lane.places.slice(lane.endingAfter(seen.from), lane.after(seen.to))),
  );
  return places.sort((a, b) => attempts.from(a) - attempts.from(b)).map((place) => attempts.at(place));
}

function Row({ attempt, at }: { attempt: AttemptAt; at: number }) {
  const { runId, id, type, worker, status, begun, ended, error, isCopy, isResumed } = attempt;
  const marks = [isCopy && t('timeline.mark.copy'), isResumed && t('timeline.mark.resume')].filter(Boolean);
  return (
    <tr>
      <th scope="row">
        <Link to={addressOf('task', { run: runId, id })}>{id}</Link>
      </th>
      <td>{[attempt.attempt, ...marks].join(', ')}</td>
      <td>{type}</td>
      <td>{worker}</td>
      <td>
        <Badge state={status} />
      </td>
      <td>{moment(begun)}</td>
      <td class="number">{lengthText((Math.min(ended, at) - begun) / 1000)}</td>
      <td>{status === 'succeeded' ? '' : error}</td>
    </tr>
  );
}
