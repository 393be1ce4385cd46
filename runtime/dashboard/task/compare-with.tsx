import { useSignal } from '@preact/signals';
import { quoted } from '../../search/parse.ts';
import type { TaskList } from '../../wire/orchestrator-api.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { Badge } from '../parts/badge.tsx';
import { Failure } from '../parts/failure.tsx';
import { Link } from '../parts/link.tsx';
import { useAsked } from '../state/asked.ts';
import { nameOf } from '../state/store.ts';
import { addressOf, go } from '../state/url.ts';
import { t } from '../text/text.ts';

/** No more than one would look through. */
const OFFERED = 30;

/** The way to a second task to compare this one with: one of its type, or any by its name. */
export function CompareWith({ task }: { task: TaskDetail }) {
  const { run_id, id } = task;
  const isOpen = useSignal(false);
  const name = useSignal('');
  const leadTo = (other: string): string => addressOf('compare', { run: run_id, id, with: other });
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = name.value.trim();
    if (given !== '') go(leadTo(given.includes('/') ? given : `${run_id}/${given}`));
  };
  return (
    <section class="panel" aria-labelledby="compare-title">
      <h2 id="compare-title">{t('task.compare')}</h2>
      <form class="buttons" onSubmit={submit}>
        <input
          type="text"
          aria-label={t('task.compareName')}
          placeholder={t('task.compareName')}
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <button type="submit">{t('task.compareGo')}</button>
      </form>
      <details onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
        <summary>{t('task.compareList')}</summary>
        {isOpen.value && <Offered task={task} leadTo={leadTo} />}
      </details>
    </section>
  );
}

interface OfferedProps {
  readonly task: TaskDetail;
  readonly leadTo: (other: string) => string;
}

/** The newest tasks of the same type. */
function Offered({ task, leadTo }: OfferedProps) {
  const search = new URLSearchParams({
    q: `type:${quoted(task.type)}`,
    order: '-run',
    limit: String(OFFERED),
    brief: 'yes',
  });
  const { answer, error } = useAsked<TaskList>(() => `/tasks?${search}`).value;
  if (!answer) return error ? <Failure error={error} /> : <p class="empty">{t('loading')}</p>;
  const others = answer.tasks.filter((other) => nameOf(other) !== nameOf(task));
  if (others.length === 0) return <p class="empty">{t('task.compareNone')}</p>;
  return (
    <ul class="files">
      {others.map((other) => (
        <li key={nameOf(other)}>
          <Badge state={other.status} /> <Link to={leadTo(nameOf(other))}>{nameOf(other)}</Link>
        </li>
      ))}
    </ul>
  );
}
