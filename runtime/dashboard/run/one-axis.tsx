import { labelsOf, positionsOf } from '../../charts/grid-choice.ts';
import type { Grid } from '../../wire/run-summary.ts';
import { lazy } from '../parts/lazy.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { addressOf } from '../state/url.ts';
import type { Chart as ChartComponent } from '../task/chart.tsx';
import { count, quantity, t } from '../text/text.ts';
import { queryOf } from './heat-map.tsx';

const Chart = lazy<Parameters<typeof ChartComponent>[0]>(async () => (await import('../task/chart.tsx')).Chart);

/** A number over one parameter: lines where that is a number, and a table of the same. */
export function OneAxis({ grid }: { grid: Grid }) {
  const { x, field, cells } = grid;
  const labels = labelsOf(x, quantity);
  const positions = positionsOf(x);
  const hasSpread = cells.some(({ least, most }) => most > least);
  const line = (name: string, of: 'mean' | 'least' | 'most') => ({ name, values: cells.map((cell) => cell[of]) });
  return (
    <>
      {positions && cells.length > 1 && (
        <Chart
          name={field}
          xName={x.name}
          x={cells.map((cell) => positions[cell.x]!)}
          lines={[
            line(t('run.mean'), 'mean'),
            ...(hasSpread ? [line(t('run.least'), 'least'), line(t('run.most'), 'most')] : []),
          ]}
        />
      )}
      <details open={!positions}>
        <summary>{t('run.table')}</summary>
        <Scroll label={t('run.table')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{x.name}</th>
                {(['mean', 'least', 'most', 'tasks'] as const).map((name) => (
                  <th key={name} scope="col" class="number">
                    {t(`run.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {cells.map((cell) => (
                <tr key={cell.x}>
                  <th scope="row">
                    <Link to={addressOf('tasks', { q: queryOf(grid, cell) })}>{labels[cell.x]}</Link>
                  </th>
                  <td class="number">{quantity(cell.mean)}</td>
                  <td class="number">{quantity(cell.least)}</td>
                  <td class="number">{quantity(cell.most)}</td>
                  <td class="number">{count(cell.tasks)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </>
  );
}
