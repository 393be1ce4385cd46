import { useMemo } from 'preact/hooks';
import type { TaskDetail } from '../../wire/task.ts';
import { t } from '../text/text.ts';
import { overlay } from './difference.ts';
import { rangeOf } from './plots.ts';
import { findSeries, ROW, type Series } from './series.ts';
import { Chart } from './series-panel.tsx';

/** The series that both tasks have, each column of both in one plot. */
export function ComparedSeries({ first, second }: { first: TaskDetail; second: TaskDetail }) {
  const pairs = useMemo(() => {
    const others = new Map(findSeries(second.result).map((series) => [series.name, series]));
    return findSeries(first.result).flatMap((one): [Series, Series][] => {
      const other = others.get(one.name);
      return other && other.x.name === one.x.name ? [[one, other]] : [];
    });
  }, [first.result, second.result]);
  return (
    <>
      {pairs.map(([one, other]) => (
        <Pair key={one.name} one={one} other={other} />
      ))}
    </>
  );
}

function Pair({ one, other }: { one: Series; other: Series }) {
  const plots = useMemo(() => plotsOfBoth(one, other), [one, other]);
  const xName = one.x.name === ROW ? t('task.row') : one.x.name;
  return (
    <section class="panel" aria-label={one.name}>
      <h2>
        <code>{one.name}</code>
      </h2>
      <div class="plots">
        {plots.map(({ name, x, lines }) => (
          <Chart key={name} name={name} xName={xName} x={x} lines={lines} />
        ))}
      </div>
    </section>
  );
}

/** A plot for each column that both have and that is not the same constant in both. */
function plotsOfBoth(one: Series, other: Series) {
  return one.columns.flatMap((column) => {
    const counterpart = other.columns.find(({ name }) => name === column.name);
    if (!counterpart) return [];
    const [a, b] = [rangeOf(column), rangeOf(counterpart)];
    if (a.least === a.most && b.least === b.most && a.least === b.least) return [];
    const { x, first, second } = overlay(
      { x: one.x.values, y: column.values },
      { x: other.x.values, y: counterpart.values },
    );
    const lines = [
      { name: t('compare.first'), values: first },
      { name: t('compare.second'), values: second },
    ];
    return [{ name: column.name, x, lines }];
  });
}
