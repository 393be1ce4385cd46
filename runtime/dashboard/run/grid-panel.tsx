import { useComputed } from '@preact/signals';
import { chooseGrid, type GridChoice, isUsable, NO_AXIS } from '../../charts/grid-choice.ts';
import type { Grid, RunSummary } from '../../wire/run-summary.ts';
import { Failure } from '../parts/failure.tsx';
import { pathOf } from '../state/api.ts';
import { useAsked } from '../state/asked.ts';
import { choose, part } from '../state/url.ts';
import { count, t } from '../text/text.ts';
import { HeatMap } from './heat-map.tsx';
import { OneAxis } from './one-axis.tsx';

/** A number of the results over the parameters that vary; the address says which. */
export function GridPanel({ summary }: { summary: RunSummary }) {
  const choice = chooseGrid(summary, { x: part('x'), y: part('y'), field: part('field') });
  return (
    <section class="panel" aria-labelledby="grid-title">
      <h2 id="grid-title">{t('run.grid')}</h2>
      {choice ? (
        <>
          <Choices summary={summary} choice={choice} />
          <Asked key={JSON.stringify(choice)} runId={summary.run.run_id} choice={choice} />
        </>
      ) : (
        <p class="empty">{t(summary.parameters.length === 0 ? 'run.nothingVaries' : 'run.nothingMeasured')}</p>
      )}
    </section>
  );
}

function Choices({ summary, choice }: { summary: RunSummary; choice: GridChoice }) {
  const parameters = summary.parameters.filter(isUsable).map(({ name }) => name);
  const others = parameters.filter((name) => name !== choice.x);
  const fields = summary.fields.map(({ name }) => name);
  return (
    <div class="choices">
      <Choice label={t('run.field')} value={choice.field} options={fields} onChange={(field) => choose({ field })} />
      <Choice label={t('run.x')} value={choice.x} options={parameters} onChange={(x) => choose({ x })} />
      <Choice
        label={t('run.y')}
        value={choice.y ?? NO_AXIS}
        options={[...others, NO_AXIS]}
        onChange={(y) => choose({ y })}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((name) => (
          <option key={name} value={name}>
            {name === NO_AXIS ? t('run.noAxis') : name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Asked({ runId, choice: { x, y, field } }: { runId: string; choice: GridChoice }) {
  const path = useComputed(() => {
    const query = new URLSearchParams({ x, ...(y !== null && { y }), field });
    return `${pathOf(runId)}/grid?${query}`;
  });
  const { answer: grid, error } = useAsked<Grid>(() => path.value).value;
  if (!grid) return error ? <Failure error={error} /> : <p class="empty">{t('loading')}</p>;
  if (grid.cells.length === 0) return <p class="empty">{t('run.noCells')}</p>;
  const isBinned = grid.x.ranges !== null || (grid.y?.ranges ?? null) !== null;
  return (
    <>
      {grid.y ? <HeatMap grid={grid} /> : <OneAxis grid={grid} />}
      <p class="faint">
        {isBinned && `${t('run.binned')} `}
        {grid.without > 0 && t('run.without', { count: count(grid.without) })}
      </p>
    </>
  );
}
