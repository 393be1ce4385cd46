/** Failures by their cause: what differs only in numbers is one. */
import type { FailureGroup } from '../../wire/run-summary.ts';
import type { SurveyedTask } from '../ledger/survey.ts';

const GROUPS_LISTED = 100;
/** Beyond these, tasks of new groups are only counted. */
const GROUPS_KEPT = 1_000;
const EXAMPLES = 5;
const WORKERS = 20;
const LONGEST_CAUSE = 300;

/** Digests and other hexadecimal names, then numbers with their signs; those within names too: worker3 and worker4 fail alike. */
const HEX = /\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi;
const NUMBER = /(?<!\w)[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?|\d+/gi;

/** A message with # for every number. */
export function causeOf(detail: string): string {
  // A little more than is kept, so that a number at the end is not cut in two.
  return detail
    .slice(0, 2 * LONGEST_CAUSE)
    .replace(HEX, '#')
    .replace(NUMBER, '#')
    .slice(0, LONGEST_CAUSE);
}

/** Groups failed tasks, one after the other. */
export class FailureGroups {
  readonly #groups = new Map<string, FailureGroup>();
  #others = 0;

  add({ id, worker, error }: Pick<SurveyedTask, 'id' | 'worker' | 'error'>): void {
    if (error === null) return;
    const cause = causeOf(error.detail);
    const group = this.#groupOf(error.code, cause);
    if (!group) {
      this.#others += 1;
      return;
    }
    group.tasks += 1;
    if (group.examples.length < EXAMPLES) group.examples.push(id);
    if (worker !== null && group.workers.length < WORKERS && !group.workers.includes(worker))
      group.workers.push(worker);
  }

  #groupOf(code: string, cause: string): FailureGroup | undefined {
    const name = `${code} ${cause}`;
    const known = this.#groups.get(name);
    if (known || this.#groups.size >= GROUPS_KEPT) return known;
    const group = { code, cause, tasks: 0, examples: [], workers: [] };
    this.#groups.set(name, group);
    return group;
  }

  /** The most frequent first, and how many failed tasks belong to none of them. */
  list(): { failures: FailureGroup[]; failures_left_out: number } {
    const all = [...this.#groups.values()].sort((a, b) => b.tasks - a.tasks);
    const rest = all.slice(GROUPS_LISTED).reduce((sum, { tasks }) => sum + tasks, 0);
    return { failures: all.slice(0, GROUPS_LISTED), failures_left_out: this.#others + rest };
  }
}
