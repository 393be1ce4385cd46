import { useSignal } from '@preact/signals';
import { rowWindow } from '../parts/row-window.ts';
import { count, quantity, t } from '../text/text.ts';
import { ROW, type Series } from './series.ts';

const ROW_PX = 26;
const VIEW_PX = 12 * ROW_PX;
const COLUMN_REM = 8.5;

/** The numbers behind a plot. Only those that are in view are in the document: there may be ten thousand. */
export function DataTable({ series }: { series: Series }) {
  const top = useSignal(0);
  const columns = series.x.name === ROW ? [...series.columns] : [series.x, ...series.columns];
  const rows = series.x.values.length;
  const { from, to, abovePx, belowPx } = rowWindow(top.value, VIEW_PX, rows, ROW_PX);
  return (
    <section
      class="data-table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('task.dataOf', { name: series.name })}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows + 1} style={{ minWidth: `${columns.length * COLUMN_REM}rem` }}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {abovePx > 0 && <Space px={abovePx} />}
          {/* By their place, not by their number: rows that scroll get other numbers, which costs less than other rows. */}
          {Array.from({ length: to - from }, (_, index) => from + index).map((row, place) => (
            <tr key={place} aria-rowindex={row + 2}>
              {columns.map(({ name, values }) => (
                <td key={name} class="number">
                  {shown(values[row])}
                </td>
              ))}
            </tr>
          ))}
          {belowPx > 0 && <Space px={belowPx} />}
        </tbody>
      </table>
    </section>
  );
}

/** The height of rows that are not there. */
function Space({ px }: { px: number }) {
  return <tr style={{ height: `${px}px` }} />;
}

function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Number.isInteger(value) ? count(value) : quantity(value);
}
