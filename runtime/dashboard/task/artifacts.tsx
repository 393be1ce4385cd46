import type { ArtifactList } from '../../wire/orchestrator-api.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { Command } from '../parts/command.tsx';
import { Failure } from '../parts/failure.tsx';
import { pathOf } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { bytes, t } from '../text/text.ts';

/** The files that the function wrote beside its result. */
export function Artifacts({ task: { run_id, id } }: { task: TaskDetail }) {
  const path = `${pathOf(run_id, id)}/artifacts`;
  const { answer, error } = useAsked<ArtifactList>(() => path).value;
  if (error) return <Failure error={error} />;
  if (!answer || answer.artifacts.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="artifacts-title">
      <h2 id="artifacts-title">{t('task.artifacts')}</h2>
      <ul class="files">
        {answer.artifacts.map(({ name, bytes: size }) => (
          <li key={name}>
            <a href={`${path}/${encodeURIComponent(name)}`} download={name}>
              {name}
            </a>{' '}
            <span class="faint">{bytes(size)}</span>
          </li>
        ))}
      </ul>
      {!answer.is_complete && <p class="faint">{t('task.mayGrow')}</p>}
      <Command text={`motes artifacts ${run_id}/${id}`} />
    </section>
  );
}
