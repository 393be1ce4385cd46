/** How things are, in a line: connection, tasks, rate, end, alarms. */
import type { Overview } from '../../wire/overview.ts';
import { CountsBar } from '../parts/counts-bar.tsx';
import { Link } from '../parts/link.tsx';
import { now } from '../state/clock.ts';
import { connection, heardAt, overview } from '../state/store.ts';
import { addressOf } from '../state/url.ts';
import { count, quantity, span, t } from '../text/text.ts';
import { type Alarm, alarmsOf } from './alarms.ts';

export function HealthLine() {
  const state = overview.value;
  return (
    <section class="health" aria-label={t('health.label')}>
      <Connection />
      {state && <CountsBar counts={state.tasks} />}
      {state && <Outlook overview={state} />}
      {state && <Alarms alarms={alarmsOf(state)} />}
    </section>
  );
}

function Connection() {
  const age = span(Math.max(0, now.value - heardAt.value) / 1000);
  return (
    <p class={`connection is-${connection.value}`} role="status">
      <span class="dot" aria-hidden="true" /> {t(`connection.${connection.value}`, { age })}
    </p>
  );
}

function Outlook({ overview: { tasks, rate, eta } }: { overview: Overview }) {
  const isIdle = tasks.queued + tasks.running === 0;
  const end = eta ? t('health.eta', { least: span(eta.least), most: span(eta.most) }) : t('health.unknownEta');
  return (
    <p class="outlook">
      {rate !== null && !isIdle && <span>{t('health.rate', { rate: quantity(rate) })}</span>}
      <span>{isIdle ? t('health.idle') : end}</span>
    </p>
  );
}

function Alarms({ alarms }: { alarms: readonly Alarm[] }) {
  if (alarms.length === 0) return <p class="alarms is-none">{t('alarm.none')}</p>;
  return (
    <ul class="alarms" role="alert">
      {alarms.map(({ name, values, query }) => (
        <li key={name}>
          <span aria-hidden="true">⚠</span>{' '}
          {query === null ? (
            text(name, values)
          ) : (
            <Link to={addressOf('tasks', { q: query })}>{text(name, values)}</Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function text(name: Alarm['name'], values: Alarm['values']): string {
  const shown = Object.entries(values).map(([key, value]) => [key, typeof value === 'number' ? count(value) : value]);
  return t(name, Object.fromEntries(shown));
}
