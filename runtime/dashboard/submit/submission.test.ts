import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { listFunctions } from '../../function/listing.ts';
import type { Validation } from '../../wire/validation.ts';
import { fieldsOf } from './fields.ts';
import { LIVE_CHARACTERS, Submission, type Verdict } from './submission.ts';

const listings = listFunctions(declarations, {});
const GOOD: Verdict = { kind: 'good', validation: { tasks_total: 1 } as Validation };

/** A submission whose time and whose orchestrator are the test's. */
function makeSubmission() {
  let due: (() => void) | null = null;
  const asked: { text: string; signal: AbortSignal; answer: (verdict: Verdict) => void }[] = [];
  const settled: string[] = [];
  const submission = new Submission({
    findFunction: (type) => {
      const found = listings.find(({ name }) => name === type);
      return found ? { fields: fieldsOf(found.parameters), spellings: found.parameter_spellings } : null;
    },
    validate: (text, signal) => new Promise((answer) => asked.push({ text, signal, answer })),
    onSettled: (text) => settled.push(text),
    timers: {
      set: (action) => {
        due = action;
      },
      clear: () => {
        due = null;
      },
    },
  });
  return { submission, asked, settled, pass: () => due?.() };
}

const form = { type: 'benchmark', id: 'a', common: {}, values: { particles: '1, 2' } };

describe('what is about to be submitted', () => {
  test('the form writes the text at once; the orchestrator is asked when nothing more is typed', async () => {
    const { submission, asked, settled, pass } = makeSubmission();
    submission.editForm({ ...form, values: { particles: '1' } });
    submission.editForm(form);
    expect(submission.text.value).toContain('id: a-2');
    expect(submission.count.value).toBe(2);
    expect(asked).toEqual([]);
    pass();
    expect(asked.map(({ text }) => text)).toEqual([submission.text.value]);
    expect(settled).toEqual([submission.text.value]);
    asked[0]!.answer(GOOD);
    await Promise.resolve();
    expect(submission.verdict.value).toBe(GOOD);
    expect(submission.isPending.value).toBe(false);
  });

  test('the text is what stays as it was written; the form follows it where one fits', () => {
    const { submission, pass } = makeSubmission();
    const text = '# mine\ntasks:\n  - {id: b, type: benchmark, parameters: {seed: 3}}\n';
    submission.editText(text);
    pass();
    expect(submission.text.value).toBe(text);
    expect(submission.form.value).toMatchObject({ id: 'b', values: { seed: '3' } });
    submission.editText('tasks: [{id: b, type: nope}]');
    pass();
    expect(submission.form.value).toBeNull();
  });

  test('an answer about an older text is of no interest', async () => {
    const { submission, asked, pass } = makeSubmission();
    submission.editForm(form);
    pass();
    submission.editText('tasks: []');
    pass();
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.answer(GOOD);
    await Promise.resolve();
    expect(submission.verdict.value).not.toBe(GOOD);
  });

  test('a long text is asked about on demand only, and has no form', () => {
    const { submission, asked } = makeSubmission();
    submission.open(`tasks: [{id: a, type: benchmark}] # ${'x'.repeat(LIVE_CHARACTERS)}`);
    expect(submission.form.value).toBeNull();
    expect(asked).toEqual([]);
    expect(submission.isPending.value).toBe(false);
    submission.check();
    expect(asked).toHaveLength(1);
  });

  test('many tasks are written when nothing more is typed', () => {
    const { submission, pass } = makeSubmission();
    submission.editForm({ ...form, values: { seed: '1..1000' } });
    expect([submission.count.value, submission.isBehind.value, submission.text.value]).toEqual([1_000, true, '']);
    pass();
    expect(submission.isBehind.value).toBe(false);
    expect(submission.text.value).toContain('a-1000');
    submission.editForm({ ...form, values: { seed: '1..2000' } });
    submission.editText('tasks: []');
    pass();
    expect(submission.text.value).toBe('tasks: []');
  });

  test('more tasks than are taken at once are not written, and nobody is asked', () => {
    const { submission, asked, pass } = makeSubmission();
    submission.editForm(form);
    const text = submission.text.value;
    submission.editForm({ ...form, values: { particles: '1..200', seed: '1..200' } });
    pass();
    expect(submission.isTooMany.value).toBe(true);
    expect(submission.count.value).toBe(40_000);
    expect(submission.text.value).toBe(text);
    expect(asked).toEqual([]);
    submission.editForm(form);
    expect(submission.isTooMany.value).toBe(false);
  });
});
