/** What a report needs of a run, asked of the orchestrator in bounded answers. */
import { chooseGrid, type GridChoice, NO_AXIS } from '../../charts/grid-choice.ts';
import type { Client } from '../../client/client.ts';
import { TaskListSchema } from '../../wire/orchestrator-api.ts';
import { type Grid, GridSchema, type RunSummary, RunSummarySchema } from '../../wire/run-summary.ts';
import type { Task } from '../../wire/task.ts';
import { UsageError } from '../failure.ts';
import { printable } from '../format.ts';

/** Tasks that are listed: the first of all, of those that failed, and of those with suspect results. */
export const LISTED = { first: 100, failed: 100, suspect: 50 } as const;
/** Cells of all grids together: a report stays small. */
const MOST_CELLS = 1_600;
const MOST_GRIDS = 3;
/** A run of a million tasks takes that long to be summed up. */
const SUMMARY_WAIT_MS = 600_000;

export interface RunReport {
  readonly summary: RunSummary;
  readonly grids: readonly Grid[];
  readonly first: readonly Task[];
  readonly failed: readonly Task[];
  readonly suspect: readonly Task[];
}

/**
 * @param wanted what is to be shown over what; empty texts leave it open
 * @throws Problem `unknown_run`, or UsageError where the run has nothing of a wanted name
 */
export async function gatherReport(
  client: Pick<Client, 'get'>,
  runId: string,
  wanted: { readonly x: string; readonly y: string; readonly field: string },
): Promise<RunReport> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const summary = await client.get(`${path}/summary`, RunSummarySchema, { extraWaitMs: SUMMARY_WAIT_MS });
  const id = summary.run.run_id;
  const list = async (limit: number, more: Record<string, string>): Promise<Task[]> => {
    const query = new URLSearchParams({ run_id: id, brief: 'yes', limit: String(limit), ...more });
    return (await client.get(`/tasks?${query}`, TaskListSchema, { extraWaitMs: SUMMARY_WAIT_MS })).tasks;
  };
  return {
    summary,
    grids: await gatherGrids(client, path, summary, wanted),
    first: await list(LISTED.first, {}),
    failed: summary.run.tasks.failed > 0 ? await list(LISTED.failed, { status: 'failed' }) : [],
    suspect: summary.suspects > 0 ? await list(LISTED.suspect, { q: 'suspect:yes' }) : [],
  };
}

async function gatherGrids(
  client: Pick<Client, 'get'>,
  path: string,
  summary: RunSummary,
  wanted: Parameters<typeof gatherReport>[2],
): Promise<Grid[]> {
  const grids: Grid[] = [];
  let cells = 0;
  for (const { x, y, field } of choicesOf(summary, wanted)) {
    const query = new URLSearchParams({ x, ...(y !== null && { y }), field });
    const grid = await client.get(`${path}/grid?${query}`, GridSchema, { extraWaitMs: SUMMARY_WAIT_MS });
    cells += grid.cells.length;
    if (grid.cells.length > 0 && (grids.length === 0 || cells <= MOST_CELLS)) grids.push(grid);
  }
  return grids;
}

/** What is wanted first, then further numbers of the results that differ. */
function choicesOf(summary: RunSummary, wanted: Parameters<typeof gatherReport>[2]): GridChoice[] {
  const first = chooseGrid(summary, wanted);
  requireWanted('field', wanted.field, summary.fields, first?.field);
  requireWanted('x', wanted.x, summary.parameters, first?.x);
  requireWanted('y', wanted.y === NO_AXIS ? '' : wanted.y, summary.parameters, first?.y);
  if (!first) return [];
  const others = summary.fields
    .filter(({ name, least, most }) => name !== first.field && name.startsWith('result.') && most > least)
    .map(({ name }) => ({ ...first, field: name }));
  return [first, ...others].slice(0, MOST_GRIDS);
}

/** What was asked for by name is shown or refused, never replaced. */
function requireWanted(
  option: string,
  wanted: string,
  known: readonly { readonly name: string }[],
  chosen: string | null | undefined,
): void {
  if (wanted === '' || wanted === chosen) return;
  const names = known.length === 0 ? 'none' : known.map(({ name }) => name).join(', ');
  throw new UsageError(`--${option} ${printable(wanted)} cannot be shown: this run has ${printable(names)}`);
}
