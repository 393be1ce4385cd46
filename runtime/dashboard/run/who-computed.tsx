import type { RunSummary } from '../../wire/run-summary.ts';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { addressOf } from '../state/url.ts';
import { count, span, t } from '../text/text.ts';

const VERSION_CHARACTERS = 12;

/** Which workers computed the run, and which functions. */
export function WhoComputed({ summary: { run, workers, functions } }: { summary: RunSummary }) {
  if (workers.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="who-title">
      <h2 id="who-title">{t('run.who')}</h2>
      <Scroll label={t('run.who')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('workers.id')}</th>
              <th scope="col" class="number">
                {t('counts.succeeded')}
              </th>
              <th scope="col" class="number">
                {t('counts.failed')}
              </th>
              <th scope="col" class="number">
                {t('run.computed')}
              </th>
            </tr>
          </thead>
          <tbody>
            {workers.map(({ id, succeeded, failed, seconds }) => (
              <tr key={id}>
                <th scope="row">
                  <Link to={addressOf('tasks', { q: `run:${run.run_id} worker:${id}` })}>{id}</Link>
                </th>
                <td class="number">{count(succeeded)}</td>
                <td class="number">{count(failed)}</td>
                <td class="number">{span(seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <ul class="functions">
        {functions.map(({ name, tasks, versions }) => (
          <li key={name}>
            {t('run.function', { name, count: count(tasks) })}
            {versions.length > 0 && `, ${t('run.version')}`}{' '}
            {versions.map((version) => (
              <code key={version} title={version}>
                {version.slice(0, VERSION_CHARACTERS)}
              </code>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
