import { useRef } from 'preact/hooks';
import type { Fault } from '../../wire/problem.ts';
import { LIMITS } from '../../wire/task.ts';
import { bytes, count, t } from '../text/text.ts';
import { readTasks } from './tasks-text.ts';

interface TextPanelProps {
  readonly text: string;
  readonly faults: readonly Fault[];
  readonly onEdit: (text: string) => void;
  /** A whole file. */
  readonly onOpen: (text: string) => void;
  readonly onTooLarge: (message: string) => void;
}

/** The tasks as they will be sent: to edit, to paste, to drop a file on. */
export function TextPanel({ text, faults, onEdit, onOpen, onTooLarge }: TextPanelProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const take = async (file: File | null | undefined): Promise<void> => {
    if (!file) return;
    if (file.size <= LIMITS.submissionBytes) onOpen(await file.text());
    else onTooLarge(t('submit.fileTooLarge', { most: bytes(LIMITS.submissionBytes) }));
  };
  const show = (pointer: string | undefined): void => {
    const at = readTasks(text).locate(pointer ?? '') ?? 0;
    const end = text.indexOf('\n', at);
    area.current?.focus();
    area.current?.setSelectionRange(at, end < 0 ? text.length : end);
  };
  return (
    <>
      <div class="text-head">
        <label for="tasks-text">{t('submit.text')}</label>
        <label class="file">
          {t('submit.open')}{' '}
          <input
            type="file"
            accept=".yaml,.yml,.json"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
      <textarea
        id="tasks-text"
        ref={area}
        class="tasks-text"
        spellcheck={false}
        wrap="off"
        rows={16}
        value={text}
        aria-describedby="tasks-faults"
        aria-invalid={faults.length > 0}
        onInput={(event) => onEdit(event.currentTarget.value)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          if (!event.dataTransfer?.files.length) return;
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      />
      <div id="tasks-faults" aria-live="polite">
        {faults.length > 0 && (
          <>
            <p class="error">
              ✕ {t(faults.length === 1 ? 'submit.fault' : 'submit.faults', { count: count(faults.length) })}
            </p>
            <ul class="faults">
              {faults.map((fault, index) => (
                <li key={`${index} ${fault.detail}`}>
                  <button type="button" onClick={() => show(fault.pointer)} title={t('submit.show')}>
                    {fault.detail}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}
