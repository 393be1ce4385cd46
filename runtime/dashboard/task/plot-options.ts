/** How plots look: colours of the page's style sheet, and a dash of its own for each line. */
import type uPlot from 'uplot';
import { quantity, t } from '../text/text.ts';

const HEIGHT_PX = 220;
const COLOURS = 6;
/** Beside the colour, so that lines differ without it. */
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 5], [5, 2]];

/** @param element where the plot will be: its styles say which colours there are */
export function plotOptions(
  element: HTMLElement,
  xName: string,
  lines: readonly { readonly name: string }[],
): uPlot.Options {
  const text = colourOf(element, '--faint');
  const axis = {
    stroke: text,
    grid: { stroke: colourOf(element, '--line'), width: 1 },
    ticks: { show: false },
    font: fontOf(element),
  };
  return {
    width: element.clientWidth || 300,
    height: HEIGHT_PX,
    scales: { x: { time: false } },
    cursor: { drag: { x: true, y: false }, points: { size: 7 } },
    legend: { live: true },
    axes: [
      {
        ...axis,
        label: xName,
        labelSize: 20,
        labelFont: fontOf(element),
        size: 34,
        values: (_, values) => values.map(shortly),
      },
      {
        ...axis,
        size: (_, values) => 16 + 7 * Math.max(...(values ?? ['']).map((value) => value.length)),
        values: (_, values) => values.map(shortly),
      },
    ],
    series: [
      { label: xName, value: (_, value) => shown(value) },
      ...lines.map(({ name }, index) => ({
        label: name,
        stroke: colourOf(element, `--line-${(index % COLOURS) + 1}`),
        dash: DASHES[index % DASHES.length]!,
        width: 1.75,
        spanGaps: true,
        value: (_: uPlot, value: number | null) => shown(value),
      })),
    ],
  };
}

/** What a plot tells those who do not see it. */
export function describeRange(
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): string {
  return least > most ? name : t('task.range', { name, least: quantity(least), most: quantity(most) });
}

function shown(value: number | null): string {
  return value === null || value === undefined ? '–' : quantity(value);
}

function shortly(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e6 || size < 1e-3)
    ? value.toExponential(1).replace('e+', 'e').replace('.0e', 'e')
    : quantity(value);
}

/** A colour of the style sheet as a canvas understands it: `light-dark()` only means something on an element. */
function colourOf(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

function fontOf(element: HTMLElement): string {
  return `12px ${getComputedStyle(element).fontFamily}`;
}
