/** A run: how far it is, when what ran, its numbers over its parameters, why tasks failed. */
import type { RunSummary } from '../../wire/run-summary.ts';
import type { Run } from '../../wire/task.ts';
import { Failure } from '../parts/failure.tsx';
import { lazy } from '../parts/lazy.tsx';
import { ApiError, pathOf } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { part } from '../state/url.ts';
import { t } from '../text/text.ts';
import { Failures } from './failures.tsx';
import { GridPanel } from './grid-panel.tsx';
import { Header } from './header.tsx';
import { WhoComputed } from './who-computed.tsx';

const Timeline = lazy<{ run?: string }>(async () => (await import('../timeline/timeline.tsx')).Timeline);

/** The run that the address names; the newest one where it names none. */
export function RunView() {
  const path = (): string => pathOf(part('run') || 'newest');
  const { answer: run, error } = useAsked<Run>(path).value;
  const { answer: summary, error: trouble } = useAsked<RunSummary>(() => `${path()}/summary`).value;
  if (!run) return error ? <NoRun error={error} /> : <p class="empty">{t('loading')}</p>;
  return (
    <>
      <Header run={run} summary={summary} />
      {trouble && <Failure error={trouble} />}
      {summary && <Failures summary={summary} />}
      {summary ? <GridPanel summary={summary} /> : !trouble && <p class="empty">{t('run.summing')}</p>}
      <Timeline key={run.run_id} run={run.run_id} />
      {summary && <WhoComputed summary={summary} />}
    </>
  );
}

function NoRun({ error }: { error: Error }) {
  const isUnknown = error instanceof ApiError && error.problem.code === 'unknown_run';
  return (
    <>
      <Failure error={error} />
      {isUnknown && <p class="faint">{t('task.gone')}</p>}
    </>
  );
}
