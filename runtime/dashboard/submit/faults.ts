/** What the orchestrator finds wrong, by the field that it stands beside. */
import type { Fault, ProblemDocument } from '../../wire/problem.ts';

/** Every fault that a refusal names; at least one. */
export function faultsOf({
  code,
  detail,
  pointer,
  errors,
}: Pick<ProblemDocument, 'code' | 'detail'> & Partial<ProblemDocument>): Fault[] {
  if (errors && errors.length > 0) return errors;
  return [{ code, detail, ...(pointer !== undefined && { pointer }) }];
}

/**
 * The first fault of each field, without the words that say where it stands: `parameters.NAME` for a parameter, else the
 * task's own field.
 * @param spellings from other spellings of parameters to their names
 */
export function byField(faults: readonly Fault[], spellings: Readonly<Record<string, string>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const fault of faults) {
    const [, tasks, , field, parameter] = (fault.pointer ?? '').split('/');
    if (tasks !== 'tasks' || field === undefined) continue;
    const name =
      field === 'parameters' && parameter !== undefined ? `parameters.${spellings[parameter] ?? parameter}` : field;
    if (!found.has(name)) found.set(name, withoutPlace(fault));
  }
  return found;
}

/** `task "a", line 3, column 4: steps must be …` without what stands before the colon. */
function withoutPlace({ detail, task_id }: Fault): string {
  const name = task_id === undefined ? /^task \d+/.exec(detail)?.[0] : `task "${task_id}"`;
  if (name === undefined || !detail.startsWith(name)) return detail;
  return detail.slice(name.length).replace(/^(, line \d+, column \d+)?: /, '');
}
