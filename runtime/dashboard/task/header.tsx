import { type ReadonlySignal, useComputed } from '@preact/signals';
import { quoted } from '../../search/parse.ts';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { Explanation } from '../../wire/orchestrator-api.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { Action } from '../parts/action.tsx';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { pathOf, send } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { addressOf } from '../state/url.ts';
import { count, moment, span, t } from '../text/text.ts';
import { ProblemText } from './problem.tsx';

interface HeaderProps {
  readonly task: TaskDetail;
  readonly listing: FunctionListing | undefined;
  readonly isSuspect: boolean;
}

/** Which task, how it is, and what can be done about it. */
export function Header({ task, listing, isSuspect }: HeaderProps) {
  const { run_id, id, type, status, description, error } = task;
  return (
    <section class="panel task-head" aria-labelledby="task-title">
      <h1 id="task-title">
        <Link to={addressOf('run', { run: run_id })}>{run_id}</Link>
        <span aria-hidden="true"> / </span>
        {id}
      </h1>
      <p class="task-facts">
        <Badge state={status} />
        {isSuspect && (
          <a href="#checks" class="suspect">
            <span aria-hidden="true">⚠</span> {t('task.suspect')}
          </a>
        )}
        <Link to={addressOf('tasks', { q: `type:${quoted(type)}` })} title={t('task.type', { type })}>
          {listing ? `${listing.title} (${type})` : type}
        </Link>
        <Facts task={task} />
      </p>
      {description !== undefined && <p>{description}</p>}
      {status === 'queued' && <Waiting task={task} />}
      {error && <ProblemText problem={error} />}
      <Actions task={task} />
    </section>
  );
}

function Facts({ task }: { task: TaskDetail }) {
  const { priority, submitted_at, duration, worker_id, timeout_ms } = task;
  return (
    <>
      <span>{t('task.priority', { priority })}</span>
      {submitted_at !== undefined && <span>{t('task.submitted', { at: moment(submitted_at) })}</span>}
      {worker_id !== null && <span>{t('task.on', { worker: worker_id })}</span>}
      {duration !== null && <span>{t('task.took', { span: span(duration) })}</span>}
      {timeout_ms != null && <span>{t('task.deadline', { span: span(timeout_ms / 1000) })}</span>}
      {task.attempts > 1 && <span>{t('task.attemptCount', { count: count(task.attempts) })}</span>}
    </>
  );
}

/** Why it does not run yet. */
function Waiting({ task: { run_id, id } }: { task: TaskDetail }) {
  const asked: ReadonlySignal<{ answer: Explanation | null }> = useAsked<Explanation>(
    () => `${pathOf(run_id, id)}/explain`,
  );
  const detail = useComputed(() => asked.value.answer?.detail ?? '');
  return (
    <p role="status">
      <strong>{t('task.waiting')}</strong> {detail}
    </p>
  );
}

function Actions({ task: { run_id, id, status } }: { task: TaskDetail }) {
  const path = pathOf(run_id, id);
  const canCancel = status === 'queued' || status === 'running';
  const canRetry = status === 'failed' || status === 'cancelled';
  if (!canCancel && !canRetry) return null;
  return (
    <p>
      {canCancel && (
        <Action what={t('action.cancel')} label={t('task.cancel', { id })} confirm run={() => send('DELETE', path)} />
      )}
      {canRetry && (
        <Action what={t('action.retry')} label={t('task.retry', { id })} run={() => send('POST', `${path}/retry`)} />
      )}
    </p>
  );
}
