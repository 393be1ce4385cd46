import { labelsOf, spreadOf, termOf } from '../../charts/grid-choice.ts';
import { heatColour, partOf } from '../../charts/heat-colours.ts';
import { quoted } from '../../search/parse.ts';
import type { Cell, Grid } from '../../wire/run-summary.ts';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { addressOf } from '../state/url.ts';
import { count, quantity, t } from '../text/text.ts';

/** With more columns the numbers have no room: they are told by a cell's name. */
const NUMBERED_COLUMNS = 14;
const LEGEND_STEPS = 24;

/** A number over two parameters. It is a table: whoever does not see the colours reads the numbers. */
export function HeatMap({ grid }: { grid: Grid }) {
  const { x, y, cells } = grid;
  const columns = labelsOf(x, short);
  const rows = y ? labelsOf(y, short) : [''];
  const { least, most } = spreadOf(grid);
  const isNumbered = columns.length <= NUMBERED_COLUMNS;
  const byPlace = new Map(cells.map((cell) => [cell.y * columns.length + cell.x, cell]));
  return (
    <>
      <Legend name={grid.field} least={least} most={most} />
      <Scroll label={t('run.grid')}>
        <table class={isNumbered ? 'heat' : 'heat is-dense'} onKeyDown={steer}>
          <caption class="unseen">{t('run.heatMap', { field: grid.field, x: x.name, y: y?.name ?? '' })}</caption>
          <thead>
            <tr>
              <td class="corner">{y?.name} ↓</td>
              <th colSpan={columns.length} scope="colgroup">
                {x.name} →
              </th>
            </tr>
            <tr>
              <td />
              {columns.map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((label, row) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {columns.map((column, place) => (
                  <HeatCell
                    key={column}
                    grid={grid}
                    cell={byPlace.get(row * columns.length + place)}
                    part={(cell) => partOf(cell.mean, least, most)}
                    isNumbered={isNumbered}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

interface HeatCellProps {
  readonly grid: Grid;
  readonly cell: Cell | undefined;
  readonly part: (cell: Cell) => number;
  readonly isNumbered: boolean;
}

function HeatCell({ grid, cell, part, isNumbered }: HeatCellProps) {
  if (!cell) return <td class="none">–</td>;
  const { ground, ink } = heatColour(part(cell));
  const told = describe(cell);
  return (
    <td style={{ background: ground, color: ink, '--link': ink }}>
      <Link to={addressOf('tasks', { q: queryOf(grid, cell) })} {...(isNumbered ? { title: told } : { label: told })}>
        {isNumbered ? short(cell.mean) : ' '}
      </Link>
    </td>
  );
}

function Legend({ name, least, most }: { name: string; least: number; most: number }) {
  const steps = Array.from({ length: LEGEND_STEPS }, (_, step) => heatColour(step / (LEGEND_STEPS - 1)).ground);
  return (
    <p class="legend">
      <code>{name}</code> <span>{short(least)}</span>
      <span class="ramp" aria-hidden="true" style={{ background: `linear-gradient(to right, ${steps.join(', ')})` }} />
      <span>{short(most)}</span> <span class="faint">{t('run.legend')}</span>
    </p>
  );
}

/** A cell in words. */
export function describe({ tasks, mean, least, most }: Cell): string {
  if (tasks === 1) return t('run.cellOne', { value: quantity(mean) });
  return t('run.cell', { mean: quantity(mean), least: quantity(least), most: quantity(most), count: count(tasks) });
}

/** The search for the tasks of a cell. */
export function queryOf({ run_id, x, y }: Grid, cell: Cell): string {
  return [`run:${run_id}`, termOf(x, cell.x, quoted), ...(y ? [termOf(y, cell.y, quoted)] : [])].join(' ');
}

function short(value: number): string {
  return quantity(Number(value.toPrecision(4)));
}

/** Arrows go from cell to cell. */
function steer(event: KeyboardEvent): void {
  const [rows, columns] =
    { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
  const cell = (event.target as Element).closest('td');
  if (rows === undefined || columns === undefined || !cell) return;
  event.preventDefault();
  const row = cell.parentElement!;
  const next = rows === 0 ? row : rows < 0 ? row.previousElementSibling : row.nextElementSibling;
  next?.children[[...row.children].indexOf(cell) + columns]?.querySelector('a')?.focus();
}
