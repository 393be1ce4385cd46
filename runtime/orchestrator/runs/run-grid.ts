/** A number over one or two parameters, cell by cell, in bounded memory. */
import type { Axis, Cell, Grid, Scalar, VaryingParameter } from '../../wire/run-summary.ts';
import type { SurveyedTask } from '../ledger/survey.ts';

/** Places on one side of a grid; along the only one there may be as many as are told one by one. */
const MOST_ON_A_SIDE = 40;
const MOST_ON_ONE = 200;

/**
 * Divides an axis: a place for each value, or ranges of equal width where there are too many numbers. Of too many texts the
 * first ones have places.
 */
export function divide({ name, values, is_numeric, least, most }: VaryingParameter, isOnly: boolean): Axis {
  const limit = isOnly ? MOST_ON_ONE : MOST_ON_A_SIDE;
  if (values && values.length <= limit) return { name, values, ranges: null };
  if (!is_numeric || least === null || most === null)
    return { name, values: (values ?? []).slice(0, limit), ranges: null };
  const edge = (place: number): number => (place === limit ? most : least + ((most - least) * place) / limit);
  const ranges = Array.from({ length: limit }, (_, place) => ({ from: edge(place), to: edge(place + 1) }));
  return { name, values: null, ranges };
}

/** Gathers tasks into the cells of a grid. */
export class RunGrid {
  readonly #axes: readonly Place[];
  readonly #field: string;
  readonly #cells = new Map<number, Cell>();
  readonly #parameterOf: (task: SurveyedTask, parameter: string) => Scalar | undefined;
  #without = 0;

  /** @param parameterOf what a task has as a parameter, given or by default */
  constructor(
    axes: { readonly x: Axis; readonly y: Axis | null },
    field: string,
    parameterOf: (task: SurveyedTask, parameter: string) => Scalar | undefined,
  ) {
    this.#axes = [axes.x, axes.y].map((axis) => new Place(axis));
    this.#field = field;
    this.#parameterOf = parameterOf;
  }

  add(task: SurveyedTask): void {
    const value = this.#field === 'duration' ? durationOf(task) : task.numbers[this.#field];
    const [x, y] = this.#axes.map((axis) => axis.of((name) => this.#parameterOf(task, name)));
    if (value === undefined || x === undefined || y === undefined || x < 0 || y < 0) {
      this.#without += 1;
      return;
    }
    const place = y * MOST_ON_ONE + x;
    const cell = this.#cells.get(place);
    if (!cell) {
      this.#cells.set(place, { x, y, tasks: 1, mean: value, least: value, most: value });
      return;
    }
    cell.tasks += 1;
    cell.mean += (value - cell.mean) / cell.tasks;
    cell.least = Math.min(cell.least, value);
    cell.most = Math.max(cell.most, value);
  }

  result(): Pick<Grid, 'cells' | 'without'> {
    return { cells: [...this.#cells.values()].sort((a, b) => a.y - b.y || a.x - b.x), without: this.#without };
  }
}

/** Where on an axis a value stands. */
class Place {
  readonly #axis: Axis | null;
  readonly #places: ReadonlyMap<string, number>;

  constructor(axis: Axis | null) {
    this.#axis = axis;
    this.#places = new Map(axis?.values?.map((value, place) => [JSON.stringify(value), place]));
  }

  /** -1 where it stands nowhere. */
  of(parameterOf: (name: string) => Scalar | undefined): number {
    if (!this.#axis) return 0;
    const value = parameterOf(this.#axis.name);
    if (value === undefined) return -1;
    const { ranges } = this.#axis;
    if (!ranges) return this.#places.get(JSON.stringify(value)) ?? -1;
    const [least, most] = [ranges[0]!.from, ranges.at(-1)!.to];
    if (typeof value !== 'number' || !(value >= least && value <= most)) return -1;
    const guess = Math.min(ranges.length - 1, Math.floor(((value - least) / (most - least)) * ranges.length));
    // Rounding may put a value at an edge one place too far.
    if (value < ranges[guess]!.from) return guess - 1;
    return guess < ranges.length - 1 && value >= ranges[guess]!.to ? guess + 1 : guess;
  }
}

function durationOf({ status, startedAt, endedAt }: SurveyedTask): number | undefined {
  if (status !== 'succeeded' || startedAt === null || endedAt === null) return undefined;
  return (endedAt - startedAt) / 1000;
}
