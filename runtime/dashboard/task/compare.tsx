import type { TaskDetail } from '../../wire/task.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { nameOf } from '../state/store.ts';
import { addressOf, choose, part } from '../state/url.ts';
import { quantity, span, t } from '../text/text.ts';
import { useTask } from './asked-task.ts';
import { ComparedSeries } from './compared-series.tsx';
import { type Difference, differencesOf, sameBits } from './difference.ts';
import { Value } from './fields-table.tsx';
import { Missing } from './task.tsx';

/** Two tasks side by side. */
export function Compare() {
  const first = useTask(() => (part('id') === '' ? null : { run: part('run') || 'newest', id: part('id') })).value;
  const second = useTask(() => other(part('with'))).value;
  if (part('id') === '' || other(part('with')) === null) return <Missing detail={t('compare.unnamed')} />;
  if (first.answer && second.answer) return <Compared first={first.answer} second={second.answer} />;
  const error = first.answer ? second.error : first.error;
  return error ? <Missing detail={error.message} /> : <p class="empty">{t('loading')}</p>;
}

/** `RUN/ID`: an id may itself have slashes. */
function other(text: string): { run: string; id: string } | null {
  const slash = text.indexOf('/');
  return slash < 1 || slash === text.length - 1 ? null : { run: text.slice(0, slash), id: text.slice(slash + 1) };
}

interface Two {
  readonly first: TaskDetail;
  readonly second: TaskDetail;
}

function Compared({ first, second }: Two) {
  const { checks: _, ...firstResult } = first.result ?? {};
  const { checks: __, ...secondResult } = second.result ?? {};
  return (
    <>
      <section class="panel" aria-labelledby="compare-title">
        <h1 id="compare-title">{t('compare.title')}</h1>
        <div class="two">
          <Named task={first} side="first" />
          <Named task={second} side="second" />
        </div>
        <Bits first={first} second={second} />
        <p>
          <button type="button" onClick={() => choose({ run: second.run_id, id: second.id, with: nameOf(first) })}>
            {t('compare.swap')}
          </button>
        </p>
      </section>
      <Differences title={t('task.parameters')} rows={differencesOf(first.parameters, second.parameters)} />
      <Differences title={t('task.result')} rows={differencesOf(firstResult, secondResult)} />
      <ComparedSeries first={first} second={second} />
      <Differences title={t('task.measured')} rows={differencesOf(first.measured, second.measured)} />
    </>
  );
}

function Named({
  task: { run_id, id, type, status, worker_id, duration },
  side,
}: {
  task: TaskDetail;
  side: 'first' | 'second';
}) {
  return (
    <div class={`named is-${side}`}>
      <h2>
        <span class="swatch" aria-hidden="true" /> {t(`compare.${side}`)}:{' '}
        <Link to={addressOf('task', { run: run_id, id })}>
          {run_id} / {id}
        </Link>
      </h2>
      <p class="task-facts">
        <Badge state={status} />
        <span>{type}</span>
        {worker_id !== null && <span>{t('task.on', { worker: worker_id })}</span>}
        {duration !== null && <span>{t('task.took', { span: span(duration) })}</span>}
      </p>
    </div>
  );
}

/** Whether both are the same to the last bit; the same parameters and other bits are an alarm. */
function Bits({ first, second }: Two) {
  const bits = sameBits(first.result, second.result);
  if (bits === 'unknown') return <p>{t('compare.unknown')}</p>;
  if (bits === 'same')
    return (
      <p class="bits badge is-succeeded">
        <span aria-hidden="true">=</span> {t('compare.same')}
      </p>
    );
  const isAlarm =
    first.type === second.type && differencesOf(first.parameters, second.parameters).every((row) => !row.isDifferent);
  return (
    <p class={isAlarm ? 'bits error' : 'bits'} role={isAlarm ? 'alert' : undefined}>
      <span aria-hidden="true">≠</span> {t(isAlarm ? 'compare.alarm' : 'compare.other')}
    </p>
  );
}

function Differences({ title, rows }: { title: string; rows: readonly Difference[] }) {
  if (rows.length === 0) return null;
  const differing = rows.filter(({ isDifferent }) => isDifferent).length;
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="faint">
        {differing === 0
          ? t('compare.noDifference')
          : t('compare.differences', { count: differing, total: rows.length })}
      </p>
      <Scroll label={title}>
        <table class="differences">
          <thead>
            <tr>
              <th scope="col">{t('compare.field')}</th>
              <th scope="col">{t('compare.first')}</th>
              <th scope="col">{t('compare.second')}</th>
              <th scope="col" class="number">
                {t('compare.relative')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Row({ row: { name, first, second, isDifferent, relative } }: { row: Difference }) {
  return (
    <tr class={isDifferent ? 'is-different' : undefined}>
      <th scope="row">
        <span class="mark">
          {isDifferent && (
            <>
              <span aria-hidden="true">≠</span>
              <span class="unseen">{t('compare.differs')}</span>
            </>
          )}
        </span>{' '}
        <code>{name}</code>
      </th>
      <td>
        <Value value={first} />
      </td>
      <td>
        <Value value={second} />
      </td>
      <td class="number change">{relative === null ? '' : percent(relative)}</td>
    </tr>
  );
}

/** A change, to three digits. */
function percent(relative: number): string {
  return `${relative > 0 ? '+' : ''}${quantity(Number((100 * relative).toPrecision(3)))} %`;
}
