import type { Run } from '../../wire/task.ts';
import { Badge } from '../parts/badge.tsx';
import { Command } from '../parts/command.tsx';
import { CountsBar } from '../parts/counts-bar.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { now } from '../state/clock.ts';
import { isWithin, toSpan } from '../state/span.ts';
import { runs } from '../state/store.ts';
import { addressOf, part } from '../state/url.ts';
import { ago, moment, t } from '../text/text.ts';

const SHOWN = 50;

/** The newest runs. */
export function Runs() {
  const span = toSpan(part('span'));
  const list = [...runs.value.values()]
    .filter(({ created_at, ended_at }) => isWithin(span, created_at, ended_at))
    .slice(0, SHOWN);
  return (
    <section class="panel" aria-labelledby="runs-title">
      <h2 id="runs-title">{t('runs.title')}</h2>
      {list.length === 0 && span ? (
        <p class="empty">{t('runs.noneInSpan')}</p>
      ) : list.length === 0 ? (
        <p class="empty">
          {t('runs.none')} <Command text={`motes execute configs/tasks.yaml --url ${location.origin}`} />
        </p>
      ) : (
        <Scroll label={t('runs.title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('runs.id')}</th>
                <th scope="col">{t('runs.state')}</th>
                <th scope="col">{t('runs.tasks')}</th>
                <th scope="col">{t('runs.begun')}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((run) => (
                <RunRow key={run.run_id} run={run} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function RunRow({ run }: { run: Run }) {
  return (
    <tr>
      <th scope="row" class="whole">
        <Link to={addressOf('run', { run: run.run_id })}>{run.run_id}</Link>
      </th>
      <td>
        <Badge state={run.status} />
      </td>
      <td class="wide">
        <CountsBar counts={run.tasks} label={run.run_id} />
      </td>
      <td class="whole" title={moment(run.created_at)}>
        {ago(now.value - run.created_at)}
      </td>
    </tr>
  );
}
