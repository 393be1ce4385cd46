import type { TASK_STATUSES, TaskCounts } from '../../wire/task.ts';
import { count, t, word } from '../text/text.ts';

/** Tasks by state as one bar, ended ones first; the numbers stand beside it. */
export function CountsBar({ counts, label }: { counts: TaskCounts; label?: string }) {
  const order = [
    'succeeded',
    'failed',
    'cancelled',
    'running',
    'queued',
  ] as const satisfies readonly (typeof TASK_STATUSES)[number][];
  const shown = order.filter((status) => counts[status] > 0);
  const words = shown.map(
    (status) => `${count(counts[status])} ${word(counts[status] === 1 ? 'status' : 'counts', status)}`,
  );
  return (
    <div class="counts">
      <div class="counts-bar" role="img" aria-label={`${label ?? t('health.bar')}: ${words.join(', ') || '0'}`}>
        {shown.map((status) => (
          <span key={status} class={`fill is-${status}`} style={{ flexGrow: counts[status] }} />
        ))}
      </div>
      <ul class="counts-words">
        {shown.map((status, index) => (
          <li key={status}>
            <span class={`dot is-${status}`} aria-hidden="true" /> {words[index]}
          </li>
        ))}
      </ul>
    </div>
  );
}
