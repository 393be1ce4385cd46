import { Fragment } from 'preact';
import type { Attempt, TaskDetail } from '../../wire/task.ts';
import { Badge } from '../parts/badge.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { now } from '../state/clock.ts';
import { count, moment, span, t } from '../text/text.ts';
import { ProblemText } from './problem.tsx';

/** Every try of a task, the last one first. */
export function Attempts({ task: { history, retries } }: { task: TaskDetail }) {
  return (
    <section class="panel" aria-labelledby="attempts-title">
      <h2 id="attempts-title">{t('task.attempts')}</h2>
      {retries !== undefined && <p class="faint">{t('task.retries', { count: count(retries) })}</p>}
      {history.length === 0 ? (
        <p class="empty">{t('task.noAttempts')}</p>
      ) : (
        <Scroll label={t('task.attempts')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('task.attempt')}</th>
                <th scope="col">{t('task.worker')}</th>
                <th scope="col">{t('task.state')}</th>
                <th scope="col">{t('task.began')}</th>
                <th scope="col">{t('task.ended')}</th>
                <th scope="col" class="number">
                  {t('task.tookColumn')}
                </th>
                <th scope="col">{t('task.more')}</th>
              </tr>
            </thead>
            <tbody>
              {history.toReversed().map((attempt) => (
                <Row key={attempt.attempt} attempt={attempt} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

const COLUMNS = 7;

function Row({ attempt }: { attempt: Attempt }) {
  const { attempt: number, worker_id, status, started_at, ended_at, error, divergence } = attempt;
  return (
    <Fragment>
      <tr class={error || divergence ? 'goes-on' : undefined}>
        <th scope="row">{number}</th>
        <td>{worker_id}</td>
        <td>
          <Badge state={status} />
        </td>
        <td>{moment(started_at)}</td>
        <td>{ended_at === null ? '–' : moment(ended_at)}</td>
        <td class="number">{span(Math.max(0, (ended_at ?? now.value) - started_at) / 1000)}</td>
        <td class="more">
          <Marks attempt={attempt} />
        </td>
      </tr>
      {(error || divergence) && (
        <tr>
          <td colSpan={COLUMNS}>
            {error && <ProblemText problem={error} />}
            {divergence && <Divergence result={divergence} />}
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Marks({ attempt: { is_copy, is_resumed, checkpoints = 0 } }: { attempt: Attempt }) {
  const marks = [
    is_copy && { shape: '⇉', text: t('task.copy') },
    is_resumed && { shape: '↻', text: t('task.resumed') },
    checkpoints > 0 && { shape: '◆', text: t('task.checkpoints', { count: count(checkpoints) }) },
  ].filter((mark) => mark !== undefined && mark !== false);
  if (marks.length === 0) return null;
  return (
    <ul class="marks">
      {marks.map(({ shape, text }) => (
        <li key={text}>
          <span aria-hidden="true">{shape}</span> {text}
        </li>
      ))}
    </ul>
  );
}

const MOST_CHARACTERS = 20_000;

/** A result with other bits than the recorded one. */
function Divergence({ result }: { result: Readonly<Record<string, unknown>> }) {
  return (
    <details class="problem">
      <summary>
        <span aria-hidden="true">⚠</span> {t('task.divergence')}
      </summary>
      <pre>{JSON.stringify(result, null, 1).slice(0, MOST_CHARACTERS)}</pre>
    </details>
  );
}
