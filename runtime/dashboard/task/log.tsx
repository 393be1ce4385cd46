import type { TaskDetail } from '../../wire/task.ts';
import type { LogEntry, TaskLog } from '../../wire/task-log.ts';
import { Failure } from '../parts/failure.tsx';
import { pathOf } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { now } from '../state/clock.ts';
import { count, moment, t, word } from '../text/text.ts';

/** What the function said, between what happened to the task; anew each second while it runs. */
export function Log({ task: { run_id, id, status } }: { task: TaskDetail }) {
  const asked = useAsked<TaskLog>(() => {
    if (status === 'running') now.value;
    return `${pathOf(run_id, id)}/log`;
  });
  const { answer, error } = asked.value;
  return (
    <section class="panel" aria-labelledby="log-title">
      <h2 id="log-title">{t('task.log')}</h2>
      {error && <Failure error={error} />}
      {answer && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <ol class="log" tabIndex={0} aria-labelledby="log-title">
          {answer.entries.map((entry) => (
            <Entry key={keyOf(entry)} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

function keyOf(entry: LogEntry): string {
  return `${entry.kind} ${'attempt' in entry ? entry.attempt : 0} ${entry.kind === 'line' ? entry.line : ''}`;
}

function Entry({ entry }: { entry: LogEntry }) {
  const isLine = entry.kind === 'line';
  return (
    <li class={isLine ? `line is-${entry.level}` : 'happened'}>
      <time dateTime={new Date(entry.at).toISOString()}>{moment(entry.at)}</time>
      <span class="faint">{'attempt' in entry ? t('task.try', { number: entry.attempt }) : ''}</span>
      <span class="said">
        {isLine && entry.level === 'warn' && <span aria-hidden="true">⚠ </span>}
        {isLine ? entry.message : happened(entry)}
      </span>
    </li>
  );
}

/** What happened, in words. */
function happened(entry: Exclude<LogEntry, { kind: 'line' }>): string {
  switch (entry.kind) {
    case 'submitted':
      return t('log.submitted');
    case 'cancelled':
      return t('log.cancelled');
    case 'started': {
      const how = [entry.is_copy && t('task.copy'), entry.is_resumed && t('task.resumed')].filter(Boolean).join(', ');
      return `${t('log.started', { worker: entry.worker_id })}${how === '' ? '' : ` (${how})`}`;
    }
    case 'checkpoint':
      return t('log.checkpoint', { count: count(entry.count) });
    case 'ended': {
      const status = word('status', entry.status);
      const why = entry.detail === undefined ? '' : `: ${entry.detail}`;
      return `${t('log.ended', { status, worker: entry.worker_id })}${entry.is_divergent ? ` (${t('task.divergence')})` : ''}${why}`;
    }
  }
}
