/** The tasks of a run, read page by page. */
import type { TaskList } from '../../wire/orchestrator-api.ts';
import type { Task } from '../../wire/task.ts';

/** A file of more is for the command line: a browser would hold all of it in memory. */
export const MOST_TASKS = 20_000;
const TASKS_A_PAGE = 500;

type Ask = (path: string) => Promise<TaskList>;

/** Every task of a run, in the order of submission. */
export async function tasksOfRun(runId: string, ask: Ask): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let after: number | null = 0; after !== null && tasks.length < MOST_TASKS; ) {
    const query: string = new URLSearchParams({
      run_id: runId,
      after: String(after),
      limit: String(TASKS_A_PAGE),
    }).toString();
    const page: TaskList = await ask(`/tasks?${query}`);
    tasks.push(...page.tasks);
    after = page.next;
  }
  return tasks;
}
