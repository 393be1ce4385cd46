import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Explanation } from '../../wire/orchestrator-api.ts';
import type { Task } from '../../wire/task.ts';
import { pathOf } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { t } from '../text/text.ts';

/** Why a task is not running yet: asked for again as things change. */
export function Why({ task, close }: { task: Task | null; close: () => void }) {
  const path = useSignal<string | null>(null);
  useEffect(() => {
    path.value = task && `${pathOf(task.run_id, task.id)}/explain`;
  }, [task]);
  const asked = useAsked<Explanation>(() => path.value);
  if (!task) return null;
  const { answer, error } = asked.value;
  return (
    <p class="why" role="status">
      <strong>{task.id}</strong>: {answer?.detail ?? error?.message ?? t('loading')}{' '}
      <button type="button" onClick={close}>
        {t('action.close')}
      </button>
    </p>
  );
}
