import { Fragment } from 'preact';
import type { FailureGroup, RunSummary } from '../../wire/run-summary.ts';
import { Link } from '../parts/link.tsx';
import { addressOf } from '../state/url.ts';
import { count, t } from '../text/text.ts';

/** Why tasks failed, the most frequent cause first. */
export function Failures({ summary }: { summary: RunSummary }) {
  const { run, failures, failures_left_out } = summary;
  if (failures.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="failures-title">
      <h2 id="failures-title">{t('run.failures')}</h2>
      <ol class="failures">
        {failures.map((group) => (
          <Group key={`${group.code} ${group.cause}`} group={group} runId={run.run_id} />
        ))}
      </ol>
      {failures_left_out > 0 && <p class="faint">{t('run.failuresLeft', { count: count(failures_left_out) })}</p>}
    </section>
  );
}

function Group({ group, runId }: { group: FailureGroup; runId: string }) {
  const { code, cause, tasks, examples, workers } = group;
  return (
    <li>
      <p>
        <Link to={addressOf('tasks', { q: `run:${runId} status:failed error:${code}` })}>
          <span aria-hidden="true">✕</span>{' '}
          {t(tasks === 1 ? 'run.oneFailed' : 'run.manyFailed', { count: count(tasks) })}
        </Link>{' '}
        <code>{code}</code>
      </p>
      <p class="cause">{cause}</p>
      <p class="faint">
        {t('run.examples')}{' '}
        {examples.map((id, index) => (
          <Fragment key={id}>
            {index > 0 && ', '}
            <Link to={addressOf('task', { run: runId, id })}>{id}</Link>
          </Fragment>
        ))}
        {workers.length > 0 && <> · {t('run.onWorkers', { workers: workers.join(', ') })}</>}
      </p>
    </li>
  );
}
