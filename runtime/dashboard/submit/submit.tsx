/** What is to be computed: a form and a text for the same tasks, checked and estimated before they are sent. */
import { useEffect, useMemo } from 'preact/hooks';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { SubmissionAnswer } from '../../wire/orchestrator-api.ts';
import type { Validation } from '../../wire/validation.ts';
import { Action } from '../parts/action.tsx';
import { Failure } from '../parts/failure.tsx';
import { ApiError, ask } from '../state/api.ts';
import { functionNamed, useFunctions } from '../state/functions.ts';
import { addressOf, choose, go, part } from '../state/url.ts';
import { count, t } from '../text/text.ts';
import { Estimate } from './estimate.tsx';
import { byField, faultsOf } from './faults.ts';
import { fieldsOf } from './fields.ts';
import { FormPanel, usualId } from './form-panel.tsx';
import { Submission, type Verdict } from './submission.ts';
import type { FormFunction } from './task-form.ts';
import { TextPanel } from './text-panel.tsx';

/** A longer draft would make an address that nobody can send. */
const DRAFT_CHARACTERS = 4_000;

export function Submit() {
  const { answer: functions, error } = useFunctions();
  if (functions) return <Editor functions={functions} />;
  return error ? <Failure error={error} /> : <p class="empty">{t('loading')}</p>;
}

function Editor({ functions }: { functions: readonly FunctionListing[] }) {
  const known = useMemo(() => formFunctions(functions), [functions]);
  const findFunction = (type: string): FormFunction | null => known.get(type) ?? null;
  const submission = useMemo(() => open(functions, findFunction), [functions]);
  useEffect(() => () => submission.stop(), [submission]);
  const form = submission.form.value;
  const formFunction = form && findFunction(form.type);
  const { value: verdict } = submission.verdict;
  const faults = verdict.kind === 'wrong' ? verdict.faults : [];
  return (
    <div class="submit">
      <section class="panel" aria-labelledby="submit-title">
        <h1 id="submit-title">{t('submit.title')}</h1>
        {form && formFunction ? (
          <FormPanel
            form={form}
            functions={functions}
            fields={formFunction.fields}
            errors={byField(faults, formFunction.spellings)}
            tasks={submission.count.value}
            onChange={(changed) => submission.editForm(changed)}
          />
        ) : (
          <p class="empty">
            {t('submit.noForm')}{' '}
            <button type="button" onClick={() => submission.editForm(emptyForm(functions))}>
              {t('submit.startOver')}
            </button>
          </p>
        )}
      </section>
      <section class="panel submit-text" aria-label={t('submit.text')}>
        <TextPanel
          text={submission.text.value}
          faults={faults}
          onEdit={(text) => submission.editText(text)}
          onOpen={(text) => submission.open(text)}
          onTooLarge={(detail) => submission.refuse([{ code: 'body_too_large', detail }])}
        />
        <p class="state" role="status">
          <State submission={submission} />
        </p>
        {verdict.kind === 'good' && (
          <Estimate
            validation={verdict.validation}
            unitOf={(name) => functionNamed(functions, name)?.cost_unit ?? ''}
          />
        )}
        <Send submission={submission} verdict={verdict} />
      </section>
    </div>
  );
}

function State({ submission }: { submission: Submission }) {
  if (submission.isTooMany.value)
    return <span class="error">✕ {t('submit.tooMany', { count: count(submission.count.value) })}</span>;
  if (submission.isPending.value) return <>{t('submit.checking')}</>;
  const verdict = submission.verdict.value;
  if (verdict.kind === 'good') return <span class="good">✓ {t('submit.good')}</span>;
  if (verdict.kind === 'wrong') return null;
  if (verdict.reason !== null) return <span class="error">{t('error.title', { detail: verdict.reason })}</span>;
  return (
    <>
      {t('submit.long')}{' '}
      <button type="button" onClick={() => submission.check()}>
        {t('submit.check')}
      </button>
    </>
  );
}

/** The key makes a repeated request harmless: it stays the same while the text does. */
function Send({ submission, verdict }: { submission: Submission; verdict: Verdict }) {
  const text = submission.text.value;
  const key = useMemo(newKey, [text]);
  const send = async (): Promise<void> => {
    try {
      const headers = { 'content-type': 'application/yaml', 'idempotency-key': key };
      const response = await ask('/execute_tasks', { method: 'POST', body: text, headers });
      go(addressOf('run', { run: ((await response.json()) as SubmissionAnswer).run_id }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.code === 'unavailable') throw error;
      submission.refuse(faultsOf(error.problem));
    }
  };
  const tasks = verdict.kind === 'good' ? verdict.validation.tasks_total : null;
  return (
    <div class="send">
      <Action
        what={tasks === null || tasks === 1 ? t('submit.send') : t('submit.sendMany', { count: count(tasks) })}
        disabled={
          submission.isTooMany.value || submission.isBehind.value || verdict.kind === 'wrong' || text.trim() === ''
        }
        run={send}
      />
    </div>
  );
}

/** Pages by plain HTTP have no `randomUUID`. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(16).padStart(8, '0')).join('');
}

function open(functions: readonly FunctionListing[], findFunction: (type: string) => FormFunction | null): Submission {
  const submission = new Submission({
    findFunction,
    validate,
    onSettled: (text) => choose({ draft: text.length <= DRAFT_CHARACTERS ? text : null }),
    timers: { set: (action, ms) => setTimeout(action, ms), clear: (timer) => clearTimeout(timer as number) },
  });
  const draft = part('draft');
  if (draft === '') submission.editForm(emptyForm(functions));
  else submission.open(draft);
  return submission;
}

function emptyForm(functions: readonly FunctionListing[]) {
  const name = functions.find((listing) => listing.name === part('type'))?.name ?? functions[0]?.name ?? '';
  return { type: name, id: usualId(name), common: {}, values: {} };
}

function formFunctions(functions: readonly FunctionListing[]): ReadonlyMap<string, FormFunction> {
  return new Map(
    functions.flatMap(({ name, also_named, parameters, parameter_spellings: spellings }) => {
      const known = { fields: fieldsOf(parameters), spellings };
      return [name, ...also_named].map((one) => [one, known] as const);
    }),
  );
}

async function validate(text: string, signal: AbortSignal): Promise<Verdict> {
  try {
    const headers = { 'content-type': 'application/yaml' };
    const response = await ask('/validate', { method: 'POST', body: text, headers, signal });
    return { kind: 'good', validation: (await response.json()) as Validation };
  } catch (error) {
    if (error instanceof ApiError && error.problem.code !== 'unavailable')
      return { kind: 'wrong', faults: faultsOf(error.problem) };
    return { kind: 'unknown', reason: signal.aborted ? null : (error as Error).message };
  }
}
