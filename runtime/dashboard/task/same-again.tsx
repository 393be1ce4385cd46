import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TaskDetail } from '../../wire/task.ts';
import { Command } from '../parts/command.tsx';
import { t } from '../text/text.ts';
import { saveText } from './downloads.tsx';
import { curlToFetch, curlToSubmit, fileName, submissionOf } from './submission.ts';

const WITH_TOKEN = `-H "authorization: Bearer $MOTES_TOKEN"`;

/** The same task by other means: a command, a file. */
export function SameAgain({ task }: { task: TaskDetail }) {
  const { command, file } = curlToSubmit(task, location.origin);
  return (
    <section class="panel same" aria-labelledby="same-title">
      <h2 id="same-title">{t('task.same')}</h2>
      <h3>{t('task.submitAgain')}</h3>
      {file && (
        <p>
          {t('task.long')}{' '}
          <button type="button" onClick={() => saveText(file.name, file.text, 'application/json')}>
            {file.name}
          </button>
        </p>
      )}
      <Command text={command} />
      <h3>{t('task.fetch')}</h3>
      <Command text={curlToFetch(task, location.origin)} />
      <p class="faint">
        {t('task.withToken')} <code>{WITH_TOKEN}</code>
      </p>
      <h3>{t('task.inFile')}</h3>
      <TaskFile task={task} />
    </section>
  );
}

/** More than this is for a file, not for reading. */
const MOST_CHARACTERS = 100_000;

/** The task as a task file has it. YAML's library comes when it is needed. */
function TaskFile({ task }: { task: TaskDetail }) {
  const text = useSignal('');
  const wanted = JSON.stringify(submissionOf(task));
  useEffect(() => {
    let isWanted = true;
    void import('yaml').then(({ stringify }) => {
      if (isWanted) text.value = stringify(JSON.parse(wanted));
    });
    return () => {
      isWanted = false;
    };
  }, [wanted]);
  if (text.value === '') return <p class="empty">{t('loading')}</p>;
  return (
    <>
      {text.value.length <= MOST_CHARACTERS && <Command text={text.value} />}
      <p>
        <button type="button" onClick={() => saveText(fileName(task.id, 'yaml'), text.value, 'application/yaml')}>
          {t('task.asYaml')}
        </button>
      </p>
    </>
  );
}
