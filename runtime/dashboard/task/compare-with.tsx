import { useSignal } from '@preact/signals';
import type { TaskList } from '../../wire/orchestrator-api.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { Link } from '../parts/link.tsx';
import { useAsked } from '../state/asked.ts';
import { addressOf, go } from '../state/url.ts';
import { t } from '../text/text.ts';

/** Their results come along: no more of them than one would look through. */
const OFFERED = 30;

/** The way to a second task to compare this one with: one of its run, or any by its name. */
export function CompareWith({ task: { run_id, id, type } }: { task: TaskDetail }) {
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
        {isOpen.value && <Offered run={run_id} id={id} type={type} leadTo={leadTo} />}
      </details>
    </section>
  );
}

interface OfferedProps {
  readonly run: string;
  readonly id: string;
  readonly type: string;
  readonly leadTo: (other: string) => string;
}

function Offered({ run, id, type, leadTo }: OfferedProps) {
  const { answer } = useAsked<TaskList>(() => `/tasks?run_id=${encodeURIComponent(run)}&limit=${OFFERED}`).value;
  if (!answer) return <p class="empty">{t('loading')}</p>;
  const others = answer.tasks.filter((other) => other.type === type && other.id !== id);
  if (others.length === 0) return <p class="empty">{t('task.compareNone')}</p>;
  return (
    <ul class="files">
      {others.map((other) => (
        <li key={other.id}>
          <Link to={leadTo(`${run}/${other.id}`)}>{other.id}</Link>
        </li>
      ))}
    </ul>
  );
}
