import type { TaskEstimate, Validation } from '../../wire/validation.ts';
import { Scroll } from '../parts/scroll.tsx';
import { bytes, count, quantity, span, t } from '../text/text.ts';

/** What the tasks will take, before they are sent. */
export function Estimate({ validation, unitOf }: { validation: Validation; unitOf: (name: string) => string }) {
  const { tasks_total, seconds, end_seconds, slots, memory_bytes, is_learned, late, tasks } = validation;
  const rough = is_learned ? '' : '≈ ';
  return (
    <section aria-label={t('submit.estimate')} class="estimate">
      <dl class="facts">
        <Fact name={t('submit.tasks')} value={count(tasks_total)} />
        <Fact name={t('submit.computing')} value={rough + span(seconds)} />
        <Fact name={t('submit.end')} value={end_seconds === null ? t('submit.noSlots') : rough + span(end_seconds)} />
        <Fact name={t('submit.slots')} value={count(slots)} />
        <Fact name={t('submit.memory')} value={bytes(memory_bytes)} />
      </dl>
      {!is_learned && <p class="faint">{t('submit.guess')}</p>}
      {late > 0 && (
        <p class="alarm">
          <span aria-hidden="true">⚠</span> {t('submit.late', { count: count(late) })}
        </p>
      )}
      <details>
        <summary>{t('submit.each.title')}</summary>
        <Scroll label={t('submit.each.title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('submit.task')}</th>
                <th scope="col" class="number">
                  {t('submit.cost')}
                </th>
                <th scope="col" class="number">
                  {t('submit.time')}
                </th>
                <th scope="col" class="number">
                  {t('submit.memory')}
                </th>
              </tr>
            </thead>
            <tbody>
              {tasks.map((task) => (
                <EstimateRow key={task.id} task={task} unit={unitOf(task.function)} />
              ))}
            </tbody>
          </table>
        </Scroll>
        {tasks.length < tasks_total && (
          <p class="faint">{t('submit.more', { count: count(tasks_total - tasks.length) })}</p>
        )}
      </details>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function EstimateRow({ task, unit }: { task: TaskEstimate; unit: string }) {
  return (
    <tr>
      <th scope="row">{task.id}</th>
      <td class="number">
        {quantity(Number(task.cost.toPrecision(3)))} {unit}
      </td>
      <td class="number">
        {task.is_late && <span title={t('submit.isLate')}>⚠ </span>}
        {task.is_learned ? '' : '≈ '}
        {span(task.seconds)}
      </td>
      <td class="number">{bytes(task.memory_bytes)}</td>
    </tr>
  );
}
