/** What is about to be submitted: a text, the form that stands for the same tasks, and what the orchestrator says of it. */
import { batch, computed, signal } from '@preact/signals';
import type { Fault } from '../../wire/problem.ts';
import { LIMITS } from '../../wire/task.ts';
import type { Validation } from '../../wire/validation.ts';
import { countTasks, type FormFunction, formOf, type TaskForm, tasksOf } from './task-form.ts';
import { readTasks, writeTasks } from './tasks-text.ts';

/** What the orchestrator says of a text. */
export type Verdict =
  | { readonly kind: 'good'; readonly validation: Validation }
  | { readonly kind: 'wrong'; readonly faults: readonly Fault[] }
  /** It was not asked, or could not answer. */
  | { readonly kind: 'unknown'; readonly reason: string | null };

export interface SubmissionOptions {
  findFunction(type: string): FormFunction | null;
  /** Asks the orchestrator; an aborted question is of no interest any more. */
  validate(text: string, signal: AbortSignal): Promise<Verdict>;
  /** Called with every text that has settled. */
  onSettled(text: string): void;
  readonly timers: { set(action: () => void, ms: number): unknown; clear(timer: unknown): void };
}

/** So long nothing is typed before the text is read and asked about. */
const SETTLE_MS = 350;
/** Longer texts are read by nobody but the orchestrator, and only when it is asked to. */
export const LIVE_CHARACTERS = 256 * 1024;

/** More tasks are written when nothing more is typed: to write ten thousand takes longer than a key. */
const WRITTEN_AT_ONCE = 100;

const UNASKED: Verdict = { kind: 'unknown', reason: null };

/** The text is what will be sent. Whoever edits the form writes the text; whoever edits the text gets the form that fits. */
export class Submission {
  readonly text = signal('');
  /** Null where no form stands for these tasks. */
  readonly form = signal<TaskForm | null>(null);
  readonly verdict = signal<Verdict>(UNASKED);
  /** The text is not read or not judged yet. */
  readonly isPending = signal(false);
  /** Of the form. */
  readonly count = computed(() => {
    const form = this.form.value;
    const known = form && this.#options.findFunction(form.type);
    return known ? countTasks(form, known) : 0;
  });
  /** The form stands for more tasks than can be sent at once: the text is not theirs. */
  readonly isTooMany = signal(false);
  /** The text will be the form's in a moment. */
  readonly isBehind = signal(false);
  readonly #options: SubmissionOptions;
  #timer: unknown;
  #question: AbortController | null = null;

  constructor(options: SubmissionOptions) {
    this.#options = options;
  }

  /** Changes the form, and writes its tasks as the text. */
  editForm(form: TaskForm): void {
    batch(() => {
      this.form.value = form;
      this.isTooMany.value = this.count.value > LIMITS.submissionTasks;
      this.isBehind.value = !this.isTooMany.value;
      if (this.count.value <= WRITTEN_AT_ONCE) this.#write(form);
      this.#touch(false);
    });
  }

  /** The form's tasks as the text. */
  #write(form: TaskForm): void {
    const known = this.#options.findFunction(form.type);
    const tasks = known && tasksOf(form, known);
    if (tasks) this.text.value = writeTasks(tasks);
    this.isBehind.value = false;
  }

  /** Changes the text; the form follows when it has settled. */
  editText(text: string): void {
    batch(() => {
      this.text.value = text;
      this.isTooMany.value = false;
      this.isBehind.value = false;
      this.#touch(true);
    });
  }

  /** A whole text: nobody is typing, so it is read at once. */
  open(text: string): void {
    this.editText(text);
    this.#settle(true, false);
  }

  /** Asks about a text of any length. */
  check(): void {
    this.#settle(false, true);
  }

  /** Takes what the orchestrator said to the submission itself. */
  refuse(faults: readonly Fault[]): void {
    this.verdict.value = { kind: 'wrong', faults };
  }

  stop(): void {
    this.#options.timers.clear(this.#timer);
    this.#question?.abort();
  }

  #touch(isFollowed: boolean): void {
    this.stop();
    this.isPending.value = true;
    this.#timer = this.#options.timers.set(() => this.#settle(isFollowed, false), SETTLE_MS);
  }

  #settle(isFollowed: boolean, isAsked: boolean): void {
    this.stop();
    if (this.isBehind.value && this.form.value) this.#write(this.form.value);
    const text = this.text.value;
    const isLong = text.length > LIVE_CHARACTERS;
    if (isFollowed) this.form.value = isLong ? null : this.#formOf(text);
    this.#options.onSettled(text);
    if (this.isTooMany.value || (isLong && !isAsked)) this.#take(UNASKED);
    else void this.#ask(text);
  }

  #formOf(text: string): TaskForm | null {
    const { tasks } = readTasks(text);
    return tasks && formOf(tasks, (type) => this.#options.findFunction(type));
  }

  async #ask(text: string): Promise<void> {
    const question = new AbortController();
    this.#question = question;
    this.isPending.value = true;
    const verdict = await this.#options.validate(text, question.signal);
    if (!question.signal.aborted) this.#take(verdict);
  }

  #take(verdict: Verdict): void {
    batch(() => {
      this.verdict.value = verdict;
      this.isPending.value = false;
    });
  }
}
