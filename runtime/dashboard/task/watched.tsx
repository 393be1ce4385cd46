/** A task that runs: how far it is, when it may end, and what it shows of itself. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TaskDetail } from '../../wire/task.ts';
import { now } from '../state/clock.ts';
import { nameOf, progress } from '../state/store.ts';
import { count, quantity, span, t } from '../text/text.ts';
import { type Report, secondsLeft, seriesOf, withReport } from './reports.ts';
import { Plots } from './series-panel.tsx';

/** Follows what a task says of itself; nothing is shown of one that does not run. */
export function Watched({ task }: { task: TaskDetail }) {
  const reports = useSignal<readonly Report[]>([]);
  const heard = progress.value.get(nameOf(task));
  useSignalEffect(() => {
    const report = progress.value.get(nameOf(task));
    if (report) reports.value = withReport(reports.peek(), report, Date.now());
  });
  useEffect(() => {
    if (task.status !== 'running') reports.value = [];
  }, [task.status, task.attempts]);
  if (task.status !== 'running') return null;
  const latest = heard ?? task.progress;
  const series = seriesOf(reports.value);
  return (
    <section class="panel" aria-labelledby="watched-title">
      <h2 id="watched-title">{t('task.running')}</h2>
      <Advance task={task} latest={latest} reports={reports.value} />
      {latest?.observables && <Observables observables={latest.observables} />}
      {series && <Plots series={series} />}
    </section>
  );
}

function Advance({
  task,
  latest,
  reports,
}: {
  task: TaskDetail;
  latest: TaskDetail['progress'];
  reports: readonly Report[];
}) {
  const began = task.history.at(-1)?.started_at;
  const elapsed = began === undefined ? '' : t('task.for', { span: span(Math.max(0, now.value - began) / 1000) });
  if (!latest || latest.total <= 0) return <p>{elapsed}</p>;
  const left = secondsLeft(reports);
  const part = Math.min(1, Math.max(0, latest.done / latest.total));
  return (
    <p class="advance">
      <progress max={1} value={part} aria-label={t('task.progress')} /> <strong>{Math.floor(100 * part)} %</strong>
      <span>{t('task.of', { done: count(latest.done), total: count(latest.total) })}</span>
      <span>{elapsed}</span>
      {left !== null && <span>{t('task.left', { span: span(left) })}</span>}
    </p>
  );
}

function Observables({ observables }: { observables: Readonly<Record<string, number>> }) {
  return (
    <dl class="observables">
      {Object.entries(observables).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{quantity(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
