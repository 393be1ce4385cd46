import type { FunctionListing } from '../../wire/invocation.ts';
import { functionNamed } from '../state/functions.ts';
import { count, t } from '../text/text.ts';
import { FieldInput, Labelled } from './field-input.tsx';
import type { Field } from './fields.ts';
import { uploadConfiguration } from './input-file.ts';
import { idOf, type TaskForm } from './task-form.ts';

interface FormPanelProps {
  readonly form: TaskForm;
  readonly functions: readonly FunctionListing[];
  readonly fields: readonly Field[];
  /** By the field's name, `parameters.NAME` for a parameter. */
  readonly errors: ReadonlyMap<string, string>;
  readonly tasks: number;
  readonly onChange: (form: TaskForm) => void;
}

/** Fields of a task that the form has, beside its id, and what they are without being filled in. */
const COMMON = [
  ['priority', '5'],
  ['retries', '3'],
  ['timeout_ms', ''],
] as const;

function idsHint(form: TaskForm, tasks: number): string {
  const [first, second] = [0, 1].map((index) => idOf(form, index, tasks)) as [string, string];
  return t('submit.ids', { count: count(tasks), first, second });
}

/** The form of one function. */
export function FormPanel({ form, functions, fields, errors, tasks, onChange }: FormPanelProps) {
  const current = functionNamed(functions, form.type);
  const setValue = (name: string, value: string): void =>
    onChange({ ...form, values: { ...form.values, [name]: value } });
  return (
    <form class="task-form" onSubmit={(event) => event.preventDefault()}>
      <Labelled name="type" title={t('submit.function')} hint={current?.description ?? ''} error={errors.get('type')}>
        {(described) => (
          <select
            {...described}
            value={current?.name ?? form.type}
            onChange={(event) => onChange(withType(form, event.currentTarget.value))}
          >
            {functions.map(({ name, title }) => (
              <option key={name} value={name}>
                {`${name}: ${title}`}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <fieldset>
        <legend>{t('submit.task')}</legend>
        <div class="fields">
          <Labelled
            name="id"
            title={t('submit.id')}
            hint={tasks > 1 ? idsHint(form, tasks) : ''}
            error={errors.get('id')}
          >
            {(described) => (
              <input
                {...described}
                type="text"
                required
                value={form.id}
                onInput={(event) => onChange({ ...form, id: event.currentTarget.value })}
              />
            )}
          </Labelled>
          {COMMON.map(([name, usual]) => (
            <Labelled
              key={name}
              name={name}
              title={t(`submit.${name}`)}
              hint={t(`submit.${name}.hint`)}
              error={errors.get(name)}
            >
              {(described) => (
                <input
                  {...described}
                  type="text"
                  inputMode="numeric"
                  placeholder={usual}
                  value={String(form.common[name] ?? '')}
                  onInput={(event) => onChange(withCommon(form, name, numberIn(event.currentTarget.value)))}
                />
              )}
            </Labelled>
          ))}
          <div class="field">
            <label>
              <input
                type="checkbox"
                checked={form.common.force === true}
                onChange={(event) => onChange(withCommon(form, 'force', event.currentTarget.checked || undefined))}
              />{' '}
              {t('submit.force')}
            </label>
            <p class="hint">{t('submit.force.hint')}</p>
          </div>
        </div>
      </fieldset>
      <fieldset>
        <legend>{t('submit.parameters')}</legend>
        <p class="faint">{t('submit.sweep')}</p>
        <p class="error" aria-live="polite">
          {errors.get('parameters')}
        </p>
        <div class="fields">
          {fields.map((field) => (
            <FieldInput
              key={`${form.type} ${field.name}`}
              field={field}
              value={form.values[field.name] ?? ''}
              error={errors.get(`parameters.${field.name}`)}
              onChange={(value) => setValue(field.name, value)}
              upload={uploadConfiguration}
            />
          ))}
        </div>
      </fieldset>
    </form>
  );
}

/** What the tasks of a function are called at first. */
export function usualId(type: string): string {
  return type.replaceAll('_', '-');
}

/** Parameters of the same name keep their values: particles, steps, seed. */
function withType(form: TaskForm, type: string): TaskForm {
  return { ...form, type, id: form.id === usualId(form.type) ? usualId(type) : form.id };
}

function withCommon(form: TaskForm, name: string, value: unknown): TaskForm {
  const { [name]: _before, ...others } = form.common;
  return { ...form, common: value === undefined ? others : { ...others, [name]: value } };
}

/** What is no number stays what it is: the orchestrator says what should stand there. */
function numberIn(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : trimmed;
}
