import type { Client } from '../client/client.ts';
import { Problem } from '../wire/problem.ts';
import type { Run, TaskDetail } from '../wire/task.ts';
import { UsageError } from './failure.ts';

/** What a user named: a run, or one task. */
export type Target = { readonly kind: 'run'; readonly run: Run } | { readonly kind: 'task'; readonly task: TaskDetail };

const NEWEST = 'newest';

/**
 * Finds what `RUN/ID`, `ID` (of the newest run) or `RUN` names; nothing named is the newest run. A task id may itself
 * hold slashes, so a text with one is tried as both.
 * @throws UsageError when there is no such thing.
 */
export async function findTarget(client: Client, name: string | undefined): Promise<Target> {
  if (name === undefined || name === NEWEST) return { kind: 'run', run: await newestRun(client) };
  const slash = name.indexOf('/');
  const tries: (() => Promise<Target>)[] = [
    ...(slash > 0 && slash < name.length - 1
      ? [async () => taskTarget(await client.task(name.slice(0, slash), name.slice(slash + 1)))]
      : []),
    async () => taskTarget(await client.task(NEWEST, name)),
    async () => ({ kind: 'run', run: await client.run(name) }) as const,
  ];
  for (const attempt of tries) {
    const found = await unlessUnknown(attempt());
    if (found) return found;
  }
  if (/[:=<>\s]/.test(name))
    throw new UsageError(
      `there is no task and no run "${name}" - a search goes behind --query: motes tasks -q '${name}'`,
    );
  throw new UsageError(`there is no task "${name}"${slash > 0 ? '' : ' in the newest run'} and no such run: ${HINT}`);
}

const HINT =
  'name a task as RUN/ID or, of the newest run, as ID; `motes tasks` lists the newest run, `motes runs` all runs';

function taskTarget(task: TaskDetail): Target {
  return { kind: 'task', task };
}

async function newestRun(client: Client): Promise<Run> {
  const run = await unlessUnknown(client.run(NEWEST));
  if (!run) throw new UsageError('there is no run yet: submit one with `motes execute`');
  return run;
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Problem && (thrown.code === 'unknown_run' || thrown.code === 'unknown_task')) return null;
    throw thrown;
  }
}
