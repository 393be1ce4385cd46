import type { TaskDetail } from '../../wire/task.ts';
import { t } from '../text/text.ts';
import { fileName, taskCsv } from './submission.ts';

/** How long a file that was made here stays at hand for the browser to write it. */
const KEPT_MS = 60_000;

/** The task as files. */
export function Downloads({ task }: { task: TaskDetail }) {
  return (
    <section class="panel" aria-labelledby="downloads-title">
      <h2 id="downloads-title">{t('task.downloads')}</h2>
      <p class="buttons">
        <button
          type="button"
          onClick={() => saveText(fileName(task.id, 'json'), `${JSON.stringify(task, null, 2)}\n`, 'application/json')}
        >
          {t('task.asJson')}
        </button>
        <button type="button" onClick={() => saveText(fileName(task.id, 'csv'), taskCsv(task), 'text/csv')}>
          {t('task.asCsv')}
        </button>
      </p>
      <p class="faint">{t('task.seriesCsv')}</p>
    </section>
  );
}

/** Gives the reader a file. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
