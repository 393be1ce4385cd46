/**
 * Runs summed up. A run is looked through piece by piece, some milliseconds of the ledger's thread at a time; what came of it
 * is kept as long as nothing has changed, and while something does, no more often than it is worth.
 */
import { Problem } from '../../wire/problem.ts';
import type { Grid, RunSummary, VaryingParameter } from '../../wire/run-summary.ts';
import type { Run } from '../../wire/task.ts';
import { AskedTogether } from '../asked-together.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { LedgerTurns } from '../ledger/ledger-turns.ts';
import type { SurveyedTask, SurveyInterest } from '../ledger/survey.ts';
import { type FindFunction, ParameterMeanings } from './parameter-meanings.ts';
import { RunDigest } from './run-digest.ts';
import { divide, RunGrid } from './run-grid.ts';

export interface RunSummariesOptions {
  readonly ledger: Pick<RemoteLedger, 'run' | 'survey'>;
  /** Shared with all who look through many tasks. */
  readonly turns: LedgerTurns;
  readonly findFunction: FindFunction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface GridRequest {
  readonly x: string;
  readonly y: string | null;
  readonly field: string;
}

interface Kept {
  readonly answer: unknown;
  /** Of the run when it was looked through. */
  readonly state: string;
  readonly madeAt: number;
  readonly tookMs: number;
}

const KEPT = 32;
/** After a look through a run that changes, it rests for so many times what it took, and so long at least. */
const REST = 10;
const LEAST_REST_MS = 1_000;

export class RunSummaries {
  readonly #options: RunSummariesOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #making = new AskedTogether<Kept>();

  constructor(options: RunSummariesOptions) {
    this.#options = options;
  }

  /** @throws Problem `unknown_run` */
  async summary(runId: string): Promise<RunSummary> {
    const run = await this.#options.ledger.run(runId);
    const { answer, is_current } = await this.#ask(run, 'summary', () => this.#digest(run));
    return { run, is_current, ...answer };
  }

  /** @throws Problem `unknown_run`, or `invalid_query` where the run has no such parameter or number */
  async grid(runId: string, { x, y, field }: GridRequest): Promise<Grid> {
    const { run, parameters, fields } = await this.summary(runId);
    const axis = (side: 'x' | 'y', name: string): VaryingParameter =>
      found(side, name, parameters) ?? refuse(side, name, 'parameters that vary', parameters);
    if (!fields.some(({ name }) => name === field)) refuse('field', field, 'numbers', fields);
    if (x === y) throw wrong('y', `should be another parameter than x (given ${JSON.stringify(y)})`);
    const axes = { x: divide(axis('x', x), y === null), y: y === null ? null : divide(axis('y', y), false) };
    const name = `grid ${JSON.stringify([axes, field])}`;
    const { answer, is_current } = await this.#ask(run, name, () => this.#gather(run, axes, field));
    return { run_id: run.run_id, is_current, ...axes, field, ...answer };
  }

  async #digest(run: Run): Promise<Omit<RunSummary, 'run' | 'is_current'>> {
    const digest = new RunDigest(new ParameterMeanings(this.#options.findFunction));
    await this.#survey(run, null, (task) => digest.add(task));
    return digest.summary();
  }

  async #gather(run: Run, axes: Pick<Grid, 'x' | 'y'>, field: string): Promise<Pick<Grid, 'cells' | 'without'>> {
    const { functions } = await this.summary(run.run_id);
    const meanings = new ParameterMeanings(this.#options.findFunction);
    const names = [axes.x.name, ...(axes.y ? [axes.y.name] : [])];
    const spellings = names.flatMap((name) =>
      meanings.spellingsOf(
        functions.map((one) => one.name),
        name,
      ),
    );
    const grid = new RunGrid(axes, field, (task, name) => {
      const given = meanings.given(task).find(([parameter]) => parameter === name);
      return given ? given[1] : meanings.byDefault(task.function, name);
    });
    await this.#survey(run, { parameters: spellings, number: field }, (task) => grid.add(task));
    return grid.result();
  }

  async #survey(run: Run, interest: SurveyInterest | null, take: (task: SurveyedTask) => void): Promise<void> {
    const { ledger } = this.#options;
    for (let after: number | null = 0; after !== null; ) {
      const from: number = after;
      const piece = await this.#options.turns.take(() => ledger.survey(run.run_id, from, interest));
      for (const task of piece.tasks) take(task);
      after = piece.next;
    }
  }

  async #ask<Answer>(
    run: Run,
    what: string,
    make: () => Promise<Answer>,
  ): Promise<{ answer: Answer; is_current: boolean }> {
    const name = `${run.run_id} ${what}`;
    const state = stateOf(run);
    const before = this.#kept.get(name);
    const kept =
      before && (before.state === state || this.#mustRest(before)) ? before : await this.#made(name, state, make);
    // Set anew it is the last to go.
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    return { answer: kept.answer as Answer, is_current: kept.state === state };
  }

  #mustRest({ madeAt, tookMs }: Kept): boolean {
    return this.#options.now() < madeAt + Math.max(LEAST_REST_MS, REST * tookMs);
  }

  #made(name: string, state: string, make: () => Promise<unknown>): Promise<Kept> {
    return this.#making.ask(name, async () => {
      const begunAt = this.#options.now();
      const answer = await make();
      const madeAt = this.#options.now();
      return { answer, state, madeAt, tookMs: madeAt - begunAt };
    });
  }
}

/** Other counts, another state: what happened meanwhile shows in them. */
function stateOf({ status, created_at, ended_at, tasks }: Run): string {
  return JSON.stringify([status, created_at, ended_at, tasks]);
}

function found(side: string, name: string, parameters: readonly VaryingParameter[]): VaryingParameter | undefined {
  const parameter = parameters.find((one) => one.name === name);
  if (!parameter || parameter.is_numeric || parameter.values) return parameter;
  throw wrong(side, `has too many values that are no numbers (given ${JSON.stringify(name)})`);
}

function refuse(side: string, name: string, what: string, known: readonly { name: string }[]): never {
  const list = known.length === 0 ? 'none' : known.map((one) => one.name).join(', ');
  throw wrong(side, `should be one of the run's ${what}: ${list} (given ${JSON.stringify(name)})`);
}

function wrong(pointer: string, message: string): Problem {
  return new Problem('invalid_query', `${pointer} ${message}`, { pointer: `/${pointer}` });
}
