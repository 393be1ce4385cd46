import type { RunSummary } from '../../wire/run-summary.ts';
import type { Run } from '../../wire/task.ts';
import { Action } from '../parts/action.tsx';
import { Badge } from '../parts/badge.tsx';
import { Command } from '../parts/command.tsx';
import { CountsBar } from '../parts/counts-bar.tsx';
import { CsvLink } from '../parts/csv-link.tsx';
import { Link } from '../parts/link.tsx';
import { get, pathOf, send } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { addressOf } from '../state/url.ts';
import { saveText } from '../task/downloads.tsx';
import { count, moment, quantity, span, t } from '../text/text.ts';
import { outlookOf } from './outlook.ts';
import { MOST_TASKS, tasksOfRun } from './run-tasks.ts';

/** Which run, how far it is, and what can be done about it. */
export function Header({ run, summary }: { run: Run; summary: RunSummary | null }) {
  const outlook = outlookOf(run, now.value);
  return (
    <section class="panel" aria-labelledby="run-title">
      <h1 id="run-title">
        {t('run.title')} {run.run_id} <Badge state={run.status} />
      </h1>
      <CountsBar counts={run.tasks} label={run.run_id} />
      <dl class="facts">
        <Fact name={t('run.begun')} value={moment(run.created_at)} />
        {run.ended_at === null ? (
          <Fact name={t('run.since')} value={span((now.value - run.created_at) / 1000)} />
        ) : (
          <Fact name={t('run.took')} value={span((run.ended_at - run.created_at) / 1000)} />
        )}
        {outlook && (
          <>
            <Fact
              name={t('run.rate')}
              value={t('health.rate', { rate: quantity(Number(outlook.rate.toPrecision(3))) })}
            />
            <Fact name={t('run.left')} value={`≈ ${span(outlook.secondsLeft)}`} />
          </>
        )}
        {summary && <SummedUp summary={summary} />}
      </dl>
      <p class="buttons">
        <Link to={addressOf('tasks', { q: `run:${run.run_id}` })}>{t('run.toTasks')}</Link>
        <Actions run={run} />
      </p>
      <Downloads run={run} />
    </section>
  );
}

function SummedUp({ summary: { seconds, retried, suspects, divergences, run } }: { summary: RunSummary }) {
  const of = (term: string): string => addressOf('tasks', { q: `run:${run.run_id} ${term}` });
  return (
    <>
      <Fact name={t('run.computed')} value={span(seconds)} />
      {retried > 0 && <Fact name={t('run.retried')} value={count(retried)} to={of('attempts>1')} />}
      {suspects > 0 && <Fact name={t('run.suspects')} value={`⚠ ${count(suspects)}`} to={of('suspect:yes')} />}
      {divergences > 0 && <Fact name={t('run.divergences')} value={`⚠ ${count(divergences)}`} />}
    </>
  );
}

function Fact({ name, value, to }: { name: string; value: string; to?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{to === undefined ? value : <Link to={to}>{value}</Link>}</dd>
    </div>
  );
}

function Actions({ run: { run_id, status, tasks } }: { run: Run }) {
  return (
    <>
      {tasks.failed > 0 && (
        <Action
          what={t('action.retryFailed', { count: count(tasks.failed) })}
          confirm
          run={() => send('POST', `${pathOf(run_id)}/retry?only=failed`)}
        />
      )}
      {status === 'active' && (
        <Action what={t('action.cancelRun')} confirm run={() => send('DELETE', pathOf(run_id))} />
      )}
    </>
  );
}

/** Its results as files, and the command that sums it up in one. */
function Downloads({ run: { run_id, tasks_total } }: { run: Run }) {
  const saveJson = async (): Promise<void> => {
    const tasks = await tasksOfRun(run_id, (path) => get(path));
    saveText(`${run_id}.json`, `${JSON.stringify({ run_id, tasks }, null, 1)}\n`, 'application/json');
  };
  return (
    <p class="buttons">
      <CsvLink query={`run:${run_id}`} name={run_id} text={t('run.asCsv')} />
      {tasks_total <= MOST_TASKS && <Action what={t('run.asJson')} run={saveJson} />}
      <Command text={`motes report ${run_id} --url ${location.origin}`} />
    </p>
  );
}
