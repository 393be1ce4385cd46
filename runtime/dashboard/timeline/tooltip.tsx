import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import type { TaskDetail } from '../../wire/task.ts';
import { Badge } from '../parts/badge.tsx';
import { get, pathOf } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { nameOf, progress } from '../state/store.ts';
import { span as lengthText, moment, t } from '../text/text.ts';
import type { AttemptAt } from './attempts.ts';
import type { Feed } from './feed.ts';
import type { Stage } from './stage.ts';

interface TooltipProps {
  readonly stage: Stage;
  readonly feed: Feed;
  readonly version: ReadonlySignal<number>;
}

const WIDE_PX = 300;

/** What is pointed at, by hand or by keys; screen readers are told, too. */
export function Tooltip({ stage, feed, version }: TooltipProps) {
  version.value;
  const pointed = stage.pointed.value;
  const attempt = pointed && pointed.place < feed.attempts.count ? feed.attempts.at(pointed.place) : null;
  const left = pointed ? Math.max(0, Math.min(pointed.x + 14, stage.widthPx - WIDE_PX)) : 0;
  return (
    <div
      class="timeline-tip"
      role="status"
      hidden={!attempt}
      style={{ left: `${left}px`, top: `${(pointed?.y ?? 0) + 22}px` }}
    >
      {attempt && <Described key={`${attempt.runId}/${attempt.id}/${attempt.attempt}`} attempt={attempt} />}
    </div>
  );
}

function Described({ attempt }: { attempt: AttemptAt }) {
  const { runId, id, type, worker, status, error, isCopy, isResumed, checkpoints } = attempt;
  const marks = [
    t('timeline.attempt', { n: attempt.attempt }),
    ...(isCopy ? [t('timeline.mark.copy')] : []),
    ...(isResumed ? [t('timeline.mark.resume')] : []),
    ...(checkpoints.length > 0 ? [t('timeline.checkpoints', { n: checkpoints.length })] : []),
  ];
  return (
    <>
      <strong>{id}</strong> <Badge state={status} />
      <div>
        {type} · {worker} · {runId}
      </div>
      <div>{marks.join(' · ')}</div>
      <Times attempt={attempt} />
      {error !== null && status !== 'succeeded' && <Why attempt={attempt} />}
    </>
  );
}

function Times({ attempt: { runId, id, attempt, started, begun, ended } }: { attempt: AttemptAt }) {
  const isRunning = !Number.isFinite(ended);
  const end = isRunning ? now.value : ended;
  const waitedMs = Math.min(begun, end) - started;
  const said = progress.value.get(nameOf({ run_id: runId, id }));
  const part =
    isRunning && said?.attempt === attempt && said.total > 0 ? Math.floor((100 * said.done) / said.total) : null;
  return (
    <div>
      {moment(started)} · {t(isRunning ? 'timeline.runsFor' : 'timeline.ranFor', { length: length(end - begun) })}
      {part !== null && ` · ${part} %`}
      {waitedMs >= 1 && ` · ${t('timeline.waited', { length: length(waitedMs) })}`}
    </div>
  );
}

/** What it failed with, in its words: these are asked for when somebody wants to know. */
function Why({ attempt: { runId, id, attempt, error } }: { attempt: AttemptAt }) {
  const detail = useSignal<string | null>(null);
  useSignalEffect(() => {
    const abort = new AbortController();
    get<TaskDetail>(pathOf(runId, id), abort.signal)
      .then(({ history }) => {
        detail.value = history.find((one) => one.attempt === attempt)?.error?.detail ?? null;
      })
      // Its code says enough.
      .catch(() => {});
    return () => abort.abort();
  });
  return (
    <div class="error">
      {error}
      {detail.value !== null && `: ${detail.value}`}
    </div>
  );
}

function length(ms: number): string {
  return lengthText(Math.max(0, ms) / 1000);
}
