/** Grids as figures: a heat map over two parameters, lines over one; SVG, with the numbers as a table below. */
import { labelsOf, positionsOf, spreadOf } from '../../charts/grid-choice.ts';
import { heatColour, partOf } from '../../charts/heat-colours.ts';
import type { Axis, Cell, Grid } from '../../wire/run-summary.ts';
import { html, type Markup } from './markup.ts';
import { count, quantity, ticks } from './numbers.ts';

const CELL_HEIGHT = 26;
/** Cells are wide enough for numbers while there are not too many. */
const WIDE = 62;
const NARROW = 18;
const NUMBERED_COLUMNS = 14;
const LABEL_CHARACTERS = 14;
const LEGEND_STEPS = 32;

/** A grid as the figure that suits it. */
export function gridFigure(grid: Grid): Markup {
  const figure = grid.y ? heatMap(grid) : linePlot(grid);
  const isBinned = grid.x.ranges !== null || (grid.y?.ranges ?? null) !== null;
  return html`<figure>
<figcaption><code>${grid.field}</code> over <code>${grid.x.name}</code>${grid.y && html` and <code>${grid.y.name}</code>`}</figcaption>
${figure}
<p class="faint">${isBinned && 'There are more values than places: ranges of equal width stand for them. '}${
    grid.without > 0 && `${count(grid.without)} tasks have no such number, or have not ended.`
  }</p>
<details><summary>As a table</summary>${cellTable(grid)}</details>
</figure>`;
}

function heatMap(grid: Grid): Markup {
  const [columns, rows] = [labelsOf(grid.x, quantity), labelsOf(grid.y!, quantity)];
  const { least, most } = spreadOf(grid);
  const isNumbered = columns.length <= NUMBERED_COLUMNS;
  const cell = isNumbered ? WIDE : NARROW;
  const [left, top] = [110, isNumbered ? 44 : 110];
  const [width, height] = [left + columns.length * cell + 10, top + rows.length * CELL_HEIGHT + 46];
  const cells = grid.cells.map((one) => {
    const { ground, ink } = heatColour(partOf(one.mean, least, most));
    const [x, y] = [left + one.x * cell, top + one.y * CELL_HEIGHT];
    const box = html`<rect x="${x}" y="${y}" width="${cell - 2}" height="${CELL_HEIGHT - 2}" fill="${ground}"><title>${describe(grid, one)}</title></rect>`;
    if (!isNumbered) return box;
    return html`${box}<text x="${x + cell / 2 - 1}" y="${y + 16}" fill="${ink}">${short(one.mean)}</text>`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="heat map, numbers in the table below">
<text x="${left}" y="14" class="start axis">${grid.x.name} →</text><text x="0" y="${top - 8}" class="start axis">${grid.y!.name} ↓</text>
<g class="axis">${columns.map((label, place) => columnLabel(label, left + (place + 0.5) * cell, top - 8, isNumbered))}</g>
<g class="axis end">${rows.map((label, place) => html`<text x="${left - 8}" y="${top + place * CELL_HEIGHT + 16}">${shortened(label)}</text>`)}</g>
${cells}
${legend(least, most, left, height - 20)}
</svg>`;
}

function columnLabel(label: string, x: number, y: number, isFlat: boolean): Markup {
  if (isFlat) return html`<text x="${x}" y="${y}">${shortened(label)}</text>`;
  return html`<text class="start" transform="translate(${x + 4} ${y}) rotate(-90)">${shortened(label)}</text>`;
}

function legend(least: number, most: number, left: number, top: number): Markup {
  const steps = Array.from({ length: LEGEND_STEPS }, (_, step) => heatColour(step / (LEGEND_STEPS - 1)).ground);
  return html`<g class="axis">${steps.map((ground, step) => html`<rect x="${left + 5 * step}" y="${top}" width="5" height="10" fill="${ground}"/>`)}
<text class="end" x="${left - 8}" y="${top + 10}">${short(least)}</text><text class="start" x="${left + 5 * LEGEND_STEPS + 8}" y="${top + 10}">${short(most)}</text></g>`;
}

const PLOT = { width: 640, height: 260, left: 80, right: 20, top: 12, bottom: 40 } as const;

/** The mean as a line, and from the least to the most as a band; texts stand at equal distances. */
function linePlot(grid: Grid): Markup {
  const { cells, x } = grid;
  const positions = positionsOf(x);
  const labels = labelsOf(x, quantity);
  const at = (cell: Cell): number => positions?.[cell.x] ?? cell.x;
  const xs = cells.map(at);
  const toX = scale(Math.min(...xs), Math.max(...xs), PLOT.left, PLOT.width - PLOT.right);
  const [least, most] = [Math.min(...cells.map((cell) => cell.least)), Math.max(...cells.map((cell) => cell.most))];
  const toY = scale(least, most, PLOT.height - PLOT.bottom, PLOT.top);
  const points = (of: 'mean' | 'least' | 'most', order: readonly Cell[]): string[] =>
    order.map((cell) => `${round(toX(at(cell)))},${round(toY(cell[of]))}`);
  const band = [...points('most', cells), ...points('least', cells.toReversed())].join(' ');
  const xTicks = positions ? ticks(Math.min(...xs), Math.max(...xs), 8) : xs;
  return html`<svg viewBox="0 0 ${PLOT.width} ${PLOT.height}" width="${PLOT.width}" height="${PLOT.height}" role="img" aria-label="plot, numbers in the table below">
${ticks(least, most, 5).map((tick) => html`<path class="grid" d="M${PLOT.left} ${round(toY(tick))}H${PLOT.width - PLOT.right}"/><text class="axis end" x="${PLOT.left - 8}" y="${round(toY(tick)) + 4}">${quantity(tick)}</text>`)}
<g class="axis">${xTicks.map((tick) => html`<text x="${round(toX(tick))}" y="${PLOT.height - 22}">${positions ? quantity(tick) : shortened(labels[tick]!)}</text>`)}</g>
<text class="axis" x="${PLOT.width / 2}" y="${PLOT.height - 4}">${x.name}</text>
<polygon class="band" points="${band}"/><polyline class="mean" points="${points('mean', cells).join(' ')}"/>
${cells.map((cell) => html`<circle class="point" r="3" cx="${round(toX(at(cell)))}" cy="${round(toY(cell.mean))}"><title>${describe(grid, cell)}</title></circle>`)}
</svg>`;
}

/** One value alone stands in the middle. */
function scale(least: number, most: number, from: number, to: number): (value: number) => number {
  return (value) => (most > least ? from + ((value - least) / (most - least)) * (to - from) : (from + to) / 2);
}

function cellTable(grid: Grid): Markup {
  const columns = labelsOf(grid.x, quantity);
  const rows = grid.y && labelsOf(grid.y, quantity);
  return html`<table><thead><tr><th>${grid.x.name}</th>${grid.y && html`<th>${grid.y.name}</th>`}<th>mean</th><th>least</th><th>most</th><th>tasks</th></tr></thead>
<tbody>${grid.cells.map(
    (cell) =>
      html`<tr><td>${columns[cell.x]!}</td>${rows && html`<td>${rows[cell.y]!}</td>`}<td>${quantity(cell.mean)}</td><td>${quantity(cell.least)}</td><td>${quantity(cell.most)}</td><td>${count(cell.tasks)}</td></tr>`,
  )}</tbody></table>`;
}

function describe({ x, y }: Grid, cell: Cell): string {
  const named = (axis: Axis, place: number): string => `${axis.name} ${labelAt(axis, place)}`;
  const place = [named(x, cell.x), ...(y ? [named(y, cell.y)] : [])];
  const spread =
    cell.tasks === 1 ? '' : `, from ${quantity(cell.least)} to ${quantity(cell.most)}, ${count(cell.tasks)} tasks`;
  return `${place.join(', ')}: ${quantity(cell.mean)}${spread}`;
}

function labelAt({ values, ranges, name }: Axis, place: number): string {
  const one = { name, values: values && [values[place]!], ranges: ranges && [ranges[place]!] };
  return labelsOf(one, quantity)[0]!;
}

function short(value: number): string {
  return quantity(Number(value.toPrecision(4)));
}

function shortened(label: string): string {
  return label.length > LABEL_CHARACTERS ? `${label.slice(0, LABEL_CHARACTERS - 1)}…` : label;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
