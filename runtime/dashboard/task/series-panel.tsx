import { useMemo } from 'preact/hooks';
import type { TaskDetail } from '../../wire/task.ts';
import { lazy } from '../parts/lazy.tsx';
import { count, quantity, t } from '../text/text.ts';
import { DataTable } from './data-table.tsx';
import { saveText } from './downloads.tsx';
import { descriptionOf } from './fields.ts';
import { plotsOf } from './plots.ts';
import { ROW, type Series } from './series.ts';
import { fileName, seriesCsv } from './submission.ts';

/** The library that draws is some 20 KiB: it comes when there is something to draw. */
export const Chart = lazy(async () => (await import('./chart.tsx')).Chart);

interface SeriesPanelProps {
  readonly series: Series;
  readonly task: TaskDetail;
  readonly schema?: unknown;
}

/** Rows of a result as plots, with the numbers behind them. */
export function SeriesPanel({ series, task, schema }: SeriesPanelProps) {
  const description = descriptionOf(schema, series.name);
  return (
    <section class="panel" aria-label={series.name}>
      <h2>
        <code>{series.name}</code>
      </h2>
      {description !== null && <p class="faint">{description}</p>}
      <Plots series={series} />
      <Constants series={series} />
      <details class="data">
        <summary>{t('task.data', { count: count(series.x.values.length) })}</summary>
        <p>
          <button
            type="button"
            onClick={() => saveText(fileName(task.id, `${series.name}.csv`), seriesCsv(series), 'text/csv')}
          >
            {t('task.csvOf', { name: series.name })}
          </button>
        </p>
        <DataTable series={series} />
      </details>
    </section>
  );
}

/** A plot for each group of columns. */
export function Plots({ series }: { series: Series }) {
  const { plots } = useMemo(() => plotsOf(series), [series]);
  const xName = series.x.name === ROW ? t('task.row') : series.x.name;
  return (
    <div class="plots">
      {plots.map(({ name, columns }) => (
        <Chart key={name} name={name} xName={xName} x={series.x.values as number[]} lines={columns} />
      ))}
    </div>
  );
}

/** What is told rather than drawn. */
function Constants({ series }: { series: Series }) {
  const { constants, scales } = useMemo(() => plotsOf(series), [series]);
  const list = constants.map(({ name, value }) => `${name} = ${quantity(value)}`).join(', ');
  return (
    <>
      {list !== '' && <p class="faint">{t('task.constant', { list })}</p>}
      {scales.length > 0 && <p class="faint">{t('task.scales', { list: scales.join(', '), x: series.x.name })}</p>}
    </>
  );
}
