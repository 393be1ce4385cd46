import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { isLive } from '../state/store.ts';
import { count, t } from '../text/text.ts';
import type { Field } from './fields.ts';

interface LabelledProps {
  /** Of the field, in the form. */
  readonly name: string;
  readonly title: string;
  readonly hint?: string;
  readonly error: string | undefined;
  /** The input, with what names its hint and its error. */
  readonly children: (described: {
    id: string;
    'aria-describedby': string;
    'aria-invalid': boolean;
  }) => ComponentChildren;
}

/** An input with its name, what it is for, and what is wrong with it. */
export function Labelled({ name, title, hint, error, children }: LabelledProps) {
  const id = `field-${name}`;
  return (
    <div class={error === undefined ? 'field' : 'field is-wrong'}>
      <label for={id}>{title}</label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-error`, 'aria-invalid': error !== undefined })}
      <p id={`${id}-error`} class="error" aria-live="polite">
        {error !== undefined && `✕ ${error}`}
      </p>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
    </div>
  );
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
  readonly upload: (file: File) => Promise<unknown>;
}

/** One parameter. */
export function FieldInput({ field, value, error, onChange, upload }: FieldInputProps) {
  return (
    <Labelled name={field.name} title={field.title} hint={hintOf(field)} error={error}>
      {(described) => {
        if (field.kind === 'choice') return <Choice {...{ field, value, onChange, described }} />;
        if (field.kind === 'value') return <Value {...{ field, value, onChange, described, upload }} />;
        return (
          <input
            {...described}
            type="text"
            spellcheck={false}
            autocomplete="off"
            placeholder={shown(field.defaultValue)}
            required={field.isRequired}
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        );
      }}
    </Labelled>
  );
}

function hintOf({ description, least, most }: Field): string {
  if (least === null && most === null) return description;
  const bounds = t('submit.bounds', {
    least: least === null ? '…' : bound(least),
    most: most === null ? '…' : bound(most),
  });
  return `${description} ${bounds}`.trim();
}

function bound(value: number): string {
  return Number.isInteger(value) ? count(value) : String(value);
}

type InputProps = Pick<FieldInputProps, 'field' | 'value' | 'onChange'> & {
  readonly described: Parameters<LabelledProps['children']>[0];
};

/** One of a closed set, the default, or all of them: a task for each. What came with the text may also be some of them. */
function Choice({ field, value, onChange, described }: InputProps) {
  const names = field.choices.map(String);
  const all = names.join(', ');
  const known = ['', ...names, all].includes(value);
  return (
    <select {...described} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{t('submit.default', { value: shown(field.defaultValue) })}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
      <option value={all}>{t('submit.each', { values: all })}</option>
      {!known && <option value={value}>{value}</option>}
    </select>
  );
}

/** Whatever has no input of its own, as YAML; a file where one may stand for it. */
function Value({ field, value, onChange, described, upload }: InputProps & Pick<FieldInputProps, 'upload'>) {
  const state = useSignal<string | null>(null);
  const take = async (file: File | null | undefined): Promise<void> => {
    if (!file) return;
    state.value = t('submit.uploading', { file: file.name });
    try {
      onChange(JSON.stringify(await upload(file)));
      state.value = null;
    } catch (error) {
      state.value = t('error.title', { detail: (error as Error).message });
    }
  };
  return (
    <>
      <textarea
        {...described}
        rows={2}
        spellcheck={false}
        placeholder={shown(field.defaultValue)}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
        onDragOver={(event) => field.takesFile && event.preventDefault()}
        onDrop={(event) => {
          if (!field.takesFile || !event.dataTransfer?.files.length) return;
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      />
      {field.takesFile && (
        <label class="file">
          {t('submit.file')}{' '}
          <input
            type="file"
            accept=".xyz,.extxyz,.txt"
            disabled={!isLive.value}
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </label>
      )}
      {state.value !== null && <p role="status">{state.value}</p>}
    </>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
