import { useMemo, useRef } from 'preact/hooks';
import { failedChecks } from '../../wire/check.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { lazy } from '../parts/lazy.tsx';
import { Link } from '../parts/link.tsx';
import { ApiError } from '../state/api.ts';
import { functionNamed, useFunctions } from '../state/functions.ts';
import { nameOf } from '../state/store.ts';
import { addressOf, part } from '../state/url.ts';
import { t } from '../text/text.ts';
import { Artifacts } from './artifacts.tsx';
import { useTask } from './asked-task.ts';
import { Attempts } from './attempts.tsx';
import { CompareWith } from './compare-with.tsx';
import { Downloads } from './downloads.tsx';
import { FieldsPanel } from './fields-table.tsx';
import { Header } from './header.tsx';
import { Log } from './log.tsx';
import { SameAgain } from './same-again.tsx';
import { findSeries } from './series.ts';
import { SeriesPanel } from './series-panel.tsx';
import { Verdicts } from './verdicts.tsx';
import { Watched } from './watched.tsx';

const Live = lazy(async () => (await import('../live/live.tsx')).Live);

/** One task: what it is, what became of it, and how to have it again. */
export function TaskView() {
  const asked = useTask(() => (part('id') === '' ? null : { run: part('run') || 'newest', id: part('id') }));
  const { answer, error } = asked.value;
  if (answer) return <Task key={nameOf(answer)} task={answer} error={error} />;
  if (part('id') === '') return <Missing detail={t('task.unnamed')} />;
  return error ? <Missing detail={error.message} isGone={isGone(error)} /> : <p class="empty">{t('loading')}</p>;
}

function isGone(error: Error): boolean {
  return error instanceof ApiError && error.problem.status === 404;
}

/** Why no task is shown, and where to find one. */
export function Missing({ detail, isGone = false }: { detail: string; isGone?: boolean }) {
  return (
    <section class="panel">
      <p class="error" role="alert">
        {detail}
      </p>
      {isGone && <p>{t('task.gone')}</p>}
      <p>
        <Link to={addressOf('tasks')}>{t('task.toAll')}</Link>
      </p>
    </section>
  );
}

function Task({ task, error }: { task: TaskDetail; error: Error | null }) {
  const listing = functionNamed(useFunctions().answer ?? [], task.type);
  const { result } = task;
  // Whoever saw it move keeps the last frame.
  const hasMoved = useRef(false);
  hasMoved.current ||= task.status === 'running';
  const series = useMemo(
    () => findSeries(result),
    [JSON.stringify(result?.digest ?? null), result === null, task.attempts],
  );
  const { checks: _, ...fields } = result ?? {};
  const shown = withoutSeries(
    fields,
    series.map(({ name }) => name),
  );
  return (
    <>
      {error && <p class="error">{t('error.title', { detail: error.message })}</p>}
      <Header task={task} listing={listing} isSuspect={failedChecks(result).length > 0} />
      <Watched task={task} />
      {hasMoved.current && <Live run={task.run_id} id={task.id} />}
      <div class="columns task-columns">
        <div>
          <FieldsPanel
            title={t('task.parameters')}
            fields={task.parameters}
            schema={listing?.parameters}
            spellings={listing?.parameter_spellings}
            none={t('task.noParameters')}
          />
          {result && <Verdicts result={result} />}
          {task.measured && (
            <FieldsPanel title={t('task.measured')} fields={task.measured} hint={t('task.measuredHint')} />
          )}
        </div>
        {result && <FieldsPanel title={t('task.result')} fields={shown} schema={listing?.result} />}
      </div>
      {series.map((one) => (
        <SeriesPanel key={one.name} series={one} task={task} schema={listing?.result} />
      ))}
      <Attempts task={task} />
      <Log task={task} />
      <div class="columns">
        <Artifacts task={task} />
        <Downloads task={task} />
        <CompareWith task={task} />
      </div>
      <SameAgain task={task} />
    </>
  );
}

/** The fields that no plot shows. */
function withoutSeries(fields: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const kept = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    if (names.includes(name)) return [];
    const inner = names.flatMap((one) => (one.startsWith(`${name}.`) ? [one.slice(name.length + 1)] : []));
    return [[name, inner.length > 0 ? withoutSeries(value as Record<string, unknown>, inner) : value]];
  });
  return Object.fromEntries(kept);
}
